/** Where a value stands in an answer or a receipt, and what a plain text says. */
import type { ScalarType } from "./schema.ts";

const MAX_PATH_CHARACTERS = 200;
const MAX_STEPS = 16;
const MAX_INDEX = 999;
const MAX_PATTERN_CHARACTERS = 200;
const MAX_REPEATS = 2;

/** A way into a document: names of members, and places in lists from 0. */
export interface ValuePath {
  /** As written. */
  readonly source: string;
  readonly steps: readonly (string | number)[];
}

/** `.name`, `["any name"]` or `[3]`; the first name without its dot. */
const STEP = /(?:^|(?<=.)\.)([^.[\]"\s]{1,100})|\["([^"]{1,100})"\]|\[(\d{1,3})\]/y;

/** Reads `results[0].status.name`; `undefined` where it is not valid. */
export function parseValuePath(source: string): ValuePath | undefined {
  if (source === "" || source.length > MAX_PATH_CHARACTERS) return undefined;
  const steps: (string | number)[] = [];
  let at = 0;
  while (at < source.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(source);
    if (match === null || steps.length >= MAX_STEPS) return undefined;
    at = STEP.lastIndex;
    const index = match[3] === undefined ? undefined : Number(match[3]);
    if (index !== undefined && index > MAX_INDEX) return undefined;
    steps.push(index ?? match[1] ?? match[2] ?? "");
  }
  return { source, steps };
}

/** A setting that holds a {@link ValuePath}. */
export function valuePath(): ScalarType<ValuePath> {
  return {
    kind: "scalar",
    expected: 'a path such as `messages[0].status.name`, with `["…"]` around names that have dots or brackets',
    read: parseValuePath,
    show: ({ source }) => source,
  };
}

/** A class in brackets, an escape, or any other character. */
const ATOM = /\[(?:[^\\\]]|\\.)*\]|\\.|[^]/gy;

/**
 * A regular expression that costs bounded work on a bounded text: no group is repeated, at
 * most two things are, and nothing looks around or back. `undefined` where it is not so.
 */
export function parsePattern(source: string): RegExp | undefined {
  if (source.length > MAX_PATTERN_CHARACTERS || /\(\?[^:]|\\[1-9k]/.test(source)) return undefined;
  let repeats = 0;
  let last = "";
  for (const [atom] of source.matchAll(ATOM)) {
    const isRepeat = atom === "*" || atom === "+" || atom === "{";
    if (isRepeat && last === ")") return undefined;
    if (isRepeat) repeats += 1;
    last = atom;
  }
  if (repeats > MAX_REPEATS) return undefined;
  try {
    return new RegExp(source, "u");
  } catch {
    return undefined;
  }
}

/** A setting that holds such a regular expression. */
export function textPattern(): ScalarType<RegExp> {
  return {
    kind: "scalar",
    expected:
      "a regular expression of at most 200 characters with at most two repetitions (`*`, `+`, `{}`), none of a group, " +
      "and without looking around or back",
    read: parsePattern,
    show: ({ source }) => source,
  };
}

/** A status of HTTP, or a range of them. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** A setting that holds `429` or `500-599`. */
export function statusRange(): ScalarType<StatusRange> {
  return {
    kind: "scalar",
    expected: "an HTTP status such as 429, or a range such as 500-599",
    read: (given) => {
      const match = /^([2-5]\d\d)(?:-([2-5]\d\d))?$/.exec(given);
      if (match === null) return undefined;
      const from = Number(match[1]);
      const to = Number(match[2] ?? match[1]);
      return from <= to ? { from, to } : undefined;
    },
    show: ({ from, to }) => (from === to ? String(from) : `${from}-${to}`),
  };
}
