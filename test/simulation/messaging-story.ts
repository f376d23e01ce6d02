import assert from "node:assert/strict";
import { AppError } from "../../src/kernel/errors.ts";
import type { ProjectedTable } from "../../src/platform/cell/index.ts";
import { MessagingWorld } from "../kit/messaging-world.ts";
import { seeded } from "../kit/memory-log.ts";
import { ScriptedCarrier, type Receipt, type SubmitOutcome } from "../kit/scripted-carrier.ts";

type Message = ReturnType<MessagingWorld["message"]>;

/** One submit as the carrier remembers it. */
interface Submit {
  readonly carrier: ScriptedCarrier;
  readonly token: string;
  readonly part: number;
  /** The carrier has it, whether it said so or not. */
  taken: boolean;
  told: SubmitOutcome["kind"] | undefined;
}

interface PendingReceipt {
  readonly carrier: ScriptedCarrier;
  readonly receipt: Receipt;
  dueMs: number;
  copies: number;
}

/** What became of a request to send. */
interface Request {
  fate: "asked" | "accepted" | "refused";
  sid?: string;
  readonly parts: number;
  readonly callback: boolean;
}

const RANK: Readonly<Record<string, number>> = {
  sending: 1,
  sent: 2,
  delivered: 3,
  undelivered: 3,
  failed: 3,
  canceled: 3,
};
const FINAL = new Set(["delivered", "undelivered", "failed", "canceled"]);
const LIMITS = { adoptReceiptMs: 2_000, forgetReceiptMs: 20_000, receiptHorizonMs: 40_000 };
const MAX_VALIDITY_MS = 60_000;

/**
 * One history: messages go out through two carriers that do everything a carrier may do,
 * while the disk fails, rows are written and the process is killed, all at random from one
 * seed. The carriers' memory is the truth that the invariants are checked against.
 */
export class MessagingStory {
  readonly counts = { accepted: 0, refused: 0, crashes: 0, submits: 0, unknown: 0, receipts: 0 };
  readonly ends: Record<string, number> = {};
  private readonly random: () => number;
  private readonly world: MessagingWorld;
  private readonly carriers = [new ScriptedCarrier("north"), new ScriptedCarrier("south")];
  private readonly requests = new Map<string, Request>();
  private readonly submits = new Map<string, Submit[]>();
  private readonly waiting: { submit: Submit; open: ScriptedCarrier["open"][number] }[] = [];
  private receipts: PendingReceipt[] = [];
  private readonly delivered = new Set<string>();
  private readonly deleted = new Set<string>();
  /** What the database would hold. */
  private readonly rows = new Map<string, Message>();
  private readonly offsets = new Map<string, number>();

