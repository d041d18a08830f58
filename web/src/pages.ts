// What makes the pages lively. Each of them works without: this only saves a step.
import { completeSearch } from "./pages/combobox";
import { offerCopies } from "./pages/copying";
import { stepDates } from "./pages/dates";

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-search]")) {
  completeSearch(form);
}
offerCopies(document);
stepDates(document);
