import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../../kernel/errors.ts";
import { Projection } from "../../../platform/cell/index.ts";
import { MessageRows } from "../../../../test/kit/message-rows.ts";
import {
  neighboursOf,
  OUT_OF_CREDIT,
  SampleRules,
  samplePrices,
  SampleServices,
  SampleWallet,
  SERVICE,
  type SampleRulesOptions,
} from "../../../../test/kit/message-neighbours.ts";
import {
  ACCOUNT,
  FOREIGN,
  MessagingWorld,
  NUMBER,
  phone,
  type WorldOptions,
} from "../../../../test/kit/messaging-world.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import { cancelMessage } from "../change-message.ts";
import { asAccepted } from "../create-message.ts";
import { findMessage } from "../message.store.ts";
import { viewMessage } from "../message.view.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

interface Setting extends WorldOptions {
  readonly rules?: SampleRulesOptions;
  readonly credit?: number;
}

/** A world with rows, a service, rules and a wallet. */
class ScheduleWorld {
  readonly rows = new MessageRows();
  readonly messaging: MessagingWorld;
  wallet = new SampleWallet(0);

  private constructor({ rules = {}, credit = 1_000_000_000, ...options }: Setting) {
    this.messaging = new MessagingWorld({
      ...options,
      database: this.rows,
      projectedOffsets: () => this.rows.offsets,
      neighbours: () => {
        this.wallet = new SampleWallet(credit);
        return neighboursOf({
          rules: new SampleRules(rules),
          wallet: this.wallet,
          prices: samplePrices(),
          services: new SampleServices(),
        });
      },
    });
  }

  static async start(setting: Setting = {}): Promise<ScheduleWorld> {
    const world = new ScheduleWorld(setting);
    await world.messaging.open();
    return world;
  }

  /** Schedules a message; resolves to its SID. */
  schedule(aheadMs: number, n = 1): Promise<string> {
    const schedule = { type: "fixed", sendAtMs: this.messaging.timeMs + aheadMs };
    return this.messaging.send({ from: "", messagingServiceSid: SERVICE, schedule, to: phone(n) });
  }

  /** Writes to the rows what changed; what can leaves memory. */
  async project(): Promise<void> {
    const { cell, clock, module } = this.messaging;
    const [tables] = module.projections;
    assert.ok(tables !== undefined);
    const projection = new Projection({ cell, database: this.rows, clock, logger: silentLogger, tables: [tables] });
    assert.equal(await projection.flush(), true);
  }

  async status(sid: string): Promise<unknown> {
    const message = await findMessage(this.messaging.deps, { accountSid: ACCOUNT, sid });
    return message?.status;
  }

  get submitted(): string[] {
    return this.messaging.carrier.submissions.map(({ sid }) => sid);
  }
}

