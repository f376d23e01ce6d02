import { AppError } from "../../../kernel/errors.ts";
import { routingErrors } from "../errors.ts";

/** A JSON object whose members are not known yet. */
export type Members = Readonly<Record<string, unknown>>;

const MAX_SHOWN_CHARACTERS = 60;

/** Throws the error for a place in a table: `routes[3].carrier`. */
export function refuseTable(path: string, reason: string): never {
  throw new AppError(routingErrors.tableInvalid, { path: path === "" ? "the table" : path, reason });
}

/** The value as a short text for an error. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}

/** An object with no other members than the `allowed` ones. */
export function readMembers(value: unknown, path: string, allowed: readonly string[]): Members {
  const members = readObject(value, path);
  for (const key of Object.keys(members)) {
    if (!allowed.includes(key)) refuseTable(path, `it has the unknown member ${shown(key)}`);
  }
  return members;
}

/** An object, whatever its members. */
export function readObject(value: unknown, path: string): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuseTable(path, `an object is expected, not ${shown(value)}`);
  }
  return value as Members;
}

/** A list; empty where nothing is given. */
export function readList(value: unknown, path: string): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) refuseTable(path, `a list is expected, not ${shown(value)}`);
  return value as readonly unknown[];
}

/** Text that fits the pattern. */
export function readText(value: unknown, path: string, form: { pattern: RegExp; expected: string }): string {
  if (typeof value !== "string" || !form.pattern.test(value)) {
    refuseTable(path, `${form.expected} is expected, not ${shown(value)}`);
  }
  return value;
}

/** A number within bounds, which are allowed values. */
export function readNumber(
  value: unknown,
  path: string,
  form: { min: number; max: number; whole?: boolean; fallback?: number },
): number {
  if (value === undefined && form.fallback !== undefined) return form.fallback;
  const { min, max, whole = false } = form;
  const fits = typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value));
  if (!fits) {
    refuseTable(path, `a ${whole ? "whole " : ""}number from ${min} to ${max} is expected, not ${shown(value)}`);
  }
  return value;
}

/** `true` or `false`. */
export function readBoolean(value: unknown, path: string, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== "boolean") refuseTable(path, `true or false is expected, not ${shown(value)}`);
  return value;
}

/** A bit for each word of the list that is named, bit 0 for the first; all bits where no list is given. */
export function readMask(value: unknown, path: string, words: readonly string[]): number {
  if (value === undefined) return 2 ** words.length - 1;
  let mask = 0;
  for (const [index, word] of readList(value, path).entries()) {
    const bit = words.indexOf(word as string);
    if (bit < 0) refuseTable(`${path}[${index}]`, `one of ${words.join(", ")} is expected, not ${shown(word)}`);
    mask |= 1 << bit;
  }
  if (mask === 0) refuseTable(path, "the list is empty");
  return mask;
}

const HOURS_A_DAY = 24;

/** A bit for each hour of the day; all bits where none are given. */
export function readHours(value: unknown, path: string): number {
  if (value === undefined) return 2 ** HOURS_A_DAY - 1;
  const members = readMembers(value, path, ["from", "to"]);
  const from = readNumber(members["from"], `${path}.from`, { min: 0, max: HOURS_A_DAY - 1, whole: true });
  const to = readNumber(members["to"], `${path}.to`, { min: 0, max: HOURS_A_DAY, whole: true });
  if (from === to) refuseTable(path, "it has no hour: leave it out for all day");
  let mask = 0;
  for (let hour = from; hour % HOURS_A_DAY !== to % HOURS_A_DAY || hour === from; hour += 1) {
    mask |= 1 << (hour % HOURS_A_DAY);
  }
  return mask;
}
