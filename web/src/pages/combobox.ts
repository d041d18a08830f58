/** Suggestions while somebody types, by the combobox pattern of the W3C (ARIA Authoring Practices, list autocomplete). */

interface Row {
  readonly name: string;
  readonly where: string;
  readonly type_label: string;
  readonly url: string;
}

const WAIT_MS = 120;
const SHOWN = 10;

export function completeSearch(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>("input[name=q]");
  const address = form.dataset["search"];
  if (input === null || address === undefined) {
    return;
  }
  const list = document.createElement("div");
  list.id = "q-options";
  list.className = "options";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset["list"] ?? "");
  list.hidden = true;
  const told = document.createElement("p");
  told.className = "sr";
  told.setAttribute("role", "status");
  input.parentElement?.after(list, told);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  let rows: readonly Row[] = [];
  let active = -1;
  let timer = 0;
  let asking: AbortController | null = null;

  const close = (): void => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const choose = (index: number): void => {
    active = index;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = list.children[index];
    if (option === undefined) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  };

  const show = (found: readonly Row[]): void => {
    rows = found.slice(0, SHOWN);
    list.replaceChildren(...rows.map((row, index) => optionOf(row, index)));
    list.hidden = rows.length === 0;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-expanded", String(rows.length > 0));
    told.textContent = (form.dataset["found"] ?? "").replace("{count}", String(rows.length));
  };

  const ask = async (text: string): Promise<void> => {
    asking?.abort();
    asking = new AbortController();
    const parameters = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
    parameters.set("q", text);
    try {
      const response = await fetch(`${address}?${parameters}`, { signal: asking.signal });
      if (response.ok && input.value.trim() === text && document.activeElement === input) {
        show(((await response.json()) as { rows: Row[] }).rows);
      }
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) {
        close(); // without suggestions the form still searches
      }
    }
  };

  input.addEventListener("input", (event) => {
    window.clearTimeout(timer);
    const text = input.value.trim();
    if (text === "" || (event as InputEvent).isComposing) {
      close();
      return;
    }
    timer = window.setTimeout(() => void ask(text), WAIT_MS);
  });
  input.addEventListener("compositionend", () => {
    const text = input.value.trim();
    if (text !== "") {
      void ask(text);
    }
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) {
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) {
        const text = input.value.trim();
        if (text !== "") {
          void ask(text);
        }
      } else {
        const step = event.key === "ArrowDown" ? 1 : -1;
        choose(active === -1 && step === -1 ? rows.length - 1 : (active + step + rows.length) % rows.length);
      }
      event.preventDefault();
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      go(rows[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("blur", () => close());
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = (event.target as Element).closest("[role=option]");
    if (option !== null) {
      go(rows[[...list.children].indexOf(option)]);
    }
  });
}

function go(row: Row | undefined): void {
  if (row !== undefined) {
    window.location.assign(row.url);
  }
}

function optionOf(row: Row, index: number): HTMLElement {
  const option = document.createElement("div");
  option.id = `q-option-${index}`;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  const parts: readonly (readonly [string, string])[] = [
    ["strong", row.name],
    ["span.where", row.where],
    ["span.kind", row.type_label],
  ];
  for (const [what, text] of parts) {
    const [tag, name] = what.split(".");
    const part = document.createElement(tag ?? "span");
    part.className = name ?? "";
    part.textContent = text;
    option.append(part, " ");
  }
  return option;
}
