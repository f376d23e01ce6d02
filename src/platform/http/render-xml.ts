import type { JsonObject, JsonValue } from "./json.ts";
import type { ViewedPage } from "./route.ts";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** One record as the 2010-04-01 API writes it in XML: `<TwilioResponse><Message><Sid>…`. */
export function recordXml(element: string, record: JsonObject): string {
  return `${DECLARATION}<TwilioResponse>${elementXml(element, record)}</TwilioResponse>`;
}

/** A page of records: `<TwilioResponse><Messages page="0" pagesize="50" …><Message>…`. `fields` become attributes. */
export function pageXml(names: { collection: string; element: string }, page: ViewedPage, fields: JsonObject): string {
  const collection = pascalCase(names.collection);
  const attributes = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name.replaceAll("_", "")}="${escapeXml(scalarText(value))}"`);
  const records = page.records.map((record) => elementXml(names.element, record));
  return `${DECLARATION}<TwilioResponse><${collection}${attributes.join("")}>${records.join("")}</${collection}></TwilioResponse>`;
}

/** An error: `<TwilioResponse><RestException><Code/><Message/><MoreInfo/><Status/>`. */
export function errorXml(error: JsonObject): string {
  return recordXml("RestException", error);
}

function elementXml(name: string, value: JsonValue): string {
  if (value === null || value === undefined || value === "") return `<${name}/>`;
  if (isArray(value)) {
    const item = name.endsWith("s") ? name.slice(0, -1) : "Item";
    return `<${name}>${value.map((each) => elementXml(item, each)).join("")}</${name}>`;
  }
  if (typeof value !== "object") return `<${name}>${escapeXml(scalarText(value))}</${name}>`;
  const children = Object.entries(value).map(([key, each]) => elementXml(pascalCase(key), each));
  return `<${name}>${children.join("")}</${name}>`;
}

/** `Array.isArray` does not narrow read-only arrays. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function scalarText(value: JsonValue): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** `num_media` → `NumMedia`. What XML does not take in a name becomes `_`. */
function pascalCase(name: string): string {
  const joined = name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const clean = joined.replace(/[^A-Za-z0-9_.-]/g, "_");
  return /^[A-Za-z_]/.test(clean) ? clean : `_${clean}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\r": "&#13;",
};

/** Escapes text for content and attributes; what XML 1.0 §2.2 cannot say becomes U+FFFD. */
function escapeXml(value: string): string {
  return value.replace(FORBIDDEN, "\ufffd").replace(/[&<>"'\r]/g, (character) => ENTITIES[character] ?? character);
}

// oxlint-disable-next-line no-control-regex -- the control characters are the point
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu;
