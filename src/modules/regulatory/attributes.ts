import { AppError } from "../../kernel/errors.ts";
import type { Attributes } from "./dossier.ts";
import { regulatoryErrors } from "./errors.ts";
import type { Field, FieldCheck, ItemType } from "./rule.ts";

/** The longest attributes, as JSON in UTF-8. */
export const MAX_ATTRIBUTES_OCTETS = 16_384;
const MAX_FIELDS = 100;
const MAX_DEPTH = 4;
const MAX_VALUES = 50;
const MAX_FIELD_CHARACTERS = 2_048;
/** What PostgreSQL does not store in JSON: the zero character and halves of surrogate pairs. */
const UNSTORABLE = /[\0\p{Cs}]/u;

/** Reads attributes as they were sent, for an item of this type. Throws where they are no bounded object of values that can be. */
export function readAttributes(text: string | undefined, type: ItemType): Attributes {
  if (text === undefined || text === "") return {};
  if (Buffer.byteLength(text) > MAX_ATTRIBUTES_OCTETS) {
    throw new AppError(regulatoryErrors.attributesTooLong, { max: MAX_ATTRIBUTES_OCTETS });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError(regulatoryErrors.attributesUnreadable);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new AppError(regulatoryErrors.attributesUnreadable);
  }
  const attributes = value as Attributes;
  const names = Object.keys(attributes);
  if (names.length > MAX_FIELDS) throw invalid("*", `there are more than ${MAX_FIELDS}`);
  for (const name of names) {
    if (UNSTORABLE.test(name)) throw invalid("*", "a name holds characters that are no text");
    checkStorable(name, attributes[name], 1);
  }
  for (const field of type.fields) checkShape(field, attributes[field.name]);
  return attributes;
}

function checkStorable(name: string, value: unknown, depth: number): void {
  if (depth > MAX_DEPTH) throw invalid(name, `it is nested deeper than ${MAX_DEPTH}`);
  if (typeof value === "string" && UNSTORABLE.test(value)) throw invalid(name, "it holds characters that are no text");
  if (typeof value !== "object" || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    if (UNSTORABLE.test(key)) throw invalid(name, "it holds characters that are no text");
    checkStorable(name, each, depth + 1);
  }
}

/** A field of the type is text, a number or a truth value, or a list of them. */
function checkShape({ name }: Field, value: unknown): void {
  if (value === undefined || value === null) return;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length > MAX_VALUES) throw invalid(name, `it has more than ${MAX_VALUES} values`);
  for (const each of values) {
    if (typeof each === "string" && each.length > MAX_FIELD_CHARACTERS) {
      throw invalid(name, `it is longer than ${MAX_FIELD_CHARACTERS} characters`);
    }
    if (!["string", "number", "boolean"].includes(typeof each)) throw invalid(name, "it is no text, number or list");
  }
}

function invalid(field: string, reason: string): AppError {
  return new AppError(regulatoryErrors.attributeInvalid, { field: field.slice(0, 64), reason });
}

/** The values of a field as texts; those that are empty count as absent. */
export function valuesOf(attributes: Attributes, name: string): string[] {
  // Attributes are parsed JSON: what an object inherits is none of them.
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list
    .filter((each) => ["string", "number", "boolean"].includes(typeof each))
    .map((each) => String(each).trim())
    .filter((each) => each !== "");
}

const PATTERNS: Readonly<Partial<Record<string, RegExp>>> = {
  email: /^[^\s@]{1,64}@[^\s@.]{1,63}(\.[^\s@.]{1,63}){1,8}$/,
  phone: /^\+?[\d\s().-]{5,30}$/,
  url: /^(https?:\/\/)?[^\s/@]{1,253}\.[^\s/@]{1,63}(\/\S*)?$/i,
  date: /^\d{4}-\d{2}-\d{2}$/,
  count: /^\d{1,12}$/,
};

/** Whether a value looks like what its field holds. Addresses are looked up by others. */
export function looksRight(check: FieldCheck, value: string): boolean {
  if (typeof check !== "string") return check.includes(value.toLowerCase());
  return PATTERNS[check]?.test(value) ?? true;
}
