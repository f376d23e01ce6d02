import assert from "node:assert/strict";
import { it } from "node:test";
import { AppError } from "../../kernel/errors.ts";
import { Projection } from "../../platform/cell/index.ts";
import type { MessageChanged } from "../../platform/insight/index.ts";
import { seeded, seedOf } from "../../../test/kit/memory-log.ts";
import {
  neighboursOf,
  SampleRules,
  samplePrices,
  SampleServices,
  SampleWallet,
  SERVICE,
} from "../../../test/kit/message-neighbours.ts";
import { MessageRows } from "../../../test/kit/message-rows.ts";
import { ACCOUNT, MessagingWorld, NUMBER, PHONE, phone } from "../../../test/kit/messaging-world.ts";
import { ScriptedCarrier, type SubmitOutcome } from "../../../test/kit/scripted-carrier.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { cancelMessage } from "./change-message.ts";
import { findMessage } from "./message.store.ts";
import { statusRank, type MessageStatus } from "./message.ts";

const STEPS = 120;
const SEEDS = 3;

const changesOf = (world: MessagingWorld, sid: string): MessageChanged[] =>
  world.facts<MessageChanged>("message.changed").filter((fact) => fact.sid === sid);

const storyOf = (world: MessagingWorld, sid: string): string[] => changesOf(world, sid).map(({ status }) => status);

it("a message that is delivered is told of four times, each with what it was before", async () => {
  const world = await MessagingWorld.start();
  const sid = await world.send({});
  const accepted = world.carrier.answer();
  assert.ok(accepted.kind === "accepted");
  await world.settle();
  await world.carrier.receipt({ id: accepted.id });
  const facts = changesOf(world, sid);
  assert.deepEqual(
    facts.map(({ before, status, carrier }) => [before, status, carrier]),
    [
      [undefined, "queued", undefined],
      ["queued", "sending", "north"],
      ["sending", "sent", "north"],
      ["sent", "delivered", "north"],
    ],
  );
  const [first] = facts;
  assert.deepEqual(first, {
    kind: "message.changed",
    sid,
    accountSid: ACCOUNT,
    direction: "outbound",
    status: "queued",
    from: NUMBER,
    to: PHONE,
    segments: 1,
    acceptedMs: world.message(sid).createdMs,
    country: "GB",
  });
});

it("a text that comes in is told of once, with its sender's country and its carrier", async () => {
  const world = await MessagingWorld.start();
  await world.carrier.text({ text: "hi" });
  const [fact, ...more] = world.facts<MessageChanged>("message.changed");
  assert.deepEqual(more, []);
  assert.deepEqual(
    [fact?.direction, fact?.status, fact?.before, fact?.country, fact?.carrier],
    ["inbound", "received", undefined, "GB", "north"],
  );
});

/** Random lives of messages: sent, scheduled, received, called off, refused, lost and repeated, over restarts. */
class Lives {
  readonly random: () => number;
  readonly rows = new MessageRows();
  readonly carriers = [new ScriptedCarrier("north"), new ScriptedCarrier("south")];
  readonly sids = new Set<string>();
  readonly world: MessagingWorld;
  private readonly ids: { carrier: ScriptedCarrier; id: string; from: string; to: string }[] = [];
  private projection!: Projection;

  constructor(seed: number) {
    this.random = seeded(seed);
    this.world = new MessagingWorld({
      carriers: this.carriers,
      database: this.rows,
      parking: { messagesInMemory: 0, messagesPerFlow: 2 },
      projectedOffsets: () => this.rows.offsets,
      neighbours: () =>
        neighboursOf({
          rules: new SampleRules({}),
          wallet: new SampleWallet(1_000_000_000),
          prices: samplePrices(),
          services: new SampleServices(),
        }),
      seed,
    });
  }

  async open(): Promise<void> {
    await this.world.open();
    this.project();
  }

  private project(): void {
    const { cell, clock, module } = this.world;
    const tables = module.projections;
    this.projection = new Projection({ cell, database: this.rows, clock, logger: silentLogger, tables });
  }

  private below(count: number): number {
    return Math.floor(this.random() * count);
  }

