import { StateTable, type ApplyContext, type Cell, type CellRecord, type Machine } from "../../platform/cell/index.ts";
import type { TextPlace } from "../../platform/fleet/index.ts";
import type { Timer } from "../../platform/ports.ts";
import type { Settle } from "./carriers/carrier.ts";
import type { MessagingDeps } from "./deps.ts";
import { arrivalOf, cancelArrival, type InboundBinds } from "./arrival.ts";
import { arrive, partialKey } from "./inbound-reducers.ts";
import type { TextArrived } from "./records.ts";
import type { ReducerDeps } from "./waiting-reducers.ts";

/** Which cell has a number, and how another one is told of a text. Given by entry. */
export interface TextRouting {
  /** Where a text to this address goes. */
  placeOf(address: string): TextPlace;
  /** Gives texts to another cell, which answers as {@link TextForwarding.take} does. Rejects when it does not answer. */
  send(cell: string, texts: readonly HeldText[]): Promise<unknown>;
}

/** A text that came to this cell and is for another one, or for an account that is about to move. */
export interface HeldText {
  /** The SID that the message gets; the same in both cells. */
  readonly sid: string;
  readonly carrier: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly encoding: "GSM-7" | "UCS-2";
  readonly concat?: { readonly reference: number; readonly total: number; readonly sequence: number };
}

/** A text is kept here until its cell has it. Durable before the carrier gets its answer. */
interface TextHeld extends CellRecord {
  readonly kind: "message.text-held";
  readonly text: HeldText;
}

/** Other cells made them durable. */
interface TextsForwarded extends CellRecord {
  readonly kind: "message.texts-forwarded";
  readonly sids: readonly string[];
}

/** A text that another cell held, or this one, arrives at its home. */
interface TextTaken extends CellRecord {
  readonly kind: "message.text-taken";
  readonly arrived: TextArrived;
}

export interface TextForwardingDeps {
  readonly deps: MessagingDeps;
  readonly reducing: ReducerDeps;
  readonly inboundBinds: InboundBinds | undefined;
  readonly routing: TextRouting | undefined;
}

/** Beyond, carriers keep their texts. */
const MAX_HELD = 100_000;
/** Texts that were taken from others and are remembered, in case they are brought once more. */
const MAX_TAKEN = 50_000;
const BATCH = 100;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 10_000;

/**
 * Texts to numbers that are at home in another cell. A carrier goes on delivering them to
 * the cell that the number was in; that one keeps them in its log and hands them over as
 * often as it takes, and the other one takes each once.
 */
export class TextForwarding {
  readonly machine: Machine;
  private readonly deps: TextForwardingDeps;
  private readonly held = new StateTable<HeldText>("held-texts", { projected: false });
  private readonly taken = new StateTable<{ readonly sid: string }>("taken-texts", { projected: false });
  private timer: Timer | undefined;
  private isBusy = false;
  private isStarted = false;
  private retryMs = FIRST_RETRY_MS;

  constructor(deps: TextForwardingDeps) {
    this.deps = deps;
    this.machine = {
      name: "text-forwarding",
      tables: [this.held, this.taken] as readonly unknown[] as readonly StateTable<never>[],
      reducers: {
        "message.text-held": ({ text }: TextHeld, context: ApplyContext) => {
          if (!this.held.has(text.sid) && !this.taken.has(text.sid)) this.held.put(text.sid, text);
          context.effect(() => this.wake());
        },
        "message.texts-forwarded": ({ sids }: TextsForwarded) => {
          for (const sid of sids) this.held.delete(sid);
        },
        "message.text-taken": ({ arrived }: TextTaken, context: ApplyContext) => this.enter(arrived, context),
      },
    };
  }

  /** Texts that their cell does not have yet. */
  get size(): number {
    return this.held.size;
  }

  /** How many of them are to one of these numbers. */
  countTo(numbers: ReadonlySet<string>): number {
    let count = 0;
    for (const { to } of this.held.values()) if (numbers.has(to)) count += 1;
    return count;
  }

  /** Whether a text is for this cell now. The rest of a long text whose first parts came here is. */
  isHere(text: Omit<HeldText, "sid">): boolean {
    const { routing } = this.deps;
    const { state } = this.deps.reducing;
    if (routing === undefined || routing.placeOf(text.to) === "here") return true;
    return text.concat !== undefined && state.partialTexts.has(partialKey(text, text.concat));
  }

  /** Keeps a text for another cell; then the carrier is told. */
  hold(text: HeldText, settle: Settle): void {
    if (this.held.size >= MAX_HELD) return settle(false);
    const record: TextHeld = { kind: "message.text-held", text };
    this.cell.commitThen(record, "progress", (error) => settle(error === undefined));
  }

  private get cell(): Cell {
    return this.deps.deps.cell;
  }

