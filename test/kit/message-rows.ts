import type { Database, DatabaseSession, Row } from "../../src/platform/ports.ts";

type Values = readonly unknown[];

/**
 * The rows of messages in memory: what the projection writes and what the store of messages
 * reads one by one. Fast, and can be away.
 */
export class MessageRows implements Database {
  readonly rows = new Map<string, Row>();
  readonly offsets = new Map<string, number>();
  isAway = false;

  async query<R extends Row>(text: string, values: Values = []): Promise<R[]> {
    if (this.isAway) throw new Error("the database is away");
    return this.run(text, values) as R[];
  }

  async transaction<T>(work: (tx: DatabaseSession) => Promise<T>): Promise<T> {
    if (this.isAway) throw new Error("the database is away");
    return work({ query: async <R extends Row>(text: string, given: Values = []) => this.run(text, given) as R[] });
  }

  private run(text: string, values: Values): Row[] {
    if (text.startsWith("insert into messages ")) return this.upsert(text, values);
    if (text.startsWith("insert into projection_offsets")) {
      this.offsets.set(values[1] as string, values[2] as number);
      return [];
    }
    if (text.includes("due_at <= ")) return this.findDue(text, values);
    if (!text.includes(" from messages where ")) return [];
    const parked = [...this.rows.values()].filter((row) => row["parked"] === true).toSorted(byId);
    if (text.includes("parked and account_sid")) {
      const [account, from, lane, after, limit] = values as [string, string, string, string | null, number];
      const rows = parked.filter(
        (row) =>
          row["account_sid"] === account &&
          row["from_address"] === from &&
          row["traffic_class"] === lane &&
          (after === null || String(row["id"]) > after),
      );
      return rows.slice(0, limit);
    }
    if (text.includes("parked and valid_until")) {
      const nowMs = Date.parse(values[0] as string);
      return parked.filter((row) => (row["valid_until"] as Date).getTime() <= nowMs).slice(0, values[1] as number);
    }
    if (text.includes("due_at is not null) and id = any")) {
      const wanted = new Set(values[0] as string[]);
      const rows = [...this.rows.values()].filter((row) => row["parked"] === true || row["due_at"] !== null);
      return rows.filter((row) => wanted.has(String(row["id"]))).toSorted(byId);
    }
    const row = this.rows.get(String(values[0]));
    return row === undefined ? [] : [row];
  }

  /** What waits for a time: the first of all, or of each account in turn. */
  private findDue(text: string, values: Values): Row[] {
    const isFair = text.includes("recursive");
    const [from, until, without, limit] = (
      isFair ? [new Date(0).toISOString(), values[0], values[1], values[3]] : values
    ) as [string, string, string[], number];
    const known = new Set(isFair ? (values[4] as string[]) : []);
    const rows = [...this.rows.values()]
      .filter((row) => {
        if (known.has(String(row["id"]))) return false;
        const due = row["due_at"] as Date | null;
        if (due === null || without.includes(String(row["account_sid"]))) return false;
        return due.getTime() >= Date.parse(from) && due.getTime() <= Date.parse(until);
      })
      .toSorted((a, b) => (a["due_at"] as Date).getTime() - (b["due_at"] as Date).getTime() || byId(a, b));
    if (!isFair) return rows.slice(0, limit);
    const turns = new Map<unknown, number>();
    const ranked = rows.map((row) => {
      const turn = (turns.get(row["account_sid"]) ?? 0) + 1;
      turns.set(row["account_sid"], turn);
      return { row, turn };
    });
    const fair = ranked.filter(({ turn }) => turn <= (values[2] as number)).toSorted((a, b) => a.turn - b.turn);
    return fair.slice(0, limit).map(({ row }) => row);
  }

  private upsert(text: string, columns: Values): Row[] {
    const names = text.slice(text.indexOf("(") + 1, text.indexOf(")")).split(", ");
    const first = columns[0] as unknown[];
    for (let at = 0; at < first.length; at += 1) {
      const row: Record<string, unknown> = {};
      for (const [index, name] of names.entries()) row[name] = readBack(name, (columns[index] as unknown[])[at]);
      this.rows.set(String(row["id"]), row);
    }
    return [];
  }
}

const TIMES = new Set(["created_at", "updated_at", "sent_at", "valid_until", "due_at"]);
const DOCUMENTS = new Set(["media", "delivery", "waiting", "schedule"]);

function byId(a: Row, b: Row): number {
  return String(a["id"]) < String(b["id"]) ? -1 : 1;
}

function readBack(name: string, value: unknown): unknown {
  if (value === null) return null;
  if (TIMES.has(name)) return new Date(value as number);
  return DOCUMENTS.has(name) ? (JSON.parse(value as string) as unknown) : value;
}
