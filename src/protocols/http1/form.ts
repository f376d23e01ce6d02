/** A form parameter. Names may repeat. */
export type FormPair = readonly [name: string, value: string];

/** `encodeURIComponent` throws at these; the standard replaces them. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const PLAIN = /^[0-9A-Za-z*\-._]*$/;

/** Writes `application/x-www-form-urlencoded` as the WHATWG URL standard §5 does: UTF-8, spaces as `+`. */
export function encodeForm(pairs: readonly FormPair[]): string {
  let form = "";
  for (const [name, value] of pairs) {
    form += `${form === "" ? "" : "&"}${encodePart(name)}=${encodePart(value)}`;
  }
  return form;
}

function encodePart(text: string): string {
  if (PLAIN.test(text)) return text;
  return encodeURIComponent(text.replace(LONE_SURROGATE, "\ufffd")).replace(/%20|[!'()~]/g, escapeForForm);
}

function escapeForForm(found: string): string {
  return found === "%20" ? "+" : `%${found.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Appends form pairs to a URL's query, before its fragment. */
export function appendQuery(url: string, pairs: readonly FormPair[]): string {
  if (pairs.length === 0) return url;
  const hash = url.indexOf("#");
  const base = hash < 0 ? url : url.slice(0, hash);
  const fragment = hash < 0 ? "" : url.slice(hash);
  const joint = base.includes("?") ? (/[?&]$/.test(base) ? "" : "&") : "?";
  return `${base}${joint}${encodeForm(pairs)}${fragment}`;
}
