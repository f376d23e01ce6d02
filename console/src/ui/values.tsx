import { useSyncExternalStore } from "react";
import { Button } from "react-aria-components/Button";
import styles from "./facts.module.css";
import { formatCount, formatMoney } from "./numbers.ts";
import { formatRelative, toMs } from "./times.ts";
import { Tooltip } from "./tooltip.tsx";

const TICK_MS = 1_000;
const watchers = new Set<() => void>();
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all that tell how long ago; it stands while nobody looks. */
function watchClock(run: () => void): () => void {
  watchers.add(run);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const watcher of watchers) watcher();
  }, TICK_MS);
  return () => {
    watchers.delete(run);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, renewed every second. */
export function useNow(): number {
  return useSyncExternalStore(watchClock, readClock);
}

/** Where nobody looked for a while the clock stood; then it is set before anything is told by it. */
function readClock(): number {
  if (timer === undefined && Date.now() - nowMs > TICK_MS) nowMs = Date.now();
  return nowMs;
}

/** When something was or will be: how long ago or in how long, and exactly in a tooltip. */
export function When({ at }: { readonly at: number | string | Date | null | undefined }) {
  const now = useNow();
  if (at === null || at === undefined) return <span className={styles.none}>–</span>;
  const ms = toMs(at);
  if (Number.isNaN(ms)) return <span>{String(at)}</span>;
  const exact = new Date(ms).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
  return (
    <time dateTime={new Date(ms).toISOString()} title={exact} className={styles.when}>
      {formatRelative(ms, now)}
    </time>
  );
}

/** An amount of money. */
export function Money({ micros, currency }: { readonly micros: number; readonly currency: string }) {
  return <span className={styles.number}>{formatMoney(micros, currency)}</span>;
}

/** A number of things; the short form keeps the whole number in its title. */
export function Count({ value, isShort = false }: { readonly value: number; readonly isShort?: boolean }) {
  return (
    <span className={styles.number} title={isShort ? formatCount(value) : undefined}>
      {formatCount(value, isShort)}
    </span>
  );
}

/** A mark with an explanation behind it, for words that need one. */
export function Hint({ children }: { readonly children: string }) {
  return (
    <Tooltip text={children}>
      <Button className={styles.hint ?? ""} aria-label={children}>
        ?
      </Button>
    </Tooltip>
  );
}
