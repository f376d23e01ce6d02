/** What a field of a form may hold; `undefined` is left out, a list is sent once for each item, an object as JSON. */
export type FieldValue = string | number | boolean | Date | undefined | null | readonly FieldValue[] | object;

/** Fields by name, in the spelling of the API (`FriendlyName`). */
export type Fields = Readonly<Record<string, FieldValue>>;

/** Fields as an application/x-www-form-urlencoded body or a query. */
export function encodeFields(fields: Fields): URLSearchParams {
  const encoded = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) append(encoded, name, value);
  return encoded;
}

function append(encoded: URLSearchParams, name: string, value: FieldValue): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value as readonly FieldValue[]) append(encoded, name, item);
    return;
  }
  encoded.append(name, textOf(value));
}

function textOf(value: Exclude<FieldValue, undefined | null>): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** `path` with a query behind it, which may have one already. */
export function withQuery(path: string, query: Fields | undefined): string {
  if (query === undefined) return path;
  const encoded = encodeFields(query).toString();
  if (encoded === "") return path;
  return `${path}${path.includes("?") ? "&" : "?"}${encoded}`;
}