describe("a scheduled message", () => {
  it("waits in the database alone, without a sender or a price, and goes at its time", async () => {
    const world = await ScheduleWorld.start();
    const { messaging } = world;
    const sid = await world.schedule(HOUR_MS);
    const shown = viewMessage(asAccepted(messaging.message(sid), false));
    assert.deepEqual([shown["status"], shown["from"], shown["date_sent"]], ["scheduled", null, null]);
    await world.project();
    assert.equal(messaging.state.messages.size, 0);
    assert.equal(await world.status(sid), "scheduled");
    assert.equal(world.wallet.setAsideMicros, 0);
    await messaging.advance(HOUR_MS - 20);
    assert.equal(world.submitted.length, 0);
    await messaging.advance(40);
    assert.deepEqual(world.submitted, [sid]);
    const message = messaging.message(sid);
    assert.deepEqual([message.from, message.status, message.quote?.unitMicros], [NUMBER, "sending", 7_500]);
    assert.ok((messaging.carrier.submissions[0]?.validUntilMs ?? Infinity) - messaging.timeMs <= 600_000);
    messaging.carrier.answer();
    await messaging.settle();
    assert.deepEqual(messaging.callbacks(sid), ["queued", "sending", "sent"]);
    assert.equal(world.wallet.spentMicros, 10_500);
  });

  it("goes once, whatever is killed and whenever", async () => {
    const world = await ScheduleWorld.start();
    const { messaging } = world;
    const first = await world.schedule(10 * MINUTE_MS, 1);
    await messaging.restart(true);
    await world.project();
    await messaging.restart();
    const second = await world.schedule(10 * MINUTE_MS, 2);
    await messaging.cell.checkpoint();
    // Near its time it is in memory; the process dies with it there.
    await messaging.advance(10 * MINUTE_MS - 1_000);
    await messaging.restart(true);
    await messaging.advance(2_000);
    assert.deepEqual(world.submitted.toSorted(), [first, second].toSorted());
    messaging.carrier.answer();
    messaging.carrier.answer();
    await messaging.settle();
    await world.project();
    await messaging.restart();
    await messaging.advance(MINUTE_MS);
    assert.equal(world.submitted.length, 2);
  });

  it("goes at its time while the database is away, and not twice when it comes back", async () => {
    const world = await ScheduleWorld.start();
    const { messaging } = world;
    const sid = await world.schedule(10 * MINUTE_MS);
    world.rows.isAway = true;
    await messaging.advance(10 * MINUTE_MS + 100);
    assert.deepEqual(world.submitted, [sid]);
    world.rows.isAway = false;
    await world.project();
    await messaging.advance(MINUTE_MS);
    assert.equal(world.submitted.length, 1);
  });

  it("is canceled, in rows or in memory, and a row that is behind does not bring it back", async () => {
    const world = await ScheduleWorld.start();
    const { messaging } = world;
    const far = await world.schedule(10 * MINUTE_MS, 1);
    await world.project();
    const near = await world.schedule(10 * MINUTE_MS, 2);
    const canceled = await cancelMessage(messaging.deps, { accountSid: ACCOUNT, sid: far });
    assert.equal(canceled.status, "canceled");
    await messaging.advance(10 * MINUTE_MS - 1_000);
    await cancelMessage(messaging.deps, { accountSid: ACCOUNT, sid: near });
    await messaging.advance(MINUTE_MS);
    assert.deepEqual([world.submitted.length, await world.status(near)], [0, "canceled"]);
    await assert.rejects(cancelMessage(messaging.deps, { accountSid: ACCOUNT, sid: near }), AppError);
    assert.equal(world.wallet.setAsideMicros, 0);
  });

  it("is judged and priced again: a STOP cancels it with 21610, no credit fails it, the rules may hold it", async () => {
    const holds: number[] = [];
    const check: SampleRulesOptions["check"] = ({ to, atMs }) => {
      const until = holds[0];
      return to === phone(3) && until !== undefined && atMs < until
        ? { kind: "hold", untilMs: until, rule: "quiet-hours" }
        : { kind: "accept" };
    };
    const world = await ScheduleWorld.start({ rules: { check }, credit: 25_000 });
    const { messaging } = world;
    const stopped = await world.schedule(10 * MINUTE_MS, 1);
    const held = await world.schedule(10 * MINUTE_MS, 3);
    const paid = await world.schedule(10 * MINUTE_MS + 1_000, 4);
    const unpaid = await world.schedule(10 * MINUTE_MS + 2_000, 5);
    holds.push(messaging.timeMs + 20 * MINUTE_MS);
    await messaging.carrier.text({ text: "STOP", from: phone(1) });
    await messaging.settle();
    messaging.carrier.answer();
    await world.project();
    await messaging.advance(11 * MINUTE_MS);
    assert.deepEqual(world.submitted.slice(1), [paid]);
    const { status, errorCode } = messaging.message(stopped);
    assert.deepEqual([status, errorCode], ["canceled", 21610]);
    assert.deepEqual([await world.status(unpaid), messaging.message(unpaid).errorCode], ["failed", OUT_OF_CREDIT.code]);
    assert.equal(await world.status(held), "scheduled");
    messaging.carrier.refuse("permanent");
    await messaging.settle();
    await messaging.advance(10 * MINUTE_MS);
    assert.equal(world.submitted.at(-1), held);
  });

  it("fails with 30002 when its account was suspended meanwhile", async () => {
    let status: "active" | "suspended" = "active";
    const world = await ScheduleWorld.start({ accountStatus: () => Promise.resolve(status) });
    const sid = await world.schedule(10 * MINUTE_MS);
    status = "suspended";
    await world.messaging.advance(11 * MINUTE_MS);
    assert.deepEqual([await world.status(sid), world.messaging.message(sid).errorCode], ["failed", 30002]);
  });

  it("is refused with the code of what is wrong with its time", async () => {
    const world = await ScheduleWorld.start();
    const { messaging } = world;
    const code = (schedule: { type?: string; sendAtMs?: number }, messagingServiceSid = SERVICE): Promise<number> =>
      messaging.send({ schedule, messagingServiceSid, from: messagingServiceSid === "" ? NUMBER : "" }).then(
        () => 0,
        (error: unknown) => (error as AppError).code,
      );
    const sendAtMs = messaging.timeMs + HOUR_MS;
    assert.equal(await code({ type: "fixed" }), 35111);
    assert.equal(await code({ type: "fixed", sendAtMs: messaging.timeMs + 299_000 }), 35114);
    assert.equal(await code({ type: "fixed", sendAtMs: messaging.timeMs + 36 * 24 * HOUR_MS }), 35114);
    assert.equal(await code({ type: "fixed", sendAtMs }, ""), 35118);
    assert.equal(await code({ type: "someday", sendAtMs }), 35126);
    assert.equal(await code({ sendAtMs }), 35126);
  });
});