  /** Takes what another cell held. Answers with the SIDs of those that are durable here now; the others are to be brought again. */
  async take(texts: readonly HeldText[]): Promise<{ readonly taken: readonly string[] }> {
    const records: CellRecord[] = [];
    const taken: string[] = [];
    for (const text of texts.slice(0, BATCH)) {
      const accountSid = this.deps.deps.numbers.inboundText(text.to)?.accountSid;
      if (accountSid !== undefined) await this.deps.deps.spending.prepare(accountSid)?.catch(() => undefined);
      const record = this.recordOf(text);
      if (record === undefined) continue;
      if (record !== "nobody") records.push(record);
      taken.push(text.sid);
    }
    if (records.length > 0) await this.commitTexts(records);
    return { taken };
  }

  private async commitTexts(records: readonly CellRecord[]): Promise<void> {
    try {
      await this.cell.commitAll(records, "progress");
    } catch (error) {
      for (const record of records) {
        if (record.kind === "message.text-taken") cancelArrival(this.deps.deps, (record as TextTaken).arrived);
      }
      throw error;
    }
  }

  /** What a text becomes here; `undefined` while it is to wait where it is. */
  private recordOf(text: HeldText): TextHeld | TextTaken | "nobody" | undefined {
    const place = this.isHere(text) ? "here" : this.deps.routing?.placeOf(text.to);
    if (place === "held") return undefined;
    if (place !== "here") return { kind: "message.text-held", text };
    const { deps, inboundBinds } = this.deps;
    const arrived = arrivalOf(deps, text, inboundBinds);
    if (arrived === undefined) {
      deps.logger.warn("inbound.unknown-number", { carrier: text.carrier, to: text.to });
      return "nobody";
    }
    return { kind: "message.text-taken", arrived };
  }

  private enter(arrived: TextArrived, context: ApplyContext): void {
    if (this.taken.has(arrived.sid)) return;
    this.taken.put(arrived.sid, { sid: arrived.sid });
    if (this.taken.size > MAX_TAKEN) {
      for (const oldest of this.taken.keys()) {
        this.taken.delete(oldest);
        break;
      }
    }
    arrive(this.deps.reducing, arrived, context);
  }

  /** Begins to hand over what is held; after the cell's recovery. */
  start(): void {
    this.isStarted = true;
    this.wake();
  }

  close(): void {
    this.isStarted = false;
    this.timer?.cancel();
  }

  private wake(): void {
    if (!this.isStarted || this.isBusy || this.held.size === 0) return;
    this.isBusy = true;
    this.timer?.cancel();
    void this.handOver().then((isProgress) => {
      this.isBusy = false;
      this.retryMs = isProgress ? FIRST_RETRY_MS : Math.min(this.retryMs * 2, MAX_RETRY_MS);
      if (!this.isStarted || this.held.size === 0) return;
      this.timer = this.deps.deps.clock.after(isProgress ? 0 : this.retryMs, () => this.wake());
    });
  }

  /** Resolves to whether anything was handed over. */
  private async handOver(): Promise<boolean> {
    const byCell = new Map<string, HeldText[]>();
    const own: HeldText[] = [];
    for (const text of this.held.values()) {
      const place = this.deps.routing?.placeOf(text.to) ?? "here";
      if (place === "held") continue;
      if (place === "here") own.push(text);
      else byCell.set(place.cell, [...(byCell.get(place.cell) ?? []), text]);
      if (own.length >= BATCH || (typeof place === "object" && (byCell.get(place.cell)?.length ?? 0) >= BATCH)) break;
    }
    const sent = await Promise.all([this.keepOwn(own), ...[...byCell].map(([cell, texts]) => this.send(cell, texts))]);
    return sent.includes(true);
  }

  /** What is for this cell after all, because the move was called off, or the account came back. */
  private async keepOwn(texts: readonly HeldText[]): Promise<boolean> {
    if (texts.length === 0) return false;
    const records = texts.map((text) => this.recordOf(text)).filter((record) => typeof record === "object");
    const done: TextsForwarded = { kind: "message.texts-forwarded", sids: texts.map(({ sid }) => sid) };
    return this.commitTexts([...records, done]).then(
      () => true,
      () => false,
    );
  }

  private async send(cell: string, texts: readonly HeldText[]): Promise<boolean> {
    const batch = texts.slice(0, BATCH);
    try {
      const answer = (await this.deps.routing?.send(cell, batch)) as { taken?: unknown } | undefined;
      const known = new Set(batch.map(({ sid }) => sid));
      const taken = Array.isArray(answer?.taken) ? (answer.taken as string[]).filter((sid) => known.has(sid)) : [];
      if (taken.length === 0) return false;
      const done: TextsForwarded = { kind: "message.texts-forwarded", sids: taken };
      await this.cell.commit(done, "progress");
      return true;
    } catch (error) {
      this.deps.deps.logger.warn("inbound.not-forwarded", { cell, texts: batch.length, reason: String(error) });
      return false;
    }
  }
}