  private pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  async step(): Promise<void> {
    const dice = this.random();
    const { world } = this;
    if (dice < 0.25)
      this.sids.add(await world.send({ to: phone(this.below(4)), body: this.pick(["a", "b".repeat(300)]) }));
    else if (dice < 0.3) this.sids.add(await this.schedule());
    else if (dice < 0.55) this.answer();
    else if (dice < 0.68) await this.receipt();
    else if (dice < 0.72) await this.pick(this.carriers).text({ text: `text ${this.random()}` });
    else if (dice < 0.77) await this.cancel();
    else if (dice < 0.86) await world.advance(this.pick([300, 6_000, 600_000]));
    else if (dice < 0.96) await this.projection.flush().then(() => world.deps.parking.look());
    else await this.restart();
    await world.settle();
  }

  private schedule(): Promise<string> {
    const schedule = { type: "fixed", sendAtMs: this.world.timeMs + 600_000 };
    return this.world.send({ from: "", messagingServiceSid: SERVICE, schedule, to: phone(this.below(4)) });
  }

  private answer(): void {
    const carrier = this.pick(this.carriers);
    const open = carrier.open[0];
    if (open === undefined) return;
    const dice = this.random();
    let outcome: SubmitOutcome = carrier.accept();
    if (dice < 0.1) outcome = { kind: "unknown", reason: "life" };
    else if (dice < 0.35) {
      const verdict = this.pick(["throttle", "later", "other-route", "permanent"] as const);
      outcome = { kind: "refused", verdict, errorCode: 30003, status: "LIFE" };
    }
    const { from, to } = open.submission;
    if (outcome.kind === "accepted") this.ids.push({ carrier, id: outcome.id, from: from.slice(1), to: to.slice(1) });
    carrier.answer(outcome);
  }

  private async receipt(): Promise<void> {
    const known = this.ids[this.below(this.ids.length)];
    if (known === undefined || !known.carrier.isListenedTo) return;
    const { carrier, id, from, to } = known;
    await carrier.receipt({ id, from, to, result: this.pick(["delivered", "failed", "progress"] as const) });
  }

  private async cancel(): Promise<void> {
    const sid = this.pick([...this.sids]);
    if (sid === undefined) return;
    try {
      await cancelMessage(this.world.deps, { accountSid: ACCOUNT, sid });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }

  /** The recorder of the world fails where a replay tells another fact at a place; here none may be told beside them. */
  private async restart(): Promise<void> {
    for (const carrier of this.carriers) carrier.goDown();
    await this.world.settle();
    const { length } = this.world.facts("message.changed");
    await this.world.restart();
    assert.equal(this.world.facts("message.changed").length, length, "a replay tells nothing new");
    this.project();
    for (const carrier of this.carriers) carrier.goUp();
  }

  /** What was told of each message is one unbroken story that ends as the message stands. */
  async check(): Promise<void> {
    const { world } = this;
    for (const sid of this.sids) {
      const facts = changesOf(world, sid);
      let before: string | undefined;
      for (const fact of facts) {
        assert.equal(fact.before, before, `${sid} goes on from where it was`);
        assert.notEqual(fact.status, before, `${sid} changes`);
        if (before !== undefined) {
          assert.ok(
            statusRank(fact.status as MessageStatus) >= statusRank(before as MessageStatus),
            "never a step back",
          );
        }
        before = fact.status;
      }
      const message = await findMessage(world.deps, { accountSid: ACCOUNT, sid });
      assert.equal(before, message?.status, `${sid} stands as it was told last`);
      const [, ...after] = storyOf(world, sid);
      // A message of a service is also told that it is queued, which was `accepted` before.
      const told = world.callbacks(sid).filter((status, at) => at > 0 || status !== "queued");
      assert.deepEqual(
        told,
        after.filter((status, at) => at > 0 || status !== "queued"),
        `${sid} was called back the same`,
      );
    }
    const inbound = world.facts<MessageChanged>("message.changed").filter(({ direction }) => direction === "inbound");
    assert.equal(new Set(inbound.map(({ sid }) => sid)).size, inbound.length, "each text is told of once");
  }
}

const first = seedOf(1);
for (let seed = first; seed < first + SEEDS; seed += 1) {
  it(`what is told of random lives are their statuses, each once, seed ${seed}`, async () => {
    const lives = new Lives(seed);
    await lives.open();
    for (let step = 0; step < STEPS; step += 1) {
      await lives.step();
      if (step % 20 === 0) await lives.check();
    }
    await lives.check();
    await lives.world.close();
  });
}