  constructor(seed: number) {
    this.random = seeded(seed);
    for (const carrier of this.carriers) {
      carrier.window = 8;
      carrier.script = (submission) => this.take(carrier, submission);
    }
    (this.carriers[1] as ScriptedCarrier).partCharacters = 150;
    this.world = new MessagingWorld({
      carriers: this.carriers,
      seed,
      limits: LIMITS,
      projectedOffsets: () => new Map(this.offsets),
    });
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  private chance(share: number): boolean {
    return this.random() < share;
  }

  async run(messages: number): Promise<void> {
    await this.world.open();
    while (this.requests.size < messages) await this.step();
    for (let n = 0; n < 60; n += 1) await this.step(false);
    await this.end();
    this.check();
    await this.world.crash();
  }

  private async step(sending = true): Promise<void> {
    const { world } = this;
    if (sending && this.chance(0.5)) for (let n = this.below(6); n >= 0; n -= 1) this.send();
    for (const carrier of this.carriers) {
      if (carrier.up && this.chance(0.03)) this.disconnect(carrier);
      else if (!carrier.up && this.chance(0.2)) carrier.goUp();
    }
    for (let n = this.below(8); n > 0; n -= 1) this.answerOne();
    this.deliverReceipts();
    if (this.chance(0.1)) await this.cancelOne();
    if (this.chance(0.1)) await this.deleteOne();
    if (this.chance(0.3)) this.project();
    if (this.chance(0.03)) void world.cell.checkpoint();
    world.files.plan = ({ name }) => (name === "write" && this.diskFull ? "ENOSPC" : undefined);
    if (this.chance(0.02)) this.diskFull = true;
    else if (this.chance(0.3)) this.diskFull = false;
    if (this.chance(0.04)) await this.crash();
    if (this.chance(0.8)) await world.advance(this.below(600));
  }

  private diskFull = false;

  private send(): void {
    const token = `m${this.requests.size}.`;
    const parts = this.chance(0.7) ? 1 : 2 + this.below(2);
    const callback = this.chance(0.8);
    const request: Request = { fate: "asked", parts, callback };
    this.requests.set(token, request);
    const work = this.world.send({
      body: token + "x".repeat(150 * (parts - 1)),
      // A number of its own each, so that a receipt without an id can be told whose it is.
      to: `+4477009${String(this.requests.size).padStart(5, "0")}`,
      validitySeconds: 1 + this.below(MAX_VALIDITY_MS / 1_000),
      ...(callback ? {} : { statusCallback: undefined }),
    });
    work.then(
      (sid) => {
        request.fate = "accepted";
        request.sid = sid;
      },
      (error: unknown) => {
        // A killed process answers nobody.
        if (error instanceof AppError && !this.crashing) request.fate = "refused";
      },
    );
  }

  private crashing = false;

  private take(carrier: ScriptedCarrier, submission: ScriptedCarrier["submissions"][number]): undefined {
    const token = submission.text.slice(0, submission.text.indexOf(".") + 1);
    const submit: Submit = { carrier, token, part: submission.part, taken: this.chance(0.8), told: undefined };
    const key = `${token}/${submission.part}`;
    const earlier = this.submits.get(key) ?? [];
    for (const { told } of earlier) {
      assert.ok(told === "refused" || told === "not-sent", `${key} is submitted again after ${told ?? "no answer"}`);
    }
    // The attempt was journalled in time; the disk may have been slow.
    assert.ok(submission.validUntilMs > this.world.timeMs - 1_000, `${key} is submitted after its time`);
    this.submits.set(key, [...earlier, submit]);
    this.counts.submits += 1;
    queueMicrotask(() => {
      const open = carrier.open.find((one) => one.submission === submission);
      if (open !== undefined) this.waiting.push({ submit, open });
    });
    return undefined;
  }

  private answerOne(): void {
    const [entry] = this.waiting.splice(this.below(this.waiting.length), 1);
    if (entry === undefined) return;
    const { submit, open } = entry;
    const { carrier } = submit;
    const at = carrier.open.indexOf(open);
    // The connection or the process is gone.
    if (at < 0) return;
    const id = carrier.accept().id;
    if (!submit.taken) {
      const verdict =
        (["throttle", "later", "other-route", "permanent", "not-sent"] as const)[this.below(5)] ?? "later";
      submit.told = verdict === "not-sent" ? "not-sent" : "refused";
      if (verdict === "not-sent") carrier.answer({ kind: "not-sent", reason: "closing" }, at);
      else carrier.answer({ kind: "refused", verdict, errorCode: 30008, status: "TEST" }, at);
      return;
    }
    this.promiseReceipt(submit, open.submission.to, id);
    // Now and then the receipt is faster than the response.
    if (this.chance(0.15)) this.deliverReceipts(true);
    submit.told = this.chance(0.9) ? "accepted" : "unknown";
    if (submit.told === "unknown") this.counts.unknown += 1;
    carrier.answer(submit.told === "accepted" ? { kind: "accepted", id } : { kind: "unknown", reason: "silence" }, at);
  }

  /** What was taken gets a receipt, mostly. */
  private promiseReceipt(submit: Submit, to: string, id: string): void {
    if (this.chance(0.05)) return;
    const isDelivered = this.chance(0.85);
    if (isDelivered) this.delivered.add(`${submit.token}/${submit.part}`);
    const failed = { result: "failed", errorCode: 30003 } as const;
    const receipt: Receipt = {
      id,
      from: "15005550100",
      to: to.slice(1),
      ...(isDelivered ? { result: "delivered" } : failed),
    };
    const dueMs = this.world.timeMs + (this.chance(0.5) ? 0 : this.below(8_000));
    this.receipts.push({ carrier: submit.carrier, receipt, dueMs, copies: this.chance(0.1) ? 2 : 1 });
  }

  private deliverReceipts(all = false): void {
    const nowMs = this.world.timeMs;
    for (const pending of this.receipts) {
      if (!all && pending.dueMs > nowMs) continue;
      if (!pending.carrier.up || !pending.carrier.isListenedTo) continue;
      // Until it is taken it comes again.
      pending.dueMs = nowMs + 3_000;
      this.counts.receipts += 1;
      void pending.carrier.receipt(pending.receipt).then((durable) => {
        if (durable) pending.copies -= 1;
      });
    }
    this.receipts = this.receipts.filter(({ copies }) => copies > 0);
  }

  /** What waited for an answer was taken or not, and nobody will say. */
  private disconnect(carrier: ScriptedCarrier): void {
    this.loseAnswers(carrier);
    carrier.goDown();
  }

  private loseAnswers(carrier: ScriptedCarrier): void {
    for (let at = this.waiting.length - 1; at >= 0; at -= 1) {
      const entry = this.waiting[at];
      if (entry?.submit.carrier !== carrier) continue;
      this.waiting.splice(at, 1);
      this.counts.unknown += 1;
      const { submit, open } = entry;
      submit.told = "unknown";
      if (submit.taken) this.promiseReceipt(submit, open.submission.to, carrier.accept().id);
    }
  }

  private async crash(): Promise<void> {
    this.counts.crashes += 1;
    this.crashing = true;
    this.diskFull = false;
    const cut = this.world.crash(this.chance(0.5));
    await cut;
    for (const carrier of this.carriers) this.loseAnswers(carrier);
    this.world.files.plan = () => undefined;
    await this.world.open();
    this.crashing = false;
    if (this.chance(0.5)) for (const table of this.projections()) this.evict(table, [...table.table.keys()]);
  }

  private find(token: string): Message | undefined {
    const { sid } = this.requests.get(token) ?? {};
    return sid === undefined ? undefined : (this.world.state.messages.get(sid) ?? this.rows.get(sid));
  }

  private someToken(): string {
    return `m${this.below(this.requests.size)}.`;
  }

  private async cancelOne(): Promise<void> {
    const message = this.find(this.someToken());
    if (message === undefined) return;
    await this.world.cell
      .commit({ kind: "message.canceled", sid: message.sid } as never, "progress")
      .catch(() => undefined);
  }

  private async deleteOne(): Promise<void> {
    const message = this.find(this.someToken());
    if (message === undefined || !FINAL.has(message.status)) return;
    const record = { kind: "message.deleted", sid: message.sid } as never;
    await this.world.cell.commit(record, "progress").then(
      () => this.deleted.add(message.sid),
      () => undefined,
    );
  }

  private projections(): readonly ProjectedTable<object>[] {
    return this.world.module.projections as readonly unknown[] as readonly ProjectedTable<object>[];
  }

  /** What the projection does, with rows in memory; now and then it fails half-way. */
  private project(limit = this.below(40)): void {
    for (const projected of this.projections()) {
      const { table } = projected;
      const batch = table.takeDirty(limit);
      const next = table.firstDirtyOffset() ?? this.world.cell.end;
      if (this.chance(0.1)) {
        table.returnDirty();
        continue;
      }
      for (const [key, value] of batch) {
        if (table.name === "messages") {
          if (value === undefined) this.rows.delete(key);
          else this.rows.set(key, structuredClone(value) as Message);
        } else if ((value as { deleted?: boolean })?.deleted === true) this.rows.delete(key);
      }
      this.offsets.set(table.name, next);
      table.settleDirty();
      this.evict(projected, batch.keys());
    }
  }

  private evict(projected: ProjectedTable<object>, keys: Iterable<string>): void {
    for (const key of keys) {
      const value = projected.table.get(key);
      if (value !== undefined && projected.evict?.(value) === true && projected.table.evict(key))
        projected.evicted?.(value);
    }
  }

  /** Everybody behaves from now on, and all deadlines pass. */
  private async end(): Promise<void> {
    const { world } = this;
    this.diskFull = false;
    const endMs = world.timeMs + MAX_VALIDITY_MS + LIMITS.receiptHorizonMs + 10_000;
    while (world.timeMs < endMs) {
      for (const carrier of this.carriers) if (!carrier.up) carrier.goUp();
      while (this.waiting.length > 0) this.answerOne();
      this.deliverReceipts();
      this.project(1_000);
      await world.advance(1_000);
    }
    this.project(10_000);
  }

  private check(): void {
    const { world } = this;
    assert.equal(this.receipts.length, 0, "every receipt was taken");
    assert.equal(world.module.status().unknown, 0, "nothing is unknown for ever");
    assert.deepEqual(
      world.module.status().carriers.map(({ queued }) => queued),
      [0, 0],
    );
    const bySid = new Map<string, Message>();
    for (const message of [...this.rows.values(), ...world.state.messages.values()]) bySid.set(message.sid, message);
    const tokens = new Map(
      [...bySid.values()].map((message) => [message.body.slice(0, message.body.indexOf(".") + 1), message]),
    );
    for (const [token, request] of this.requests) {
      const message = tokens.get(token);
      if (request.fate === "refused") {
        this.counts.refused += 1;
        assert.equal(message, undefined, `${token} was refused`);
        assert.ok(!this.submits.has(`${token}/0`), `${token} was refused`);
        continue;
      }
      if (request.fate === "accepted" && message === undefined) {
        assert.ok(request.sid !== undefined && this.deleted.has(request.sid), `${token} was accepted and is gone`);
      }
      if (message !== undefined) this.checkEnd(token, message, request);
    }
    for (const sid of this.deleted) assert.ok(!bySid.has(sid), `${sid} was deleted`);
  }

  private checkEnd(token: string, message: Message, request: Request): void {
    this.counts.accepted += 1;
    const { status } = message;
    const end = status === "sent" && message.closed === true ? "sent, no receipt" : status;
    this.ends[end] = (this.ends[end] ?? 0) + 1;
    assert.ok(FINAL.has(status) || end === "sent, no receipt", `${token} ends as ${JSON.stringify(message)}`);
    if (status === "delivered") {
      message.parts.forEach((_, part) =>
        assert.ok(this.delivered.has(`${token}/${part}`), `${token}/${part} was delivered`),
      );
    }
    if ((status === "failed" || status === "canceled") && message.parts.length === 1) {
      const taken = (this.submits.get(`${token}/0`) ?? []).some((submit) => submit.taken);
      assert.ok(!taken, `${token} is ${status}, but the carrier has it`);
    }
    const told = this.world.callbacks(message.sid);
    if (!request.callback) return assert.deepEqual(told, []);
    told.forEach((one, n) => {
      assert.ok((RANK[one] ?? 0) > (RANK[told[n - 1] ?? ""] ?? 0), `${token} is called back ${told.join(", ")}`);
    });
    assert.equal(told.at(-1), status, `${token} is called back ${told.join(", ")}`);
  }
}
