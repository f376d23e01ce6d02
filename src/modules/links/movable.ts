import type { Cell, CellRecord } from "../../platform/cell/index.ts";
import type { Family, Movable } from "../../platform/fleet/index.ts";
import type { DomainBook } from "./domains/index.ts";
import type { LinkBook } from "./link-book.ts";
import type { LinkState } from "./link-state.ts";

const OWN = "t.account_sid = any($1)";

/** What a link becomes in the cell that its account left: its code still leads there, and is told where to go. */
const FORWARD = `revision = t.revision + 1, domain = '', message_sid = null, tags = '{}', expires_at = t.expires_at,
  link = json_build_array(t.link::json->>0, t.account_sid, '', t.link::json->>3, '', 0,
    (t.link::json->>6)::float8, t.revision + 1, 4, 0, 0, 0, 0)::text`;

/**
 * Domains, links and counts, as they move to another cell. Codes carry the number of the cell
 * that gave them out, so that cell keeps a forward of each, without URL, numbers and message,
 * until the link would have ended. Visits between the moment at which rows are compared and the
 * one from which the new cell answers are counted in the old one, and stay there.
 */
export function linksMovable(deps: {
  readonly state: LinkState;
  readonly domains: DomainBook;
  readonly book: LinkBook;
  readonly cell: () => Cell;
}): Movable {
  const { state, domains, book, cell } = deps;
  const refresh = async ({ accountSids }: Family): Promise<void> => {
    await domains.reload();
    await book.fill(accountSids);
  };
  return {
    name: "links",
    tables: [
      { name: "link_domains", owned: OWN, key: "t.sid", keyType: "text", primaryKey: "sid" },
      { name: "link_domain_services", owned: OWN, key: "t.service_sid", keyType: "text", primaryKey: "service_sid" },
      {
        name: "links",
        owned: OWN,
        key: "t.id",
        keyType: "uuid",
        primaryKey: "id",
        isHistory: true,
        stamp: "t.revision::text",
        emptied: { left: FORWARD, calledOff: FORWARD },
        tail: { open: "false", update: "link = t.link", marginMs: 15_000 },
      },
      {
        name: "link_clicks",
        owned: OWN,
        key: "t.key",
        keyType: "text",
        primaryKey: "key",
        isHistory: true,
        stamp: "(t.clicks + t.previews + t.bots)::text",
      },
    ],
    changing: function* ({ accountSids }, table) {
      if (table !== "links") return;
      const own = new Set(accountSids);
      for (const { sid, accountSid } of state.links.values()) if (own.has(accountSid)) yield sid.slice(2);
    },
    // What has left memory is in the database.
    pending: ({ accountSids }) => {
      const own = new Set(accountSids);
      let pending = 0;
      for (const { accountSid } of state.links.values()) if (own.has(accountSid)) pending += 1;
      for (const { accountSid, key } of state.tallies.values()) {
        if (own.has(accountSid) && state.tallies.isDirty(key)) pending += 1;
      }
      return pending;
    },
    // Records are applied in their order: when this one is, so are all before it.
    settled: async () => {
      await cell().commit({ kind: "link.made", links: [] } as CellRecord, "progress");
    },
    arrived: refresh,
    departed: refresh,
  };
}
