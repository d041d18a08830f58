/** Buttons that copy a text of the page; hidden without a script, for then the text can be selected. */
export function offerCopies(root: Document): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    const text = root.getElementById(button.dataset["copy"] ?? "");
    if (text === null) {
      continue;
    }
    button.hidden = false;
    button.addEventListener("click", () => {
      void copy(text).then(() => {
        button.textContent = button.dataset["copied"] ?? "";
      });
    });
  }
}

async function copy(element: HTMLElement): Promise<void> {
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(element.textContent ?? "");
    return;
  }
  // Without a secure connection there is no clipboard to write to: select the text, for the person to copy.
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = window.getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}
