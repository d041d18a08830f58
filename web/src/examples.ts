/** A tab's content: an operation and its variables, both as text. */
export interface Example {
  readonly query: string;
  readonly variables: string;
}

/** The example operations that the server wrote into the page, in the order of their tabs. */
export function readExamples(): readonly Example[] {
  const block = document.getElementById("examples");
  return block?.textContent ? (JSON.parse(block.textContent) as readonly Example[]) : [];
}

/** The operation in the page's address (`?query=...&variables=...`): how other pages link to a query. */
export function readLinkedExample(address: URLSearchParams): Example | null {
  const query = address.get("query");
  if (!query) return null;
  return { query, variables: indented(address.get("variables") ?? "") };
}

/** The name of an operation, for a list of examples. */
export function nameOf(example: Example): string {
  return /^\s*(?:query|mutation|subscription)\s+(\w+)/m.exec(example.query)?.[1] ?? "Example";
}

/** Text that is no JSON stays as it is, so that its author can see and repair it. */
function indented(json: string): string {
  try {
    return json ? JSON.stringify(JSON.parse(json), null, 2) : "";
  } catch {
    return json;
  }
}
