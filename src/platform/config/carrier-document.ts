/** A carrier as JSON: read by the same table as the file, shown without its secrets, and described for forms. */
import { carrierFields } from "./carrier-fields.ts";
import type { FileNode, Position } from "./file-tree.ts";
import type { ReadContext } from "./read-value.ts";
import { readValue } from "./read-value.ts";
import { HIDDEN, redactValue } from "./redact.ts";
import type { Setting, SettingTable, ValueType } from "./schema.ts";
import { isSetting } from "./schema.ts";
import type { CarrierTypes, Settings } from "./settings.ts";
import { variant } from "./value-types.ts";

/** Nesting and size of a document; more is refused without being looked at further. */
const MAX_DEPTH = 12;
const MAX_NODES = 10_000;
const MAX_PROBLEMS = 20;

/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Settings of one carrier, complete. */
export type CarrierSettingsOf<V extends CarrierTypes> = Settings<V>["carriers"][number];

/** What became of a document: the complete settings, or everything that is wrong with it, each beginning with its path. */
export type ReadCarrier<V extends CarrierTypes> =
  | { readonly ok: true; readonly settings: CarrierSettingsOf<V> }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Stands where a document has no lines. */
const NOWHERE: Position = { line: 1, column: 1 };

/**
 * Checks a carrier by the table of the settings. Messages are those that the file would get,
 * with `root` in place of `carriers[0]`. Bounded work, whatever the document is.
 */
export function readCarrierDocument<V extends CarrierTypes>(
  types: V,
  document: unknown,
  root = "carrier",
): ReadCarrier<V> {
  const problems: string[] = [];
  const context: ReadContext = {
    folder: "/",
    complain: (_at, message) => {
      if (problems.length < MAX_PROBLEMS) problems.push(message);
    },
    noteOrigin: () => {},
  };
  const tree = treeOf(document);
  if (tree === undefined) return { ok: false, problems: [`${root}: the document nests too deeply or is too large`] };
  const settings = readValue(variant(carrierFields, types), { node: tree, path: root, secret: false }, context);
  if (problems.length > 0 || settings === undefined) return { ok: false, problems };
  return { ok: true, settings: settings as CarrierSettingsOf<V> };
}

/** The settings of a carrier as they may be shown: secrets are `***`, also those inside URLs. */
export function showCarrier(types: CarrierTypes, settings: unknown): Json {
  return plainOf(redactValue(variant(carrierFields, types), settings));
}

/** Leaves `undefined` out, so that what is left is JSON. */
function plainOf(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/**
 * The document with the secrets of another one where it has the mask in their place, as one has
 * that was fetched, changed and sent back. What is no mask is left as it is.
 */
export function keepSecrets(types: CarrierTypes, document: unknown, stored: unknown): unknown {
  return keep(variant(carrierFields, types), document, stored);
}

function keep(type: ValueType<unknown>, given: unknown, stored: unknown, secret = false): unknown {
  if (stored === undefined || stored === null) return given;
  switch (type.kind) {
    case "scalar": {
      if (typeof given !== "string" || typeof stored !== "string") return given;
      if (secret) return given === HIDDEN ? stored : given;
      if (type.show === undefined || !given.includes(HIDDEN)) return given;
      const value = type.read(stored, "/");
      return value !== undefined && type.show(value) === given ? stored : given;
    }
    case "list": {
      const { item } = type;
      if (!Array.isArray(given) || !Array.isArray(stored)) return given;
      return given.map((one: unknown, index) => keep(item, one, stored[index], secret));
    }
    case "record":
      return keepFields(type.fields, given, stored);
    case "variant": {
      const name = memberOf(given, "type");
      if (typeof name !== "string" || memberOf(stored, "type") !== name || !Object.hasOwn(type.variants, name))
        return given;
      return keepFields({ ...type.common, ...type.variants[name] }, given, stored);
    }
  }
}

function keepFields(fields: SettingTable, given: unknown, stored: unknown): unknown {
  if (!isMap(given) || !isMap(stored)) return given;
  const kept = Object.entries(given).map(([key, value]): [string, unknown] => {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined || !isSetting(field)) return [key, value];
    return [key, keep(field.type, value, stored[key], field.secret)];
  });
  return Object.fromEntries(kept);
}

/** Whether a document still has a mask somewhere: a secret that nobody knows. */
export function hasMask(document: unknown): boolean {
  if (typeof document === "string") return document === HIDDEN || document.includes(`:${HIDDEN}@`);
  if (Array.isArray(document)) return document.some(hasMask);
  return isMap(document) && Object.values(document).some(hasMask);
}

