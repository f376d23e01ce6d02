import { emptyAccount, type Account, type AccountKind } from "./amounts.ts";
import type { BookTable } from "./book-table.ts";
import type { Party } from "./types.ts";

/** Names of carriers and currencies come from settings; whoever makes up more of them loses only the shortcut. */
const MAX_SHORTCUTS = 10_000;

/** The operator's accounts, opened when something is booked on them first. */
export class Chart {
  private readonly accounts: BookTable<Account>;
  /** Keys by kind, name and currency, so that none is put together for each message. */
  private readonly keys = new Map<string, Map<string, Map<string, string>>>();
  private keyCount = 0;

  constructor(accounts: BookTable<Account>) {
    this.accounts = accounts;
  }

  /** The account of a party, to be changed now. */
  party(party: Party, currency: string): Account {
    return typeof party === "string"
      ? this.account(party, "", currency)
      : this.account(party.kind, party.name, currency);
  }

  /** One account, to be changed now. */
  account(kind: AccountKind, name: string, currency: string): Account {
    const key = this.keyOf(kind, name, currency);
    const known = this.accounts.edit(key);
    if (known !== undefined) return known;
    const fresh = emptyAccount(kind, name, currency);
    this.accounts.put(key, fresh);
    return fresh;
  }

  private keyOf(kind: string, name: string, currency: string): string {
    const known = this.keys.get(kind)?.get(name)?.get(currency);
    if (known !== undefined) return known;
    const key = name === "" ? `${kind} ${currency}` : `${kind} ${name} ${currency}`;
    if (this.keyCount >= MAX_SHORTCUTS) return key;
    this.keyCount += 1;
    let byName = this.keys.get(kind);
    if (byName === undefined) this.keys.set(kind, (byName = new Map<string, Map<string, string>>()));
    let byCurrency = byName.get(name);
    if (byCurrency === undefined) byName.set(name, (byCurrency = new Map<string, string>()));
    byCurrency.set(currency, key);
    return key;
  }
}
