import type { Database } from "../../../platform/ports.ts";
import type { AlertRule } from "./alert-rule.ts";
import { readRules } from "./alert-rule.store.ts";

/** A rule is evaluated in one of so many turns of a second. */
export const SLOTS = 10;

/** Deleted rules that are remembered, so that an update that was overtaken does not bring one back. */
const MAX_DELETED = 1_000;

/**
 * All rules of a cell, in memory. Told of changes after they were committed, in any order: the
 * higher revision wins. Goes on while the database is away.
 */
export class AlertRuleBook {
  private readonly database: Database;
  private rules = new Map<string, AlertRule>();
  private slots: AlertRule[][] = emptySlots();
  private readonly deleted = new Set<string>();
  /** Changes since the load under way began, which may have read rows from before them. */
  private sinceLoad: ((rules: Map<string, AlertRule>) => void)[] | undefined;
  private loading: Promise<void> = Promise.resolve();
  /** Whether it was ever read. */
  isLoaded = false;

  constructor(database: Database) {
    this.database = database;
  }

  get size(): number {
    return this.rules.size;
  }

  get(sid: string): AlertRule | undefined {
    return this.rules.get(sid);
  }

  /** The rules of one turn. */
  slot(at: number): readonly AlertRule[] {
    return this.slots[at % SLOTS] ?? [];
  }

  *values(): IterableIterator<AlertRule> {
    yield* this.rules.values();
  }

  /** Reads everything anew. Rejects when the database does not answer, and then what was known stays. */
  reload(): Promise<void> {
    const load = this.loading.then(() => this.load());
    this.loading = load.catch(() => undefined);
    return load;
  }

  private async load(): Promise<void> {
    const since: ((rules: Map<string, AlertRule>) => void)[] = [];
    this.sinceLoad = since;
    try {
      const rules = new Map<string, AlertRule>();
      for await (const batch of readRules(this.database)) for (const rule of batch) rules.set(rule.sid, rule);
      for (const change of since) change(rules);
      this.rules = rules;
      this.sort();
      this.isLoaded = true;
    } finally {
      this.sinceLoad = undefined;
    }
  }

  private change(change: (rules: Map<string, AlertRule>) => void): void {
    change(this.rules);
    this.sinceLoad?.push(change);
    this.sort();
  }

  /** A rule was made or changed. */
  put(rule: AlertRule): void {
    if (this.deleted.has(rule.sid)) return;
    this.change((rules) => {
      const known = rules.get(rule.sid);
      if (known === undefined || known.revision <= rule.revision) rules.set(rule.sid, rule);
    });
  }

  /** A rule was deleted. */
  remove(sid: string): void {
    this.deleted.add(sid);
    if (this.deleted.size > MAX_DELETED) {
      for (const oldest of this.deleted) {
        this.deleted.delete(oldest);
        break;
      }
    }
    this.change((rules) => void rules.delete(sid));
  }

  private sort(): void {
    this.slots = emptySlots();
    for (const rule of this.rules.values()) if (rule.isEnabled) this.slots[slotOf(rule.sid)]?.push(rule);
  }
}

function emptySlots(): AlertRule[][] {
  return Array.from({ length: SLOTS }, () => []);
}

/** The last digits of a SID are by chance. */
function slotOf(sid: string): number {
  return Number.parseInt(sid.slice(-6), 16) % SLOTS || 0;
}
