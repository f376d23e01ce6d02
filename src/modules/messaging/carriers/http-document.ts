import { isUtf8, type Buffer } from "node:buffer";
import { parseFields, type Fields } from "../../../platform/http/index.ts";
import { parseXml } from "../../../platform/xml/index.ts";
import { childElements, ownText, type XmlElement } from "../../../protocols/xml/index.ts";
import type { ValuePath } from "../../../platform/config/index.ts";

/** What a carrier sent us, taken apart. */
export type HttpDocument =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "xml"; readonly element: XmlElement }
  | { readonly kind: "fields"; readonly fields: Fields };

/** More items than any carrier sends at once; a request with more is refused. */
export const MAX_ITEMS = 1_000;
/** Identifiers and texts longer than this are none. */
const MAX_VALUE_CHARACTERS = 10_000;

/** Takes octets apart; `undefined` where they are not what they should be. */
export function readDocument(format: "json" | "xml" | "form", octets: Buffer): HttpDocument | undefined {
  if (!isUtf8(octets)) return undefined;
  const text = octets.toString("utf8");
  try {
    if (format === "json") return { kind: "json", value: parseExactJson(text) };
    if (format === "xml") return { kind: "xml", element: parseXml(text) };
    return { kind: "fields", fields: parseFields(text) };
  } catch {
    return undefined;
  }
}

/** The fields of a query. */
export function readQuery(query: string): HttpDocument | undefined {
  try {
    return { kind: "fields", fields: parseFields(query) };
  } catch {
    return undefined;
  }
}

const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON in which whole numbers of more than 15 digits are texts: as numbers two different ids would be one. */
function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!/\d{16}/.test(text)) return value;
  return JSON.parse(text.replace(STRING_OR_NUMBER, (found) => (/^-?\d{16,}$/.test(found) ? `"${found}"` : found)));
}

/** What stands at a path, as text; `undefined` where nothing does, or something that has parts of its own. */
export function valueAt(document: HttpDocument, path: ValuePath): string | undefined {
  const text =
    document.kind === "xml" ? xmlText(walkXml(document.element, path.steps)) : scalarText(walk(document, path));
  return text === undefined || text.length > MAX_VALUE_CHARACTERS ? undefined : text;
}

function xmlText(found: XmlElement | string | undefined): string | undefined {
  return typeof found === "object" ? ownText(found).trim() : found;
}

function scalarText(found: unknown): string | undefined {
  if (typeof found === "string") return found;
  return typeof found === "number" || typeof found === "boolean" ? String(found) : undefined;
}

/** The documents in a list, or the one document where it is no list. `undefined` where there are too many. */
export function itemsOf(document: HttpDocument, path: ValuePath | undefined): readonly HttpDocument[] | undefined {
  if (document.kind === "fields") return [document];
  if (document.kind === "xml") {
    const found = path === undefined ? [document.element] : elementsAt(document.element, path.steps);
    return found.length > MAX_ITEMS ? undefined : found.map((element) => ({ kind: "xml", element }));
  }
  const found = path === undefined ? document.value : walk(document, path);
  if (found === undefined) return [];
  if (!Array.isArray(found)) return [{ kind: "json", value: found }];
  return found.length > MAX_ITEMS ? undefined : found.map((value: unknown) => ({ kind: "json", value }));
}

function walk(document: Exclude<HttpDocument, { kind: "xml" }>, path: ValuePath): unknown {
  const { steps } = path;
  if (document.kind === "fields") return steps.length === 1 ? document.fields.first(String(steps[0])) : undefined;
  let at = document.value;
  for (const step of steps) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    if (Array.isArray(at) !== (typeof step === "number")) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

/** From the root element's children on; the last step may be `@` and the name of an attribute. */
function walkXml(root: XmlElement, steps: readonly (string | number)[]): XmlElement | string | undefined {
  const last = steps.at(-1);
  if (typeof last !== "string" || !last.startsWith("@")) return elementsAt(root, steps)[0];
  const owner = steps.length === 1 ? root : elementsAt(root, steps.slice(0, -1))[0];
  return owner?.attributes[last.slice(1)];
}

/** All elements that the last name of a path leads to; on the way there, the first of each name unless a place is given. */
function elementsAt(root: XmlElement, steps: readonly (string | number)[]): readonly XmlElement[] {
  let found: readonly XmlElement[] = [root];
  for (const step of steps) {
    if (typeof step === "number") {
      const chosen = found[step];
      found = chosen === undefined ? [] : [chosen];
      continue;
    }
    const [first] = found;
    found = first === undefined ? [] : childElements(first).filter((child) => child.name === step);
  }
  return found;
}
