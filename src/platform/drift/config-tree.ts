import { hash } from "node:crypto";
import { canonicalJson } from "../../kernel/canonical-json.ts";

/** Anything JSON can say. */
type Value = unknown;

/** One place in a configuration: `["carriers", "acme", "host"]`. */
export type ConfigPath = readonly string[];

/** The children of one place by name, each as its hash: what another process is told of a configuration, and no values. */
export type ConfigChildren = Readonly<Record<string, string>>;

interface Node {
  readonly hash: string;
  /** Absent for what has no parts. */
  readonly children?: ReadonlyMap<string, Node>;
}

/** How deep places are told apart; what is below is one value. */
export const MAX_CONFIG_DEPTH = 8;
/** The most parts of one place. */
export const MAX_CONFIG_CHILDREN = 100_000;

const HASH_CHARACTERS = 32;

/**
 * A configuration hashed as a tree, place by place, so that two processes find in a few
 * steps where theirs differ without showing each other what is in them. Lists of things
 * with a name are told apart by that name, so that their order does not count; all other
 * lists by place. What somebody else owns is left out: see `isOwned`.
 */
export class ConfigTree {
  private readonly top: Node;

  /** @param isOwned Whether a place is what the configuration says it is; false for what each process sets itself. */
  constructor(configuration: Value, isOwned: (path: ConfigPath) => boolean = () => true) {
    this.top = build(configuration, [], isOwned) ?? leaf(null);
  }

  /** One hash for all of it: 32 hexadecimal digits. */
  get root(): string {
    return this.top.hash;
  }

  /** The parts of a place; `undefined` where the place is not there, empty where it has none. */
  children(path: ConfigPath): ConfigChildren | undefined {
    let node: Node | undefined = this.top;
    for (const name of path) node = node?.children?.get(name);
    if (node === undefined) return undefined;
    return Object.fromEntries([...(node.children ?? [])].map(([name, child]) => [name, child.hash]));
  }
}

/** A place in which two configurations differ. */
export interface Difference {
  readonly path: ConfigPath;
  /** `missing`: only we have it. `extra`: only the other has it. `other`: both have it, and it is not the same. */
  readonly kind: "missing" | "extra" | "other";
}

/**
 * Names the places in which another's configuration differs from ours, the deepest that can
 * be told, at most `limit`. `ask` gives the other's children of a place; rejects when the
 * other cannot be asked, and so does this.
 */
export async function differences(
  own: ConfigTree,
  ask: (path: ConfigPath) => Promise<ConfigChildren | undefined>,
  limit = 100,
): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  const open: ConfigPath[] = [[]];
  for (let path = open.pop(); path !== undefined && found.length < limit; path = open.pop()) {
    const ours = own.children(path) ?? {};
    const theirs = (await ask(path)) ?? {};
    const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    const before = found.length + open.length;
    for (const name of names) {
      const part = [...path, name];
      if (ours[name] === theirs[name]) continue;
      if (theirs[name] === undefined) found.push({ path: part, kind: "missing" });
      else if (ours[name] === undefined) found.push({ path: part, kind: "extra" });
      else open.push(part);
    }
    // Known to differ, and none of its parts does: it is the value itself.
    if (found.length + open.length === before && path.length > 0) found.push({ path, kind: "other" });
  }
  return found.slice(0, limit);
}

function build(value: Value, path: ConfigPath, isOwned: (path: ConfigPath) => boolean): Node | undefined {
  if (!isOwned(path)) return undefined;
  const parts = path.length < MAX_CONFIG_DEPTH ? partsOf(value) : undefined;
  if (parts === undefined) return value === undefined ? undefined : leaf(value);
  const children = new Map<string, Node>();
  for (const [name, part] of parts) {
    const node = build(part, [...path, name], isOwned);
    if (node !== undefined) children.set(name, node);
  }
  // Whether it is a list or an object is part of what it is: an empty one has no parts that would say it.
  const text = [...children].map(([name, node]) => [name, node.hash]).toSorted(byName);
  return { hash: digest(`${Array.isArray(value) ? "list" : "object"}${JSON.stringify(text)}`), children };
}

const byName = ([a = ""]: readonly string[], [b = ""]: readonly string[]): number => (a < b ? -1 : a > b ? 1 : 0);

/** The named parts of a value; `undefined` for what is one value. */
function partsOf(value: Value): readonly (readonly [string, Value])[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value)) {
    const members = Object.entries(value);
    return members.length > MAX_CONFIG_CHILDREN ? undefined : members;
  }
  if (value.length > MAX_CONFIG_CHILDREN) return undefined;
  const names = value.map(nameOf);
  const isNamed = names.every((name) => name !== undefined) && new Set(names).size === names.length;
  return value.map((item, at): readonly [string, Value] => [isNamed ? (names[at] ?? "") : String(at), item]);
}

/** What a part of a list is called, where it has a name. */
function nameOf(item: Value): string | undefined {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return undefined;
  const { name, sid, number } = item as { readonly name?: unknown; readonly sid?: unknown; readonly number?: unknown };
  return [name, sid, number].find((one): one is string => typeof one === "string");
}

function leaf(value: Value): Node {
  return { hash: digest(`value${canonicalJson(value)}`) };
}

function digest(text: string): string {
  return hash("sha256", text, "hex").slice(0, HASH_CHARACTERS);
}