/** All texts of a document that are secret, so that they can be left out of what is shown otherwise. */
export function secretsOf(types: CarrierTypes, settings: unknown): readonly string[] {
  const found: string[] = [];
  collect(variant(carrierFields, types), settings, found);
  return found;
}

function collect(type: ValueType<unknown>, value: unknown, found: string[], secret = false): void {
  if (value === undefined || value === null) return;
  if (type.kind === "scalar") {
    if (secret && typeof value === "string") found.push(value);
    else if (isMap(value) && typeof value["password"] === "string") found.push(value["password"]);
    return;
  }
  if (type.kind === "list") {
    for (const one of Array.isArray(value) ? (value as unknown[]) : []) collect(type.item, one, found, secret);
    return;
  }
  if (!isMap(value)) return;
  const own = type.kind === "record" ? type.fields : (type.variants[String(value["type"])] ?? {});
  const fields = type.kind === "record" ? own : { ...type.common, ...own };
  for (const [key, field] of Object.entries(fields)) {
    if (isSetting(field)) collect(field.type, value[key], found, field.secret);
  }
}

/** One field of a form. */
export type FieldDescription = { readonly [key: string]: Json };

/** What can be written for a carrier of each type, as data for a form: every field with its kind, and what it expects. */
export function describeCarrierTypes(
  types: CarrierTypes,
): readonly { readonly type: string; readonly fields: readonly FieldDescription[] }[] {
  return Object.entries(types).map(([type, fields]) => ({
    type,
    fields: [...describeFields(carrierFields), ...describeFields(fields)],
  }));
}

function describeFields(fields: SettingTable): FieldDescription[] {
  return Object.entries(fields).flatMap(([name, field]) => (isSetting(field) ? [describeField(name, field)] : []));
}

function describeField(name: string, field: Setting<unknown>): FieldDescription {
  const { absence, type, description, secret, group } = field;
  return {
    name,
    ...describeType(type),
    required: absence.kind === "required",
    default: absence.kind === "default" ? defaultOf(type, absence.value) : null,
    description,
    secret: secret || hidesPart(type),
    group: group ?? null,
  };
}

/** Whether the value is shown in part only, as a URL with a password in it. */
function hidesPart(type: ValueType<unknown>): boolean {
  return type.kind === "scalar" && /user:secret@/.test(type.expected);
}

function defaultOf(type: ValueType<unknown>, value: unknown): Json {
  return plainOf(redactValue(type, value) ?? null);
}

function describeType(type: ValueType<unknown>): { readonly [key: string]: Json } {
  switch (type.kind) {
    case "scalar":
      return { kind: "text", ...type.shape, expected: type.expected };
    case "list":
      return { kind: "list", max_items: type.maxItems, item: describeType(type.item) };
    case "record":
      return { kind: "record", fields: describeFields(type.fields) };
    case "variant":
      return {
        kind: "variant",
        variants: Object.entries(type.variants).map(([name, fields]) => ({
          type: name,
          fields: [...describeFields(type.common), ...describeFields(fields)],
        })),
      };
  }
}

function treeOf(document: unknown): FileNode | undefined {
  let nodes = 0;
  const convert = (value: unknown, depth: number): FileNode | undefined => {
    nodes += 1;
    if (depth > MAX_DEPTH || nodes > MAX_NODES) return undefined;
    if (value === null || value === undefined) return { kind: "empty", at: NOWHERE };
    if (Array.isArray(value)) {
      const items = value.map((item: unknown) => convert(item, depth + 1));
      return items.includes(undefined) ? undefined : { kind: "list", items: items as FileNode[], at: NOWHERE };
    }
    if (!isMap(value)) return { kind: "scalar", text: textOf(value), at: NOWHERE };
    // What is null is not given, as a form leaves it.
    const given = Object.entries(value).filter(([, member]) => member !== null);
    const entries = given.map(([key, member]) => ({ key, at: NOWHERE, value: convert(member, depth + 1) }));
    if (entries.some((entry) => entry.value === undefined)) return undefined;
    return { kind: "map", entries: entries as { key: string; at: Position; value: FileNode }[], at: NOWHERE };
  };
  return convert(document, 0);
}

/** A number as JSON writes it is what the file would have. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function memberOf(value: unknown, key: string): unknown {
  return isMap(value) ? value[key] : undefined;
}
