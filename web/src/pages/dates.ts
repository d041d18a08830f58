/** The date control: Alt with an arrow steps to the day before or after on which something changed. */
export function stepDates(root: Document): void {
  const form = root.querySelector<HTMLFormElement>("form.dates");
  if (form === null) {
    return;
  }
  form.addEventListener("keydown", (event) => {
    const rel = event.key === "ArrowLeft" ? "prev" : event.key === "ArrowRight" ? "next" : null;
    if (rel !== null && event.altKey) {
      const link = form.querySelector<HTMLAnchorElement>(`a[rel=${rel}]`);
      if (link !== null) {
        event.preventDefault();
        link.click();
      }
    }
  });
}
