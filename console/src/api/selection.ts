import { useSyncExternalStore } from "react";

/** Which account and which cell the pages are about: what the pickers of the shell say. */
export interface Selection {
  /** A subaccount, or `undefined` for the account that is signed in. */
  readonly account: string | undefined;
  /** The cell that operators look into, or `undefined` for the home of the account. */
  readonly cell: string | undefined;
  /** The account that the pages are about. */
  readonly accountSid: string;
}

let selection: Selection = { account: undefined, cell: undefined, accountSid: "" };
const watchers = new Set<() => void>();

/** What is chosen now. */
export function currentSelection(): Selection {
  return selection;
}

/** Chooses; everybody who shows something of it asks again. */
export function select(change: Partial<Selection>): void {
  selection = { ...selection, ...change };
  for (const watcher of watchers) watcher();
}

/** What is chosen, for a component. */
export function useSelection(): Selection {
  return useSyncExternalStore(watch, currentSelection);
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
