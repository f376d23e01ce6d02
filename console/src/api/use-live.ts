import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { consoleApi } from "./api.ts";
import { type LiveBatch, LiveClient, type LiveSocket, type LiveState } from "./live-client.ts";
import { mergeRows } from "./live-rows.ts";
import { useSelection } from "./selection.ts";

/** The one client of this page. */
export const live = new LiveClient({
  open: () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    return new WebSocket(`${scheme}://${location.host}/console/live`) as LiveSocket;
  },
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  random: Math.random,
  // It may be that a new session was begun in another tab; if not, the answer ends the one of this page.
  onSessionEnded: () => void consoleApi.get("/session").catch(() => undefined),
});

if (typeof window !== "undefined") window.addEventListener("online", () => live.retryNow());

/** How a topic is watched. */
export interface UseLiveOptions {
  /** For operators: of all accounts, from all cells. */
  readonly all?: boolean | undefined;
  readonly rateMs?: number;
  readonly isEnabled?: boolean;
}

/** How watching goes. */
export interface LiveStatus {
  readonly state: LiveState;
  /** True once something was answered on the connection of now. */
  readonly isLive: boolean;
  /** Cells that are away, and why. */
  readonly lost: ReadonlyMap<string, string>;
  readonly error: { readonly code: number; readonly message: string } | undefined;
}

const NOBODY: ReadonlyMap<string, string> = new Map();

/** Whether the live connection stands. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (run) => live.watch(run),
    () => live.state,
  );
}

/**
 * Watches a topic while the component is there. `query` is compared by value; `onItems` may be a new function each time.
 * After a reconnect the items begin anew: merge them by their keys.
 */
export function useLive<T>(
  topic: string,
  query: unknown,
  onItems: (items: readonly T[], batch: LiveBatch) => void,
  options: UseLiveOptions = {},
): LiveStatus {
  const state = useLiveState();
  const { account } = useSelection();
  const [answered, setAnswered] = useState(false);
  const [lost, setLost] = useState(NOBODY);
  const [error, setError] = useState<LiveStatus["error"]>();
  const latest = useRef(onItems);
  useEffect(() => {
    latest.current = onItems;
  });
  const asked = JSON.stringify(query ?? {});
  const { all, rateMs, isEnabled = true } = options;
  useEffect(() => {
    if (!isEnabled) return undefined;
    setAnswered(false);
    setLost(NOBODY);
    setError(undefined);
    return live.subscribe({
      topic,
      query: JSON.parse(asked) as unknown,
      all,
      rateMs,
      account,
      onItems: (batch) => {
        setAnswered(true);
        latest.current(batch.items as readonly T[], batch);
      },
      onCell: (from, why) => setLost((known) => withCell(known, from, why)),
      onError: setError,
    });
  }, [topic, asked, all, rateMs, account, isEnabled]);
  return { state, isLive: state === "open" && error === undefined && answered, lost, error };
}

function withCell(known: ReadonlyMap<string, string>, from: string, why: string | undefined): Map<string, string> {
  const next = new Map(known);
  if (why === undefined) next.delete(from);
  else next.set(from, why);
  return next;
}

/** How live rows are kept. */
export interface UseLiveRowsOptions<T> extends UseLiveOptions {
  readonly key: (row: T) => string;
  /** At most so many, 500 unless told. */
  readonly max?: number;
  readonly order?: (a: T, b: T) => number;
  /** While true what comes is held back (at most `max`) and counted in `held`. */
  readonly isPaused?: boolean;
  /** Rows to begin with, for instance a page of the API. */
  readonly initial?: readonly T[] | undefined;
}

/** Rows that keep themselves. */
export interface LiveRows<T> extends LiveStatus {
  readonly rows: readonly T[];
  /** Left out by sampling, since the page was opened. */
  readonly skipped: number;
  /** Came while paused. */
  readonly held: number;
  readonly clear: () => void;
}

const DEFAULT_MAX = 500;

/** The rows of a topic, newest first, at most `max`. */
export function useLiveRows<T>(topic: string, query: unknown, options: UseLiveRowsOptions<T>): LiveRows<T> {
  const { key, order, max = DEFAULT_MAX, isPaused = false, initial } = options;
  const [rows, setRows] = useState<readonly T[]>(initial ?? []);
  const [held, setHeld] = useState<readonly T[]>([]);
  const [skipped, setSkipped] = useState(0);
  const asked = JSON.stringify(query ?? {});
  const clear = useCallback(() => {
    setRows([]);
    setHeld([]);
    setSkipped(0);
  }, []);
  useEffect(clear, [clear, topic, asked, options.all]);
  useEffect(() => {
    if (initial !== undefined) setRows((known) => mergeRows(initial, [...known].reverse(), { key, order, max }));
    // Only when the page of the API is a new one: functions may be new at each call.
  }, [initial]);
  useEffect(() => {
    if (isPaused || held.length === 0) return;
    setRows((known) => mergeRows(known, held, { key, order, max }));
    setHeld([]);
  }, [isPaused, held]);
  const status = useLive<T>(
    topic,
    query,
    (items, batch) => {
      if (batch.skipped > 0) setSkipped((count) => count + batch.skipped);
      if (isPaused) setHeld((known) => [...known, ...items].slice(-max));
      else setRows((known) => mergeRows(known, items, { key, order, max }));
    },
    options,
  );
  return { ...status, rows, skipped, held: held.length, clear };
}
