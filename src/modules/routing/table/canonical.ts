import { canonicalJson } from "../../../kernel/canonical-json.ts";
import { AppError } from "../../../kernel/errors.ts";
import { routingErrors } from "../errors.ts";

/** Adds up a content hash; the entry makes it of SHA-256. */
export interface ContentHash {
  update(text: string): void;
  /** 64 hexadecimal digits. */
  digest(): string;
}

const MAX_DEPTH = 7;

/** The same part of a table as the same text, whatever the order of its members. */
export function canonicalText(value: unknown): string {
  try {
    return canonicalJson(value, MAX_DEPTH);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError(routingErrors.tableInvalid, { path: "the table", reason: error.message });
  }
}
