/** What one answer of a list holds. */
export interface ListPage {
  readonly items: readonly unknown[];
  /** The link to the next page, absolute or a path. */
  readonly next: string | undefined;
}

/** Reads a page in either style: `next_page_uri` beside the items, or `meta` with `key` and `next_page_url`. */
export function nextPageOf(answer: unknown, key?: string): ListPage {
  if (typeof answer !== "object" || answer === null) return { items: [], next: undefined };
  const fields = answer as Record<string, unknown>;
  const meta =
    typeof fields["meta"] === "object" && fields["meta"] !== null ? (fields["meta"] as Record<string, unknown>) : {};
  const name = key ?? (typeof meta["key"] === "string" ? meta["key"] : undefined);
  const items = name === undefined ? firstList(fields) : fields[name];
  const next = meta["next_page_url"] ?? fields["next_page_uri"];
  return {
    items: Array.isArray(items) ? (items as readonly unknown[]) : [],
    next: typeof next === "string" && next !== "" ? next : undefined,
  };
}

function firstList(fields: Record<string, unknown>): unknown {
  return Object.values(fields).find((value) => Array.isArray(value));
}
