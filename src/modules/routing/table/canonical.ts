import { AppError } from "../../../kernel/errors.ts";
import { routingErrors } from "../errors.ts";

/** Adds up a content hash; the entry makes it of SHA-256. */
export interface ContentHash {
  update(text: string): void;
  /** 64 hexadecimal digits. */
  digest(): string;
}

const MAX_DEPTH = 6;

/** The same JSON value as the same text, whatever the order of its members. */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > MAX_DEPTH)
    throw new AppError(routingErrors.tableInvalid, { path: "the table", reason: "it is too deep" });
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(",")}]`;
  const members = value as Readonly<Record<string, unknown>>;
  const texts = Object.keys(members)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(members[key], depth + 1)}`);
  return `{${texts.join(",")}}`;
}