describe("very many that are due at once", () => {
  it("come back in turns of their accounts, and never more than memory has room for", async () => {
    const before = await ScheduleWorld.start();
    for (let n = 0; n < 61; n += 1) await before.schedule(10 * MINUTE_MS + n * 100, n);
    await before.project();
    const rows = [...before.rows.rows.values()] as { account_sid: string; to_address: string }[];
    // Of two accounts: what the other one has is due before, and is no message of this cell's service.
    for (const row of rows) if (row.to_address !== phone(60)) row.account_sid = FOREIGN;
    const world = await ScheduleWorld.start({ schedule: { messagesInMemory: 10 }, seed: 2, accountStatus: stillOpen });
    for (const [id, row] of before.rows.rows) world.rows.rows.set(id, row);
    const { messaging } = world;
    // A start with a backlog: all are due, and each release of the others is held up for now.
    let letGo: () => void = () => {};
    async function stillOpen(accountSid: string): Promise<"active"> {
      if (accountSid === FOREIGN) await new Promise<void>((resolve) => (letGo = resolve));
      return "active";
    }
    await messaging.advance(11 * MINUTE_MS);
    assert.ok(messaging.module.status().due <= 10, `${messaging.module.status().due} in memory`);
    for (let round = 0; round < 60; round += 1) {
      letGo();
      await messaging.advance(300);
      assert.ok(messaging.module.status().due <= 10);
      if (messaging.carrier.submissions.length > 0) break;
    }
    const done = [...messaging.state.messages.values()].filter(({ status }) => status === "failed").length;
    assert.equal(messaging.carrier.submissions[0]?.to, phone(60));
    assert.ok(done <= 30, `${done} of the other account went before it`);
  });
});

describe("a message that must wait", () => {
  it("is held by the rules when it is accepted, and again when a carrier is about to get it, keeping its money", async () => {
    let openAtMs = 0;
    const check: SampleRulesOptions["check"] = ({ atMs }) =>
      atMs < openAtMs ? { kind: "hold", untilMs: openAtMs, rule: "quiet-hours" } : { kind: "accept" };
    const world = await ScheduleWorld.start({ rules: { check } });
    const { messaging } = world;
    messaging.carrier.goDown();
    const queued = await messaging.send({ to: phone(1), validitySeconds: 60 });
    assert.equal(world.wallet.setAsideMicros, 10_500);
    openAtMs = messaging.timeMs + HOUR_MS;
    const held = await messaging.send({ to: phone(2), validitySeconds: 60 });
    assert.equal(messaging.status(held), "scheduled");
    messaging.carrier.goUp();
    await messaging.settle();
    assert.equal(messaging.status(queued), "queued");
    assert.equal(messaging.state.waitingOfSender(ACCOUNT, NUMBER).messages, 0);
    await world.project();
    assert.equal(messaging.state.messages.size, 0, "both wait in the database");
    await messaging.restart();
    await messaging.advance(HOUR_MS - 1_000);
    assert.deepEqual([world.submitted, world.wallet.setAsideMicros], [[], 10_500]);
    await messaging.advance(2_000);
    assert.deepEqual(world.submitted.toSorted(), [queued, held].toSorted());
    messaging.carrier.answer();
    messaging.carrier.answer();
    await messaging.settle();
    assert.deepEqual([world.wallet.spentMicros, world.wallet.setAsideMicros], [21_000, 0]);
  });

  it("keeps to a daily limit over a restart, and waits in the database for the next day", async () => {
    const limits: SampleRulesOptions["limits"] = () => [
      // It is eleven at night there.
      { key: "brand:BN:tmobile", segments: 3, per: "day", zone: "Pacific/Noumea" },
    ];
    const world = await ScheduleWorld.start({ rules: { limits } });
    const { messaging } = world;
    messaging.carrier.script = () => messaging.carrier.accept();
    const sids: string[] = [];
    for (let n = 0; n < 2; n += 1) sids.push(await messaging.send({ to: phone(n) }));
    await messaging.restart(true);
    for (let n = 2; n < 5; n += 1) sids.push(await messaging.send({ to: phone(n), validitySeconds: 1_800 }));
    const late = await messaging.send({ to: phone(9) });
    await messaging.settle();
    assert.deepEqual(world.submitted, sids.slice(0, 3));
    assert.deepEqual([messaging.status(sids[3] ?? ""), messaging.message(sids[3] ?? "").errorCode], ["failed", 30023]);
    await world.project();
    assert.equal(await world.status(late), "queued");
    assert.equal(messaging.state.messages.has(late), false);
    await messaging.advance(HOUR_MS - 60_000);
    assert.equal(world.submitted.length, 3);
    await messaging.advance(61_000);
    assert.equal(world.submitted.at(-1), late);
  });

  it("for the limit of one network delays none to another", async () => {
    const limits: SampleRulesOptions["limits"] = ({ to }) =>
      to < phone(50) ? [{ key: "campaign:att", segments: 60, per: "minute" }] : [];
    const world = await ScheduleWorld.start({ rules: { limits } });
    const { messaging } = world;
    messaging.carrier.script = () => messaging.carrier.accept();
    for (let n = 0; n < 5; n += 1) await messaging.send({ to: phone(n) });
    for (let n = 50; n < 55; n += 1) await messaging.send({ to: phone(n) });
    await messaging.settle();
    const count = (isLimited: boolean): number =>
      messaging.carrier.submissions.filter(({ to }) => to < phone(50) === isLimited).length;
    assert.deepEqual([count(true), count(false)], [1, 5]);
    await messaging.advance(2_100);
    assert.deepEqual([count(true), count(false)], [3, 5]);
  });
});
