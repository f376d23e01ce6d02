import { microsToDecimal } from "../../kernel/money.ts";
import { iso8601 } from "../../kernel/time.ts";
import { cutPage, defineListRoute, sid, type Page, type Route, type Slice } from "../../platform/http/index.ts";
import type { Hold } from "./book/index.ts";
import type { LedgerDeps } from "./deps.ts";
import { BASE_PATH, common, operatorOnly } from "./operator.ts";

interface NamedHold {
  readonly id: string;
  readonly hold: Readonly<Hold>;
}

/** `Holds`: what is set aside for work that is not done. For the operator. */
export function holdRoutes(deps: LedgerDeps): Route[] {
  return [
    defineListRoute({
      ...common,
      path: `${BASE_PATH}/Holds`,
      operationId: "ListHold",
      summary: "List what is set aside for work under way, by id; for the operator",
      collection: "holds",
      parameters: { AccountSid: sid({ prefix: "AC", summary: "Of this account alone." }) },
      page: ({ call, limit, cursor, direction }) => {
        operatorOnly(deps, call);
        return pageOfHolds(deps, call.params.AccountSid ?? "", { limit, cursor, direction });
      },
      view: ({ id, hold }) => ({
        id,
        account_sid: hold.accountSid,
        amount: microsToDecimal(hold.askedMicros),
        set_aside: microsToDecimal(hold.coveredMicros),
        expires_at: iso8601(hold.expiresAtMs),
      }),
    }),
  ];
}

/** All open holds are in memory and in no order of ids: those of a page are picked out in one pass. */
function pageOfHolds({ book }: LedgerDeps, accountSid: string, asked: Slice): Page<NamedHold> {
  const { limit, cursor, direction } = asked;
  const forward = direction === "next";
  const isBefore = (a: string, b: string): boolean => (forward ? a < b : a > b);
  const picked: NamedHold[] = [];
  const keep = limit + 1;
  for (const [id, hold] of book.openHolds()) {
    if (accountSid !== "" && hold.accountSid !== accountSid) continue;
    if (cursor !== undefined && !isBefore(cursor, id)) continue;
    const last = picked.at(-1);
    if (picked.length >= keep && last !== undefined && !isBefore(id, last.id)) continue;
    let at = picked.length;
    while (at > 0 && isBefore(id, picked[at - 1]?.id ?? "")) at -= 1;
    picked.splice(at, 0, { id, hold });
    if (picked.length > keep) picked.pop();
  }
  return cutPage(forward ? picked : picked.toReversed(), asked, ({ id }) => id);
}
