import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { type ReactNode, useSyncExternalStore } from "react";
import { toApiError } from "../api/index.ts";
import { IconButton } from "./button.tsx";
import { classes } from "./classes.ts";
import styles from "./toast.module.css";

type ToastTone = "good" | "bad" | "info";

interface ToastEntry {
  readonly id: number;
  readonly tone: ToastTone;
  readonly text: ReactNode;
}

/** More than that nobody reads: the oldest goes. */
const MAX_TOASTS = 4;
const SHOWN_MS = { good: 4_000, info: 5_000, bad: 9_000 };

let entries: readonly ToastEntry[] = [];
let lastId = 0;
const watchers = new Set<() => void>();

function setEntries(next: readonly ToastEntry[]): void {
  entries = next;
  for (const watcher of watchers) watcher();
}

function add(tone: ToastTone, text: ReactNode): void {
  const id = ++lastId;
  setEntries([...entries, { id, tone, text }].slice(-MAX_TOASTS));
  setTimeout(() => dismiss(id), SHOWN_MS[tone]);
}

function dismiss(id: number): void {
  setEntries(entries.filter((entry) => entry.id !== id));
}

/** A word at the edge of the page that goes by itself. `bad` takes an error too. */
export const toast = {
  good: (text: ReactNode): void => add("good", text),
  info: (text: ReactNode): void => add("info", text),
  bad: (problem: unknown): void => add("bad", typeof problem === "string" ? problem : toApiError(problem).message),
};

const ICONS = { good: CircleCheck, bad: CircleAlert, info: Info };

/** Where toasts appear. Once, in the shell. */
export function Toasts() {
  const shown = useSyncExternalStore(
    (run) => {
      watchers.add(run);
      return () => watchers.delete(run);
    },
    () => entries,
  );
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {shown.map(({ id, tone, text }) => {
        const Icon = ICONS[tone];
        return (
          <div key={id} className={classes(styles.toast, styles[tone])}>
            <Icon size={17} aria-hidden="true" />
            <span className={styles.text}>{text}</span>
            <IconButton size="s" label="Dismiss" icon={<X size={14} />} onPress={() => dismiss(id)} />
          </div>
        );
      })}
    </div>
  );
}
