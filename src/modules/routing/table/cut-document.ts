import { HEAD_MEMBERS } from "./read-entries.ts";
import { readList, readMembers, readObject, refuseTable, type Members } from "./value-reader.ts";
import { TABLE_LIMITS } from "./document.ts";

/** A part is about this long as JSON, and never over twice as long unless a single name is. */
export const PART_CHARACTERS = 24_000;
const LIST_ITEMS = 500;
const SECTIONS = ["carriers", "networks", "inputs", "routes"];
const ENTRIES_A_PART = 500;

/**
 * Cuts a table in one piece into small parts, which are read, stored and sent one by one.
 * Entries that are long themselves are cut into several that mean the same.
 */
export function* partsOf(document: unknown): Generator<Members> {
  const members = readMembers(document, "", [...HEAD_MEMBERS, ...SECTIONS]);
  const head = Object.fromEntries(Object.entries(members).filter(([name]) => HEAD_MEMBERS.includes(name)));
  yield head;
  const names = readList(members["carriers"], "carriers").map((carrier) => (carrier as Members | null)?.["name"]);
  for (const section of SECTIONS) {
    if (members[section] === undefined) continue;
    let entries: unknown[] = [];
    let characters = 0;
    const list = readList(members[section], section);
    // An empty list of networks says that there are none, and is not the same as no list.
    if (list.length === 0) yield { [section]: [] };
    for (const [index, entry] of list.entries()) {
      for (const piece of cutEntry(section, entry, { names, path: `${section}[${index}]` })) {
        entries.push(piece);
        characters += JSON.stringify(piece).length;
        if (characters < PART_CHARACTERS && entries.length < ENTRIES_A_PART) continue;
        yield { [section]: entries };
        entries = [];
        characters = 0;
      }
    }
    if (entries.length > 0) yield { [section]: entries };
  }
}

function* cutEntry(
  section: string,
  entry: unknown,
  context: { readonly names: readonly unknown[]; readonly path: string },
): Generator<unknown> {
  const members = readObject(entry, context.path);
  if (section === "routes") yield* cutLists(members, ["prefixes", "networks", "countries"]);
  else if (section === "networks") yield* cutLists(members, ["prefixes"]);
  else if (section === "inputs") yield* cutInput(members, context);
  else yield members;
}

/** One entry for each stretch of each list; the first has what is left when the lists are short. */
function* cutLists(members: Members, lists: readonly string[]): Generator<Members> {
  const long = lists.filter((name) => Array.isArray(members[name]) && members[name].length > LIST_ITEMS);
  if (long.length === 0) {
    yield members;
    return;
  }
  const rest = without(members, lists);
  for (const name of lists) {
    const items = members[name];
    if (!Array.isArray(items)) continue;
    for (let at = 0; at < items.length; at += LIST_ITEMS) {
      yield { ...rest, [name]: items.slice(at, at + LIST_ITEMS) as unknown[] };
    }
  }
}

function* cutInput(
  members: Members,
  { names, path }: { readonly names: readonly unknown[]; readonly path: string },
): Generator<Members> {
  const { values, networkValues } = members;
  const byName = Array.isArray(values)
    ? pairsInOrder(values, names, path)
    : Object.entries(readObject(values ?? {}, `${path}.values`));
  const rest = without(members, ["values", "networkValues"]);
  if (byName.length === 0 && networkValues === undefined) yield members;
  for (let at = 0; at < byName.length; at += LIST_ITEMS) {
    yield { ...rest, values: Object.fromEntries(byName.slice(at, at + LIST_ITEMS)) };
  }
  for (const [code, carriers] of Object.entries(readObject(networkValues ?? {}, `${path}.networkValues`))) {
    const pairs = Object.entries(readObject(carriers, `${path}.networkValues`));
    for (let at = 0; at < pairs.length; at += LIST_ITEMS) {
      yield { ...rest, networkValues: { [code]: Object.fromEntries(pairs.slice(at, at + LIST_ITEMS)) } };
    }
  }
}

function pairsInOrder(values: readonly unknown[], names: readonly unknown[], path: string): [string, unknown][] {
  if (values.length > Math.min(names.length, TABLE_LIMITS.carriers)) {
    refuseTable(`${path}.values`, "it has more values than there are carriers");
  }
  return values.flatMap((value, at) => (value === null ? [] : [[String(names[at]), value] as [string, unknown]]));
}

function without(members: Members, left: readonly string[]): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !left.includes(name)));
}
