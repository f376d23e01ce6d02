import { StateTable } from "../../../platform/cell/index.ts";
import type { Consent, ConsentChange } from "./consent.ts";
import { PairNames } from "./pair-hash.ts";
import { PairSet } from "./pair-set.ts";

/** Whom a message would go to, and from whom. */
export interface ConsentQuestion {
  readonly accountSid: string;
  readonly serviceSid?: string | undefined;
  readonly from: string;
  readonly to: string;
}

/** The tables of consent. */
export class ConsentState {
  readonly pairs: PairSet;
  readonly names: PairNames;
  /** Leave memory as soon as they are in the database. */
  readonly consents = new StateTable<Consent>("consents", { projected: true });
  readonly changes = new StateTable<ConsentChange>("consent-changes", { projected: true });
  constructor(hashKey: string) {
    this.pairs = new PairSet(hashKey);
    this.names = new PairNames(hashKey);
  }

  get tables(): readonly StateTable<never>[] {
    return [this.pairs.table, this.consents, this.changes] as readonly unknown[] as readonly StateTable<never>[];
  }

  /** Whether the recipient wants nothing of this sender, of the service it belongs to, or of the account. */
  isOptedOut({ accountSid, serviceSid, from, to }: ConsentQuestion): boolean {
    const { pairs } = this;
    if (!pairs.hasAny(accountSid)) return false;
    if (serviceSid !== undefined && pairs.has(accountSid, serviceSid, to)) return true;
    return pairs.has(accountSid, from, to) || pairs.has(accountSid, accountSid, to);
  }

  sidOf(accountSid: string, scope: string, recipient: string): string {
    return `OP${this.names.nameOf(accountSid, scope, recipient)}`;
  }

  /** After a checkpoint was restored. */
  restored(): void {
    this.pairs.restored();
    for (const table of [this.consents, this.changes]) for (const key of table.keys()) table.evict(key);
  }
}
