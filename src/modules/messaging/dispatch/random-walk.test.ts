import assert from "node:assert/strict";
import { it } from "node:test";
import { seeded, seedOf } from "../../../../test/kit/memory-log.ts";
import { MessageRows } from "../../../../test/kit/message-rows.ts";
import { ACCOUNT, MessagingWorld, NUMBER, phone } from "../../../../test/kit/messaging-world.ts";
import { ScriptedCarrier, type SubmitOutcome } from "../../../../test/kit/scripted-carrier.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import { Projection } from "../../../platform/cell/index.ts";
import { TRAFFIC_CLASSES } from "../../routing/index.ts";
import { cancelMessage, replaceMessage } from "../change-message.ts";
import { findMessage } from "../message.store.ts";
import { hasPendingPart, isFinal, type Message } from "../message.ts";
import { flowKey } from "../message-state.ts";

const STEPS = 150;
const RUNS = 3;
/** Found that receipts were adopted in the order of an index, which is another one after a checkpoint. */
const MEMORABLE_SEED = 5041;
const SENDERS = [NUMBER, "55501"];
const PARKING = { messagesInMemory: 0, messagesPerFlow: 2 };

/** One message as the walk knows it. */
interface Known {
  readonly atLeastOnce: boolean;
  canceled: boolean;
}

type Submission = ScriptedCarrier["submissions"][number];

/** Walks at random through what customers, carriers, time and accidents do to messages. */
class Walk {
  readonly random: () => number;
  readonly rows = new MessageRows();
  readonly carriers = [new ScriptedCarrier("north"), new ScriptedCarrier("south")];
  readonly known = new Map<string, Known>();
  /** What the carriers said to each submit; nothing where nobody heard it. */
  readonly outcomes = new Map<Submission, SubmitOutcome>();
  /** Ids that a carrier gave out, each with its submit. */
  readonly accepted: { carrier: ScriptedCarrier; id: string; submission: Submission }[] = [];
  readonly looked = [0, 0];
  world!: MessagingWorld;
  private projection!: Projection;

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  async open(): Promise<void> {
    this.world = await MessagingWorld.start({
      carriers: this.carriers,
      database: this.rows,
      parking: PARKING,
      projectedOffsets: () => this.rows.offsets,
      seed: Math.floor(this.random() * 1_000_000),
    });
    this.project();
  }

