import assert from "node:assert/strict";
import { ManualClock } from "../../src/adapters/memory/index.ts";
import { CarrierCell, type CarrierKind } from "../kit/carriers/index.ts";
import { MemoryNet } from "../kit/memory-net.ts";

const STEP_MS = 5;
const LONG_STEP_MS = 500;
/** A story that is not over by then never will be. */
export const STAGE_LIMIT_MS = 90_000;
/** How long the cell waits for a response. */
export const STAGE_RESPONSE_MS = 1_000;
const VALIDITY_SECONDS = 30;
const SETTINGS = { window: 10, responseTimeoutMs: STAGE_RESPONSE_MS, enquireLinkMs: 5_000 };
const LIMITS = { adoptReceiptMs: 1_000, unknownGraceMs: 10_000 };

/** One cell on a clock and a network of its own, and the messages that go through it. */
export class CarrierStage {
  readonly clock = new ManualClock();
  readonly net = new MemoryNet();
  readonly sids: string[] = [];
  private cell: CarrierCell | undefined;

  get running(): CarrierCell {
    assert.ok(this.cell !== undefined, "the cell runs");
    return this.cell;
  }

  async open(port: number, messageIds: CarrierKind["messageIds"]): Promise<void> {
    const settings = { ...SETTINGS, ...(messageIds === undefined ? {} : { messageIds }) };
    this.cell = await CarrierCell.start({ clock: this.clock, net: this.net, port, settings, limits: LIMITS });
  }

  async step(ms = STEP_MS): Promise<void> {
    await this.clock.advanceSettling(ms);
    await this.running.settle();
  }

  /** Lets a long time pass, in steps in which a request and its response have their places. */
  async pass(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= LONG_STEP_MS) await this.step(LONG_STEP_MS);
  }

  /** Sends each message at its time, and goes on until all are done and `isOver`. */
  async run(messages: readonly { to: string; body: string; atMs: number }[], isOver: () => boolean): Promise<void> {
    const startMs = this.clock.monotonicMs();
    const open = messages.toSorted((a, b) => a.atMs - b.atMs);
    while (!(open.length === 0 && this.isDone() && isOver())) {
      const nowMs = this.clock.monotonicMs() - startMs;
      assert.ok(nowMs < STAGE_LIMIT_MS, `not done: ${JSON.stringify(this.unfinished())}`);
      while ((open[0]?.atMs ?? Infinity) <= nowMs) {
        const { to, body } = open.shift() ?? { to: "", body: "" };
        const sending = this.running.send({ to, body, validitySeconds: VALIDITY_SECONDS });
        await this.step();
        this.sids.push(await sending);
      }
      await this.step();
    }
  }

  private isDone(): boolean {
    return this.unfinished().length === 0;
  }

  private unfinished(): unknown[] {
    const open = ["queued", "sending", "sent"];
    return [...this.running.listed().values()].filter(({ status }) => open.includes(status));
  }

  async close(): Promise<void> {
    let closed = false;
    const closing = this.running.close().then(() => (closed = true));
    while (!closed) await this.step();
    await closing;
  }
}
