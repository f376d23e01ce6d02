import type { ReactNode } from "react";

/** One of several to choose from. */
export interface Option<V extends string = string> {
  readonly value: V;
  readonly label: string;
  readonly description?: string | undefined;
  readonly icon?: ReactNode;
}

/** A key is never empty: an empty one means nothing to the list. */
const NONE = "\u0000";

/** The key of an option in a list. */
export function keyOf(value: string): string {
  return value === "" ? NONE : value;
}

/** The value of a key. */
export function valueOf(key: string): string {
  return key === NONE ? "" : key;
}
