import { MAX_FAMILY_ACCOUNTS, type Movable } from "../../platform/fleet/index.ts";
import type { Database } from "../../platform/ports.ts";
import type { AccountRecords } from "./account-records.ts";

const OWN = "t.account_sid = any($1)";

/** Accounts with their tokens and keys, as they move to another cell. Tokens stay sealed: all cells have one master key. */
export function accountsMovable({ database, records }: { database: Database; records: AccountRecords }): Movable {
  const forget = async (mainSid: string, accountSids: readonly string[]): Promise<void> => {
    records.forgetFamily(mainSid);
    for (const sid of accountSids) records.forgetAccount(sid);
    records.keys.forgetWhere(({ accountSid }) => accountSids.includes(accountSid));
    const keys = await database.query<{ sid: string }>("select sid from api_keys t where t.account_sid = any($1)", [
      accountSids,
    ]);
    for (const { sid } of keys) records.forgetKey(sid);
  };
  return {
    name: "accounts",
    tables: [
      {
        name: "accounts",
        owned: "t.sid = any($1)",
        // Parents first, because children refer to them.
        key: "(case when t.parent_sid is null then '0' else '1' end || t.sid)",
        keyType: "text",
        primaryKey: "sid",
        routeKey: "t.sid",
      },
      {
        name: "account_tokens",
        owned: OWN,
        key: "(t.account_sid || ' ' || t.place)",
        keyType: "text",
        primaryKey: "account_sid, place",
      },
      { name: "api_keys", owned: OWN, key: "t.sid", keyType: "text", primaryKey: "sid", routeKey: "t.sid" },
    ],
    family: async (mainSid) => {
      const rows = await database.query<{ sid: string; parent_sid: string | null }>(
        `select sid, parent_sid from accounts where sid = $1 or parent_sid = $1
         order by parent_sid is not null, sid limit $2`,
        [mainSid, MAX_FAMILY_ACCOUNTS + 1],
      );
      if (rows[0]?.sid !== mainSid || rows[0].parent_sid !== null || rows.length > MAX_FAMILY_ACCOUNTS)
        return undefined;
      return rows.map(({ sid }) => sid);
    },
    arrived: ({ mainSid, accountSids }) => forget(mainSid, accountSids),
    departed: ({ mainSid, accountSids }) => forget(mainSid, accountSids),
  };
}
