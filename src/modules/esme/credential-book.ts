import type { Database } from "../../platform/ports.ts";
import type { SmppCredential } from "./credential.ts";
import { credentialsStamp, readCredentials } from "./credential.store.ts";

/**
 * All SMPP credentials, in memory, so that binds and fallbacks need no database. Told of
 * every change of this process after its commit; read anew from time to time for those of
 * others.
 */
export class CredentialBook {
  private readonly database: Database;
  private bySystemId = new Map<string, SmppCredential>();
  private inboundAccounts = new Set<string>();
  private listeners: (() => void)[] = [];
  /** Changes since the load under way began, which may have read rows from before them. */
  private sinceLoad: Map<string, SmppCredential | undefined> | undefined;
  /** What the database looked like before the last load. */
  private stamp = "";
  private loading: Promise<void> = Promise.resolve();

  constructor(database: Database) {
    this.database = database;
  }

  get size(): number {
    return this.bySystemId.size;
  }

  find(systemId: string): SmppCredential | undefined {
    return this.bySystemId.get(systemId);
  }

  /** Whether a credential of the account wants its texts on binds. */
  wantsTexts(accountSid: string): boolean {
    return this.inboundAccounts.has(accountSid);
  }

  /** Called after every change. */
  onChange(run: () => void): void {
    this.listeners.push(run);
  }

  /** Takes a credential that was made or changed. */
  put(credential: SmppCredential): void {
    this.bySystemId.set(credential.systemId, credential);
    this.sinceLoad?.set(credential.systemId, credential);
    this.changed();
  }

  /** Forgets a credential that was deleted. */
  remove(systemId: string): void {
    this.bySystemId.delete(systemId);
    this.sinceLoad?.set(systemId, undefined);
    this.changed();
  }

  /** Reads everything anew. Rejects when the database does not answer, and then what was known stays. */
  reload(): Promise<void> {
    const load = this.loading.then(() => this.load());
    this.loading = load.catch(() => undefined);
    return load;
  }

  /** Reads everything anew where something was changed since the last time, by whomever. */
  async refresh(): Promise<void> {
    const stamp = await credentialsStamp(this.database);
    if (stamp === "" || stamp !== this.stamp) await this.reload();
  }

  private async load(): Promise<void> {
    const stamp = await credentialsStamp(this.database);
    const since = new Map<string, SmppCredential | undefined>();
    this.sinceLoad = since;
    try {
      const found = new Map<string, SmppCredential>();
      for await (const batch of readCredentials(this.database)) {
        for (const credential of batch) {
          const known = this.bySystemId.get(credential.systemId);
          // The same object says that nothing changed.
          const isSame = known?.sid === credential.sid && known.updatedMs === credential.updatedMs;
          found.set(credential.systemId, isSame ? known : credential);
        }
      }
      for (const [systemId, credential] of since) {
        if (credential === undefined) found.delete(systemId);
        else found.set(systemId, credential);
      }
      this.bySystemId = found;
      this.stamp = stamp;
    } finally {
      this.sinceLoad = undefined;
    }
    this.changed();
  }

  private changed(): void {
    this.inboundAccounts = new Set();
    for (const { inbound, accountSid } of this.bySystemId.values()) if (inbound) this.inboundAccounts.add(accountSid);
    for (const run of this.listeners) run();
  }
}
