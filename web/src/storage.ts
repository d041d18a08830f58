import type { Example } from "./examples";

const PREFIX = "zeren:";

/**
 * The browser's storage under names of our own: other projects' GraphiQL pages, served from the same loopback address
 * and port on other days, must not leave their tabs here.
 */
export const storage = {
  getItem: (key: string): string | null => localStorage.getItem(PREFIX + key),
  setItem: (key: string, value: string): void => localStorage.setItem(PREFIX + key, value),
  removeItem: (key: string): void => localStorage.removeItem(PREFIX + key),
  clear(): void {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  },
  get length(): number {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).length;
  },
};

/**
 * The content of the tab that was active when this person left, or null on a first visit.
 *
 * GraphiQL restores its tabs by itself, but fills its editors from what was last typed: a tab that nobody edited would
 * come back without its variables.
 */
export function readStoredTab(): Example | null {
  try {
    const state = JSON.parse(storage.getItem("graphiql:tabState") ?? "null") as {
      activeTabIndex: number;
      tabs: { query: string | null; variables: string | null }[];
    } | null;
    const tab = state?.tabs[state.activeTabIndex];
    return tab ? { query: tab.query ?? "", variables: tab.variables ?? "" } : null;
  } catch {
    return null;
  }
}
