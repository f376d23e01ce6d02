import type { Database } from "../../../platform/ports.ts";
import { readSettings } from "./setting.store.ts";
import type { Setting, SettingKind } from "./setting.ts";

/** What a rule makes of the settings of its kinds, to answer from memory. */
export interface SettingIndex {
  readonly kinds: readonly SettingKind[];
  /** Forgets everything; the settings that there are follow. */
  clear(): void;
  put(setting: Setting): void;
  remove(setting: Setting): void;
}

/** Deleted settings that are remembered, so that an older change that is told late does not bring one back. */
const MAX_DELETED = 10_000;

type Change = { readonly put: Setting } | { readonly remove: Setting };

/**
 * All settings, in memory, handed on to the indexes of the rules. Told of every change after
 * its commit; changes may be told in another order than they were committed in, so the higher
 * revision wins. Goes on answering while the database is down.
 */
export class SettingBook {
  private readonly database: Database;
  private readonly indexes = new Map<SettingKind, SettingIndex>();
  private settings = new Map<string, Setting>();
  private readonly deleted = new Set<string>();
  private sinceLoad: Change[] | undefined;
  private loading: Promise<void> = Promise.resolve();
  private readonly changed: () => void;

  constructor(options: { database: Database; indexes: readonly SettingIndex[]; changed: () => void }) {
    this.database = options.database;
    this.changed = options.changed;
    for (const index of options.indexes) for (const kind of index.kinds) this.indexes.set(kind, index);
  }

  get size(): number {
    return this.settings.size;
  }

  /** Reads everything anew. Rejects when the database does not answer, and then what was known stays. */
  reload(): Promise<void> {
    const load = this.loading.then(() => this.load());
    this.loading = load.catch(() => undefined);
    return load;
  }

  private async load(): Promise<void> {
    const since: Change[] = [];
    this.sinceLoad = since;
    try {
      const read: Setting[] = [];
      for await (const batch of readSettings(this.database)) for (const setting of batch) read.push(setting);
      this.settings = new Map();
      for (const index of new Set(this.indexes.values())) index.clear();
      for (const setting of read) this.apply({ put: setting });
      for (const change of since) this.apply(change);
    } finally {
      this.sinceLoad = undefined;
    }
    this.changed();
  }

  /** A setting was made or changed. */
  put(setting: Setting): void {
    this.take({ put: setting });
  }

  /** A setting was deleted. */
  remove(setting: Setting): void {
    this.deleted.add(setting.sid);
    if (this.deleted.size > MAX_DELETED) {
      for (const oldest of this.deleted) {
        this.deleted.delete(oldest);
        break;
      }
    }
    this.take({ remove: setting });
  }

  private take(change: Change): void {
    this.sinceLoad?.push(change);
    this.apply(change);
    this.changed();
  }

  private apply(change: Change): void {
    if ("remove" in change) {
      const known = this.settings.get(change.remove.sid);
      if (known === undefined) return;
      this.settings.delete(known.sid);
      this.indexes.get(known.kind)?.remove(known);
      return;
    }
    const { put } = change;
    const known = this.settings.get(put.sid);
    if (this.deleted.has(put.sid) || (known !== undefined && known.revision > put.revision)) return;
    const index = this.indexes.get(put.kind);
    if (known !== undefined) index?.remove(known);
    this.settings.set(put.sid, put);
    index?.put(put);
  }
}
