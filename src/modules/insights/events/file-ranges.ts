import type { EventFile } from "../../../platform/event-files/index.ts";

/** In the order of their stretches of time, and of their pages within one; the longer of two that begin alike first. */
export function sortFiles(files: readonly EventFile[]): EventFile[] {
  return files.toSorted((a, b) => a.startMs - b.startMs || a.from - b.from || b.to - a.to);
}

/**
 * Files of a stretch of time that have everything, and those whose rows are all in another one:
 * what was merged and not yet removed. `files` are sorted.
 */
export function overlaid(files: readonly EventFile[]): { readonly whole: EventFile[]; readonly inOthers: EventFile[] } {
  const whole: EventFile[] = [];
  const inOthers: EventFile[] = [];
  for (const file of files) {
    const last = whole.at(-1);
    const isInLast = last !== undefined && last.startMs === file.startMs && file.to <= last.to;
    (isInLast ? inOthers : whole).push(file);
  }
  return { whole, inOthers };
}
