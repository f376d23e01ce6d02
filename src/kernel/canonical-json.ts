/** How deep a value may be nested. */
export const MAX_CANONICAL_DEPTH = 32;

/**
 * The one text of a JSON value (RFC 8785): members in the order of their UTF-16 code units,
 * no white space, numbers as ECMAScript writes them. Members that are `undefined` are left
 * out. Throws a `RangeError` for what is nested deeper than `maxDepth`, or is no finite number.
 */
export function canonicalJson(value: unknown, maxDepth = MAX_CANONICAL_DEPTH): string {
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError(`${value} is no JSON number`);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (maxDepth === 0) throw new RangeError("nested too deep");
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, maxDepth - 1)).join(",")}]`;
  const members = value as Readonly<Record<string, unknown>>;
  const texts: string[] = [];
  for (const key of Object.keys(members).toSorted()) {
    const member = members[key];
    if (member !== undefined) texts.push(`${JSON.stringify(key)}:${canonicalJson(member, maxDepth - 1)}`);
  }
  return `{${texts.join(",")}}`;
}
