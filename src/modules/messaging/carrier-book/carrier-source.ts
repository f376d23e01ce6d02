import type { JsonObject } from "../../../platform/http/index.ts";
import type { LiveAnswer, LiveQuestion, LiveSource } from "../../../platform/live/index.ts";
import type { Clock } from "../../../platform/ports.ts";
import type { CarrierBook } from "./carrier-book.ts";
import { viewStatus, type CarrierLook } from "./carrier.view.ts";

/** All are looked at once in this time, however many ask; longer where there are very many. */
const LOOK_MS = 250;
const MS_PER_CARRIER = 1;

interface Seen {
  readonly text: string;
  readonly item: JsonObject;
  /** The number of the look in which it was different from before. */
  readonly change: number;
}

/**
 * The live topic `carriers`: how each carrier does, told again when it is different. For people of
 * the operator's account who look at the whole system; others see none, because carriers are nobody's.
 */
export function carrierSource(options: {
  readonly book: CarrierBook;
  readonly look: (name: string) => CarrierLook;
  readonly clock: Clock;
}): LiveSource {
  const changes = new Changes(options);
  return {
    topic: "carriers",
    ask: ({ query, cursor, scope, limit }: LiveQuestion): LiveAnswer => {
      if (!scope.everything) return { cursor: "0", items: [] };
      const wanted = nameOf(query);
      const from = Number(cursor ?? 0) || 0;
      const { items, change } = changes.since(from, wanted, limit);
      return { cursor: String(change), items };
    },
  };
}

/** `{"name": "acme"}` asks for one. */
function nameOf(query: unknown): string | undefined {
  if (typeof query !== "object" || query === null) return undefined;
  const { name } = query as { readonly name?: unknown };
  return typeof name === "string" ? name : undefined;
}

class Changes {
  private readonly options: Parameters<typeof carrierSource>[0];
  private readonly seen = new Map<string, Seen>();
  private change = 0;
  private nextLookMs = -Infinity;

  constructor(options: Parameters<typeof carrierSource>[0]) {
    this.options = options;
    options.book.onChange(() => (this.nextLookMs = -Infinity));
  }

  /** What is different since a look, the oldest change first; what does not fit comes with the next question. */
  since(from: number, wanted: string | undefined, limit: number): { items: JsonObject[]; change: number } {
    this.lookAgain();
    // A cursor of an earlier process is of other looks.
    const after = from > this.change ? 0 : from;
    const news = [...this.seen]
      .filter(([name, { change }]) => change > after && (wanted === undefined || wanted === name))
      .toSorted(([, a], [, b]) => a.change - b.change);
    const items: JsonObject[] = [];
    let told = after;
    for (const [, { item, change }] of news) {
      // All of one look are told together, or they would be lost between two cursors.
      if (items.length >= limit && change > told) return { items, change: told };
      items.push(item);
      told = change;
    }
    return { items, change: this.change };
  }

  private lookAgain(): void {
    const { book, look, clock } = this.options;
    const nowMs = clock.monotonicMs();
    if (nowMs < this.nextLookMs) return;
    const all = book.list();
    this.nextLookMs = nowMs + Math.max(LOOK_MS, all.length * MS_PER_CARRIER);
    let isNew = false;
    const enter = (name: string, item: JsonObject): void => {
      const text = JSON.stringify(item);
      if (this.seen.get(name)?.text === text) return;
      // One number for the whole look.
      if (!isNew) this.change += 1;
      isNew = true;
      this.seen.set(name, { text, item, change: this.change });
    };
    const names = new Set(all.map(({ name }) => name));
    for (const known of all) enter(known.name, viewStatus(known, look(known.name)));
    for (const name of this.seen.keys()) if (!names.has(name)) enter(name, { name, gone: true });
  }
}
