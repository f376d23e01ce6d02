/** Text with placeholders, as the requests of a carrier are described: data, never code. */
import { Buffer } from "node:buffer";
import type { ScalarType } from "./schema.ts";

const MAX_TEMPLATE_CHARACTERS = 8_192;
const MAX_PIECES = 200;
const MAX_FILTERS = 6;

/** What a placeholder can stand for. */
export const PLACEHOLDERS = [
  "to",
  "from",
  "text",
  "sid",
  "reference",
  "part",
  "parts",
  "udh-hex",
  "concatReference",
  "encoding",
  "validitySeconds",
  "validityMinutes",
  "validUntil",
  "callbackUrl",
  "dltEntityId",
  "dltTemplateId",
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

/** The values of one submission. */
export type TemplateValues = Readonly<Record<Placeholder, string>>;

/** Where a text goes, which decides how values are escaped without being asked. */
export type TemplatePlace = "url" | "header" | "field" | "json" | "raw";

type Filter = (value: string) => string;

interface Piece {
  /** What stands before the placeholder. */
  readonly literal: string;
  /** Absent in the last piece. */
  readonly placeholder?: Placeholder;
  readonly filters: readonly Filter[];
}

/** A text that was read and checked. */
export interface Template {
  /** As written. */
  readonly source: string;
  readonly pieces: readonly Piece[];
  /** Whether what it gives is left out where it is empty. */
  readonly isOptional: boolean;
  /** Whether it stands for a JSON number. */
  readonly isNumber: boolean;
}

/** How a value is written. Those of {@link ENCODING_FILTERS} make it safe in some notation. */
const FILTERS: Readonly<Record<string, Filter>> = {
  digits: (value) => value.replace(/\D/g, ""),
  bare: (value) => value.replace(/^\+/, ""),
  plus: (value) => (/^\d/.test(value) ? `+${value}` : value),
  upper: (value) => value.toUpperCase(),
  lower: (value) => value.toLowerCase(),
  hex: (value) => Buffer.from(value, "utf8").toString("hex"),
  "ucs2-hex": (value) => Buffer.from(value, "utf16le").swap16().toString("hex"),
  base64: (value) => Buffer.from(value, "utf8").toString("base64"),
  url: percentEncode,
  json: (value) => JSON.stringify(value).slice(1, -1),
  xml: escapeXml,
  raw: (value) => value,
};

/** In raw text every placeholder must say by one of these, last, how it is written. */
const ENCODING_FILTERS: ReadonlySet<string> = new Set([
  "digits",
  "hex",
  "ucs2-hex",
  "base64",
  "url",
  "json",
  "xml",
  "raw",
]);

const TOKEN = /\{\{|\}\}|\{([^{}]{1,400})\}|[{}]/g;

/**
 * Reads a text with placeholders such as `{to|digits}`; `{{` and `}}` stand for braces.
 * `undefined` where it is not valid: an unknown placeholder or filter, a lone brace, or
 * raw text with a placeholder that does not say how it is written.
 */
export function parseTemplate(source: string, place: TemplatePlace): Template | undefined {
  if (source.length > MAX_TEMPLATE_CHARACTERS) return undefined;
  const pieces: Piece[] = [];
  let literal = "";
  let end = 0;
  let isOptional = false;
  let isNumber = false;
  for (const match of source.matchAll(TOKEN)) {
    literal += source.slice(end, match.index);
    end = match.index + match[0].length;
    if (match[1] === undefined) {
      if (match[0].length === 1) return undefined;
      literal += match[0].slice(1);
      continue;
    }
    const read = readPlaceholder(match[1], place);
    if (read === undefined || pieces.length >= MAX_PIECES) return undefined;
    isOptional ||= read.isOptional;
    isNumber ||= read.isNumber;
    pieces.push({ literal, placeholder: read.placeholder, filters: read.filters });
    literal = "";
  }
  literal += source.slice(end);
  // Both are about the whole value, so that the placeholder must be all of it.
  const isWhole = pieces.length === 1 && literal === "" && pieces[0]?.literal === "";
  if ((isOptional || isNumber) && !isWhole) return undefined;
  if (isOptional && (place === "url" || place === "raw")) return undefined;
  if (literal !== "" || pieces.length === 0) pieces.push({ literal, filters: [] });
  return { source, pieces, isOptional, isNumber };
}

interface ReadPlaceholder {
  readonly placeholder: Placeholder;
  readonly filters: readonly Filter[];
  readonly isOptional: boolean;
  readonly isNumber: boolean;
}

function readPlaceholder(inner: string, place: TemplatePlace): ReadPlaceholder | undefined {
  const [name, ...names] = inner.split("|");
  const placeholder = PLACEHOLDERS.find((known) => known === name);
  if (placeholder === undefined || names.length > MAX_FILTERS) return undefined;
  const isOptional = names.at(-1) === "optional";
  if (isOptional) names.pop();
  const isNumber = names.at(-1) === "number";
  if (isNumber) names.pop();
  if (isNumber && place !== "json") return undefined;
  const filters = names.map((filter) => readFilter(filter));
  if (filters.includes(undefined)) return undefined;
  const last = names.at(-1);
  if (place === "raw" && (last === undefined || !ENCODING_FILTERS.has(last))) return undefined;
  if (place === "url" && last !== "url") filters.push(percentEncode);
  if (place === "header") filters.push(visibleAscii);
  return { placeholder, filters: filters as Filter[], isOptional, isNumber };
}

/** A filter by name, or `map:GSM-7=text,UCS-2=unicode`, which leaves what it does not name as it is. */
function readFilter(name: string): Filter | undefined {
  if (!name.startsWith("map:")) return Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
  const table = new Map<string, string>();
  for (const pair of name.slice(4).split(",")) {
    const equals = pair.indexOf("=");
    if (equals < 0) return undefined;
    table.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return (value) => table.get(value) ?? value;
}

/** The text with its placeholders filled. */
export function renderTemplate(template: Template, values: TemplateValues): string {
  let result = "";
  for (const { literal, placeholder, filters } of template.pieces) {
    result += literal;
    if (placeholder === undefined) continue;
    let value = values[placeholder];
    for (const filter of filters) value = filter(value);
    result += value;
  }
  return result;
}

/** Everything but the unreserved characters of RFC 3986 §2.3. Half a surrogate pair becomes U+FFFD. */
function percentEncode(value: string): string {
  const wellFormed = Buffer.from(value, "utf8").toString("utf8");
  return encodeURIComponent(wellFormed).replace(
    /[!'()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const XML_ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Also drops the control characters that XML 1.0 cannot carry (§2.2). */
function escapeXml(value: string): string {
  // oxlint-disable-next-line no-control-regex
  return value.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, "").replace(/[&<>"']/g, (found) => XML_ESCAPES[found] ?? "");
}

/** What a header field can carry; a line break would begin another one. */
function visibleAscii(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, "?").trim();
}

/** A setting that holds a text with placeholders. */
export function template(place: Exclude<TemplatePlace, "json" | "url">): ScalarType<Template> {
  const filters = place === "raw" ? `, each with one of the filters ${[...ENCODING_FILTERS].join(", ")} last` : "";
  return {
    kind: "scalar",
    expected: `a text of at most ${MAX_TEMPLATE_CHARACTERS} characters with the placeholders ${showPlaceholders()}${filters}`,
    read: (given) => parseTemplate(given, place),
    show: ({ source }) => source,
  };
}

/** A setting that holds an http or https URL with placeholders behind its host. */
export function urlTemplate(): ScalarType<Template> {
  return {
    kind: "scalar",
    expected: `an http or https URL, behind its host with the placeholders ${showPlaceholders()}`,
    read: (given) => {
      const parsed = parseTemplate(given, "url");
      const host = /^https?:\/\/[^/?#{}@\s]+([/?#]|$)/.exec(given);
      if (parsed === undefined || host === null || given.includes("#")) return undefined;
      const sample = parsed.pieces.map(({ literal, placeholder }) => literal + (placeholder === undefined ? "" : "0"));
      return URL.canParse(sample.join("")) ? parsed : undefined;
    },
    show: ({ source }) => source,
  };
}

export function showPlaceholders(): string {
  return PLACEHOLDERS.map((name) => `{${name}}`).join(" ");
}
