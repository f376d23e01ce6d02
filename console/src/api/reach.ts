import { useSyncExternalStore } from "react";

/** Whether the edge answers: `false` from the first request that got no answer until one is answered. */
let reached = true;
const watchers = new Set<() => void>();
const onLost = new Set<() => void>();

/** Tells what the last request met. */
export function setReached(value: boolean): void {
  if (reached === value) return;
  reached = value;
  for (const watcher of watchers) watcher();
}

/** For the banner of the shell. */
export function useReached(): boolean {
  return useSyncExternalStore(watch, () => reached);
}

/** Calls `run` when an answer says that nobody is signed in any more. */
export function onSessionLost(run: () => void): () => void {
  onLost.add(run);
  return () => onLost.delete(run);
}

/** Says so. */
export function sessionLost(): void {
  for (const run of onLost) run();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
