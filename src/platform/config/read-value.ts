/** Turns nodes of the file into values, by their declared types. */
import { assert } from "../../kernel/assert.ts";
import { didYouMean } from "./closest.ts";
import type { FileEntry, FileNode, Position } from "./file-tree.ts";
import type { ListType, ScalarType, Setting, SettingTable, ValueType, VariantType } from "./schema.ts";
import { isSetting } from "./schema.ts";

/** What a value reader reports to, and what it needs to know. */
export interface ReadContext {
  /** Folder that relative paths count from. */
  readonly folder: string;
  complain(at: Position, message: string): void;
  /** Remembers where a value was written, for later checks. */
  noteOrigin(path: string, at: Position): void;
}

/** A node and the dotted path that it stands for. */
interface Place {
  readonly node: FileNode;
  readonly path: string;
  readonly secret: boolean;
}

/** The value, or `undefined` after a complaint. */
export function readValue(type: ValueType<unknown>, place: Place, context: ReadContext): unknown {
  context.noteOrigin(place.path, place.node.at);
  switch (type.kind) {
    case "scalar":
      return readFileScalar(type, place, context);
    case "list":
      return readList(type, place, context);
    case "record":
      return readRecord(type.fields, place, context);
    case "variant":
      return readVariant(type, place, context);
  }
}

/** Says what was expected, and what was found unless that may be secret. */
export function mismatch(type: ScalarType<unknown>, given: string, secret: boolean): string {
  const found = secret || type.show !== undefined ? "" : `, got ${JSON.stringify(given.slice(0, 80))}`;
  return `expected ${type.expected}${found}`;
}

function readFileScalar(type: ScalarType<unknown>, place: Place, context: ReadContext): unknown {
  const { node, path, secret } = place;
  if (node.kind !== "scalar") {
    const found = { empty: "nothing", list: "a list", map: "a map" }[node.kind];
    context.complain(node.at, `${path}: expected ${type.expected}, got ${found}`);
    return undefined;
  }
  const value = type.read(node.text, context.folder);
  if (value === undefined) context.complain(node.at, `${path}: ${mismatch(type, node.text, secret)}`);
  return value;
}

function readList(type: ListType<unknown>, place: Place, context: ReadContext): unknown {
  const { node, path, secret } = place;
  if (node.kind === "empty") return [];
  if (node.kind !== "list") {
    context.complain(node.at, `${path}: expected a list`);
    return undefined;
  }
  if (node.items.length > type.maxItems) {
    context.complain(node.at, `${path}: expected at most ${type.maxItems} items, got ${node.items.length}`);
    return undefined;
  }
  return node.items.map((item, index) =>
    readValue(type.item, { node: item, path: `${path}[${index}]`, secret }, context),
  );
}

function readVariant(type: VariantType<unknown>, place: Place, context: ReadContext): unknown {
  const { node, path } = place;
  const names = Object.keys(type.variants);
  if (node.kind !== "map") {
    context.complain(node.at, `${path}: expected a map with the key type`);
    return undefined;
  }
  const chosen = node.entries.find((entry) => entry.key === "type")?.value;
  const name = chosen?.kind === "scalar" ? chosen.text : undefined;
  const fields = name !== undefined && Object.hasOwn(type.variants, name) ? type.variants[name] : undefined;
  if (fields === undefined) {
    const hint = name === undefined ? "" : didYouMean(name, names);
    context.complain(chosen?.at ?? node.at, `${path}.type: expected one of ${names.join(", ")}${hint}`);
    return undefined;
  }
  const entries = node.entries.filter((entry) => entry.key !== "type");
  const rest = readRecord({ ...type.common, ...fields }, { ...place, node: { ...node, entries } }, context);
  return rest === undefined ? undefined : { type: name, ...(rest as object) };
}

function readRecord(fields: SettingTable, place: Place, context: ReadContext): unknown {
  const { node, path } = place;
  if (node.kind !== "map") {
    context.complain(node.at, `${path}: expected a map with the keys ${Object.keys(fields).join(", ")}`);
    return undefined;
  }
  const given = takeEntries(node.entries, fields, path, context);
  const result: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(fields)) {
    assert(isSetting(entry), `${path}.${key} is a group inside a list item`);
    const value = given.get(key);
    const fieldPath = `${path}.${key}`;
    result[key] =
      value === undefined
        ? absentField(entry, { node, path: fieldPath, secret: entry.secret }, context)
        : readValue(entry.type, { node: value.value, path: fieldPath, secret: entry.secret }, context);
  }
  return result;
}

function absentField(entry: Setting<unknown>, place: Place, context: ReadContext): unknown {
  const { absence } = entry;
  assert(absence.kind !== "derived", `${place.path} is derived inside a list item`);
  if (absence.kind === "default") return absence.value;
  if (absence.kind === "required") context.complain(place.node.at, `${place.path}: expected to be given`);
  return undefined;
}

/** The entries by key, after complaining about those that no key of `known` explains. */
export function takeEntries(
  entries: readonly FileEntry[],
  known: SettingTable,
  path: string,
  context: ReadContext,
): Map<string, FileEntry> {
  const taken = new Map<string, FileEntry>();
  for (const entry of entries) {
    if (Object.hasOwn(known, entry.key)) taken.set(entry.key, entry);
    else {
      const shown = path === "" ? entry.key : `${path}.${entry.key}`;
      context.complain(entry.at, `${shown.slice(0, 120)}: unknown key${didYouMean(entry.key, Object.keys(known))}`);
    }
  }
  return taken;
}
