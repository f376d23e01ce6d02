/** Keeps secrets and message texts out of log lines even where a caller forgot. */
import type { LogFields } from "../ports.ts";

const SECRET_NAME =
  /pass(word|wd|phrase)?$|secret|(^|[a-z_-])token$|^authorization$|api_?key$|private_?key$|cookie$|credential|signature$/i;
const CONTENT_NAME = /^(body|text|shortMessage|short_message)$/;
const URL_PASSWORD = /([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/?#@:]{0,256}):[^\s/?#]{0,1024}@/gi;

/** What stands in the line instead of a hidden value. */
export const HIDDEN = "[hidden]";

/** A value that JSON can carry. Texts are cut to `maxTextLength` characters. */
export function safeValue(name: string, value: unknown, maxTextLength: number): string | number | boolean | null {
  if (SECRET_NAME.test(name) || CONTENT_NAME.test(name)) return HIDDEN;
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      return value;
    case "string":
      return cut(value, maxTextLength);
    case "bigint":
      return String(value);
    default:
      // The type of fields rules this out; a caller that got around it must not break logging.
      return value === null ? null : `[${typeof value}]`;
  }
}

/** All fields made safe; those that are `undefined` are left out. */
export function safeFields(fields: LogFields, maxTextLength: number): Record<string, string | number | boolean | null> {
  const safe: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) safe[name] = safeValue(name, value, maxTextLength);
  }
  return safe;
}

function cut(text: string, maxLength: number): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength)}… (${text.length} characters)` : text;
  return short.includes("://") ? short.replace(URL_PASSWORD, "$1:***@") : short;
}