  private project(): void {
    const { cell, clock } = this.world;
    const tables = this.world.module.projections;
    this.projection = new Projection({ cell, database: this.rows, clock, logger: silentLogger, tables });
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)] as T;
  }

  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  async step(): Promise<void> {
    const { world, random } = this;
    const dice = random();
    if (dice < 0.27) await this.send();
    else if (dice < 0.52) this.answer();
    else if (dice < 0.62) await this.receipt();
    else if (dice < 0.67) await this.change();
    else if (dice < 0.76) await world.advance(this.pick([10, 300, 1_500, 6_000]));
    else if (dice < 0.78) await world.advance(30_000);
    else if (dice < 0.82) this.turn(this.pick(this.carriers));
    else if (dice < 0.94) await this.flush();
    else if (dice < 0.95) this.rows.isAway = !this.rows.isAway;
    else if (dice < 0.97) await world.cell.checkpoint();
    else await this.restart();
    await world.settle();
    this.look();
    this.recount();
  }

  private async send(): Promise<void> {
    const trafficClass = this.pick(TRAFFIC_CLASSES);
    const atLeastOnce = trafficClass === "urgent" && this.random() < 0.5;
    const sid = await this.world.send({
      from: this.pick(SENDERS),
      to: phone(this.below(5)),
      body: "x".repeat(this.pick([10, 10, 300, 400])),
      trafficClass,
      validitySeconds: this.pick([5, 60, 600]),
      ...(atLeastOnce ? { guarantee: "at-least-once" } : {}),
    });
    this.known.set(sid, { atLeastOnce, canceled: false });
  }

  private outcome(carrier: ScriptedCarrier): SubmitOutcome {
    const dice = this.random();
    if (dice < 0.5) return carrier.accept();
    if (dice < 0.6) return { kind: "unknown", reason: "walk" };
    if (dice < 0.65) return { kind: "not-sent", reason: "walk" };
    const verdict = this.pick(["throttle", "later", "other-route", "other-route", "permanent"] as const);
    return { kind: "refused", verdict, errorCode: 30003, status: "WALK" };
  }

  private answer(): void {
    const carrier = this.pick(this.carriers);
    if (carrier.open.length === 0) return;
    const at = this.below(carrier.open.length);
    const { submission } = carrier.open[at] as { submission: Submission };
    const outcome = this.outcome(carrier);
    this.outcomes.set(submission, outcome);
    if (outcome.kind === "accepted") {
      this.accepted.push({ carrier, id: outcome.id, submission });
      if (this.random() < 0.1) void this.bring(this.accepted.length - 1);
    }
    carrier.answer(outcome, at);
  }

  private async receipt(): Promise<void> {
    if (this.random() < 0.1) {
      const { from, to } = { from: this.pick(SENDERS), to: phone(this.below(5)) };
      const id = `strange-${this.below(1_000)}`;
      await this.pick(this.carriers).receipt({ id, from: from.replace("+", ""), to: to.slice(1) });
      return;
    }
    if (this.accepted.length > 0) await this.bring(this.below(this.accepted.length));
  }

  private async bring(at: number): Promise<void> {
    const { carrier, id, submission } = this.accepted[at] as (typeof this.accepted)[number];
    if (!carrier.isListenedTo) return;
    const result = this.pick(["delivered", "delivered", "failed", "progress"] as const);
    const [from, to] = [submission.from.replace("+", ""), submission.to.slice(1)];
    await carrier.receipt({ id, result, from, to, ...(this.random() < 0.2 ? { wholeMessage: true } : {}) });
  }

  private async change(): Promise<void> {
    const target = { accountSid: ACCOUNT, sid: this.pick([...this.known.keys()]) ?? "" };
    const known = this.known.get(target.sid);
    if (known === undefined) return;
    try {
      if (this.random() < 0.6) {
        await cancelMessage(this.world.deps, target);
        known.canceled = true;
        assert.equal(this.openOf(target.sid).length, 0, `${target.sid} was canceled and is with a carrier`);
      } else await replaceMessage(this.world.deps, { ...target, body: "y".repeat(this.pick([10, 300])) });
    } catch (error) {
      if (!this.rows.isAway && !("code" in (error as object))) throw error;
    }
  }

  private openOf(sid: string): Submission[] {
    return this.carriers.flatMap((one) => one.open.map(({ submission }) => submission).filter((s) => s.sid === sid));
  }

  private turn(carrier: ScriptedCarrier): void {
    if (carrier.up) carrier.goDown();
    else carrier.goUp();
  }

  private async flush(): Promise<void> {
    await this.projection.flush();
    await this.world.deps.parking.look();
  }

  async restart(): Promise<void> {
    const dice = this.random();
    if (dice < 0.4) await this.world.restart(dice < 0.2);
    else if (dice < 0.6) {
      await this.world.close();
      await this.world.open();
    } else return this.replay();
    this.project();
  }

  /** Kills the process when nothing is under way: the next one must stand where it stood. */
  async replay(): Promise<void> {
    const wasUp = this.carriers.map(({ up }) => up);
    for (const carrier of this.carriers) carrier.goDown();
    await this.world.settle();
    const before = this.stand();
    const facts = this.facts();
    await this.world.restart();
    assert.deepEqual(this.facts(), facts, "a replay tells nothing new");
    const after = this.stand();
    // A replay evicts nothing; what may have left memory before is there again.
    for (const sid of Object.keys(after.messages)) {
      const message = this.world.message(sid);
      const mayBeGone = isFinal(message.status) || message.closed === true || message.parked === true;
      if (before.messages[sid] === undefined && mayBeGone) delete after.messages[sid];
    }
    assert.deepEqual(after, before, "a replay stands where it stood");
    this.project();
    for (const [at, carrier] of this.carriers.entries()) if (wasUp[at] === true) carrier.goUp();
  }

  private facts(): number[] {
    const { webhooks, costs, alerts } = this.world;
    return [webhooks.length, costs.length, alerts.length];
  }

  private stand() {
    const { tables, unknown } = this.world.dump() as {
      tables: Record<string, Record<string, object>>;
      unknown: number;
    };
    const messages: Record<string, object> = {};
    for (const [sid, message] of Object.entries(tables["messages"] ?? {})) {
      // A row has these two where memory has nothing.
      messages[sid] = { ...message, provideFeedback: undefined, closed: (message as Message).closed === true };
    }
    const { state } = this.world;
    const waiting = SENDERS.map((from) => ({ ...state.waitingOfSender(ACCOUNT, from) }));
    const { "held-receipts": held, "parked-flows": flows } = tables;
    return { messages, held, flows, unknown, waiting };
  }

  /** What was submitted since the last look was allowed. */
  private look(): void {
    for (const [index, carrier] of this.carriers.entries()) {
      for (; (this.looked[index] as number) < carrier.submissions.length; (this.looked[index] as number) += 1) {
        const submission = carrier.submissions[this.looked[index] as number] as Submission;
        const { sid, part } = submission;
        const known = this.known.get(sid);
        assert.ok(known !== undefined, `${sid} was accepted`);
        assert.equal(known.canceled, false, `${sid} was canceled and then submitted`);
        const earlier = this.carriers
          .flatMap(({ submissions }, at) =>
            submissions.slice(0, at === index ? this.looked[at] : (this.looked[at] as number)),
          )
          .filter((one) => one.sid === sid && one.part === part);
        const doubtful = earlier.filter((one) => {
          const kind = this.outcomes.get(one)?.kind;
          return kind !== "refused" && kind !== "not-sent";
        });
        const allowed = known.atLeastOnce ? 1 : 0;
        assert.ok(
          doubtful.length <= allowed,
          `part ${part} of ${sid} was submitted again after ${doubtful.length} doubts`,
        );
      }
    }
  }

  /** The counters say what a count of the messages says. */
  private recount(): void {
    const { state } = this.world;
    const waiting = new Map<string, number>();
    const parked = new Map<string, number>();
    const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
    for (const message of state.messages.values()) {
      if (message.direction === "inbound" || message.status !== "queued") continue;
      count(waiting, flowKey(message));
      if (message.parked === true) count(parked, flowKey(message));
    }
    for (const row of this.rows.rows.values()) {
      if (row["parked"] !== true || state.messages.has(String(row["sid"]))) continue;
      const flow = { accountSid: ACCOUNT, from: String(row["from_address"]), trafficClass: row["traffic_class"] };
      count(waiting, flowKey(flow as Parameters<typeof flowKey>[0]));
      count(parked, flowKey(flow as Parameters<typeof flowKey>[0]));
    }
    assert.deepEqual(
      new Map([...state.parkedFlows.values()].map((flow) => [flowKey(flow), flow.messages])),
      parked,
      "parked",
    );
    for (const from of SENDERS) {
      const flows = TRAFFIC_CLASSES.map((trafficClass) => ({ accountSid: ACCOUNT, from, trafficClass }));
      let sum = 0;
      for (const flow of flows) {
        assert.equal(state.waitingOf(flow).messages, waiting.get(flowKey(flow)) ?? 0, `waiting of ${flowKey(flow)}`);
        sum += waiting.get(flowKey(flow)) ?? 0;
      }
      assert.equal(state.waitingOfSender(ACCOUNT, from).messages, sum);
    }
    const unknown = [...state.messages.values()].filter(
      ({ status, parts }) => !isFinal(status) && parts.some((part) => part.state === "unknown"),
    );
    assert.equal(state.unknownCount, unknown.length, "unknown");
  }

  /** Whether the message waits, was not tried yet, and has much time left. */
  private isFresh(sid: string): boolean {
    const message = this.world.state.messages.get(sid);
    if (message === undefined) return this.rows.rows.get(sid.slice(2))?.["parked"] === true && this.hasTime(sid);
    return message.status === "queued" && this.hasTime(sid);
  }

  private hasTime(sid: string): boolean {
    const { world } = this;
    const row = this.rows.rows.get(sid.slice(2));
    const until = world.state.messages.get(sid)?.validUntilMs ?? Number(row?.["valid_until"] ?? 0);
    return until - world.timeMs > 80_000;
  }

  /** Everything is well again, and time passes. */
  async end(): Promise<void> {
    this.rows.isAway = false;
    for (const carrier of this.carriers) {
      carrier.script = (submission) => {
        const outcome = carrier.accept();
        this.outcomes.set(submission, outcome);
        return outcome;
      };
      while (carrier.open.length > 0) {
        const outcome = carrier.accept();
        this.outcomes.set((carrier.open[0] as { submission: Submission }).submission, outcome);
        carrier.answer(outcome);
      }
      if (!carrier.up) carrier.goUp();
    }
    await this.flush();
    const fresh = [...this.known.keys()].filter((sid) => this.isFresh(sid));
    for (let round = 0; round < 14; round += 1) {
      await this.world.advance(5_000);
      await this.flush();
    }
    const nowMs = this.world.timeMs;
    for (const message of this.world.state.messages.values()) {
      const isDue = message.validUntilMs > nowMs && (message.retryAtMs ?? 0) < nowMs - 10_000;
      const waits = !isFinal(message.status) && hasPendingPart(message);
      assert.ok(!waits || !isDue, `${message.sid} is ${message.status} and nobody looks at it`);
    }
    for (const sid of fresh) {
      const { status } = (await findMessage(this.world.deps, { accountSid: ACCOUNT, sid })) as Message;
      assert.ok(status === "sent", `${sid} could have been sent and is ${status}`);
    }
    await this.world.advance(600_000);
    await this.flush();
    this.look();
    this.recount();
    for (const sid of this.known.keys()) {
      const message = await findMessage(this.world.deps, { accountSid: ACCOUNT, sid });
      assert.ok(message !== undefined, `${sid} is found`);
      assert.ok(isFinal(message.status) || message.status === "sent", `${sid} is ${message.status} at the end`);
    }
    assert.equal(this.world.state.parkedCount, 0);
    assert.equal(this.world.state.unknownCount, 0);
    for (const from of SENDERS) {
      for (let n = 0; n < 5; n += 1) {
        for (const trafficClass of TRAFFIC_CLASSES) {
          const sid = await this.world.send({ from, to: phone(n), trafficClass });
          this.known.set(sid, { atLeastOnce: false, canceled: false });
          assert.equal(this.world.status(sid), "sent", "nothing holds up the conversations");
        }
      }
    }
    await this.replay();
    await this.world.close();
  }
}

const first = seedOf(1);
const seeds = Array.from({ length: Number(process.env["RUNS"] ?? RUNS) }, (_, run) => first + run);
for (const seed of first === 1 ? [...seeds, MEMORABLE_SEED] : seeds) {
  it(`loses, doubles and forgets nothing on a random walk, seed ${seed}`, async () => {
    const walk = new Walk(seed);
    await walk.open();
    for (let step = 0; step < STEPS; step += 1) await walk.step();
    await walk.end();
  });
}
