import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seedOf } from "../kit/memory-log.ts";
import { ACCOUNT_TOKEN, MovesTraffic } from "./moves-traffic.ts";
import { MovesWorld, NUMBER, type CallFault } from "./moves-world.ts";

/** Everything that one process asks of another one in a move, and the way back where it was called off. */
const FROM_MOVER = [
  "prepare",
  "begin",
  "pull",
  "freeze",
  "drain",
  "seal",
  "activate",
  "mark",
  "follow",
  "cleanup",
  "finish",
];
const FROM_TARGET = ["scope", "bucket", "rows", "records", "tail"];
const BACK = ["unfreeze", "abort"];
const MOMENTS = ["before", "after"] as const;
const VICTIMS = ["caller", "callee"] as const;
const MAX_TURNS = 600;
const TRAFFIC_IN_TAIL = 6;

class Scenario {
  readonly world: MovesWorld;
  readonly traffic: MovesTraffic;
  readonly accountSid: string;
  faults = 0;

  private constructor(world: MovesWorld, accountSid: string) {
    this.world = world;
    this.accountSid = accountSid;
    this.traffic = new MovesTraffic(world, accountSid);
  }

  static async start(seed: number): Promise<Scenario> {
    const world = await MovesWorld.start(seed);
    const one = world.cell("messaging-1");
    const accountSid = world.minter.mint("AC");
    await one.alive.accounts.ensureFirstAccount({ accountSid, authToken: ACCOUNT_TOKEN });
    const bought = await one.request("POST", `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers.json`, {
      user: accountSid,
      password: ACCOUNT_TOKEN,
      form: { PhoneNumber: NUMBER },
    });
    assert.equal(bought.status, 201);
    for (const key of [accountSid, NUMBER]) world.homes.set(key, { cell: "messaging-1", epoch: 1 });
    return new Scenario(world, accountSid);
  }

  /** What was killed is started again after a while. */
  private async revive(always = false): Promise<void> {
    const { world } = this;
    for (const cell of world.cells.values()) {
      if (cell.life === undefined && (always || world.random() < 0.5)) await cell.open();
    }
    if (world.mover === undefined && (always || world.random() < 0.5)) world.openMover();
  }

  /**
   * Moves the account to the cell in which it is not, with traffic all the while, and calls
   * that off when a step begins where one is named. Resolves to how it ended.
   */
  async move(cancelAt?: string): Promise<string> {
    const { world, traffic } = this;
    await this.revive(true);
    const home = world.homes.get(this.accountSid)?.cell;
    const { sid } = await world.begin(this.accountSid, home === "messaging-1" ? "messaging-2" : "messaging-1");
    let tails = 0;
    for (let turn = 0; ; turn += 1) {
      const open = await world.open();
      if (open === undefined) break;
      assert.ok(turn < MAX_TURNS, `the move stays at ${open.step}: ${open.reason} ${JSON.stringify(open.progress)}`);
      if (open.step === cancelAt) await world.cancel(sid);
      await this.revive(turn % 5 === 4);
      const isTail = open.step === "tail" || open.step === "cleanup";
      if (isTail) tails += 1;
      // The tail ends when nothing comes to the old cell any more.
      if (tails > TRAFFIC_IN_TAIL) traffic.goOn();
      else traffic.tick();
      const waitMs = await world.step().catch(() => 100);
      // Outcomes that nobody will ever know end after a grace.
      await world.advance(isTail ? 30_000 : Math.max(20, waitMs));
    }
    return String((await world.find(sid))?.["step"]);
  }

  async rest(): Promise<void> {
    await this.revive(true);
    for (let turn = 0; turn < 50 && !this.traffic.isAnswered; turn += 1) {
      this.traffic.goOn();
      await this.world.advance(1_000);
    }
    assert.ok(this.traffic.isAnswered, "everything was answered in the end");
  }
}

/** Strikes each of the steps once, the first time that it is asked for. */
function strikeEach(scenario: Scenario, steps: readonly string[], fault: CallFault): Set<string> {
  const left = new Set(steps);
  scenario.world.plan = (to, path) => {
    const step = path.slice(path.lastIndexOf("/") + 1);
    if (to === "homes" && fault.victim === "callee") return undefined;
    return left.delete(step) ? fault : undefined;
  };
  return left;
}

/** Brings everything to its end and looks at it. */
async function conclude(scenario: Scenario): Promise<number> {
  const { world, traffic, accountSid } = scenario;
  await scenario.rest();
  // What is in memory alone goes to the database.
  for (let second = 0; second < 5; second += 1) await world.advance(1_000);
  const home = world.homes.get(accountSid)?.cell === "messaging-1" ? 1 : 2;
  const { unknown } = await traffic.check(world.cell(`messaging-${home}`), world.cell(`messaging-${3 - home}`));
  await world.close();
  return unknown;
}

const STEPS_OF_CANCEL = ["begin", "ahead", "freeze", "drain", "seal", "copy"];

describe("a move that is killed", () => {
  it("at every step, whichever process, loses and doubles nothing", async (context) => {
    const scenario = await Scenario.start(seedOf(11));
    const { world, traffic } = scenario;
    let kills = 0;
    let forwards = 0;
    for (const moment of MOMENTS) {
      for (const victim of VICTIMS) {
        const steps = [...FROM_MOVER, ...FROM_TARGET, ...(victim === "caller" ? ["homes"] : [])];
        const left = strikeEach(scenario, [...steps, "inbound"], { moment, victim });
        assert.equal(await scenario.move(), "done", `${moment} ${victim}`);
        if (!left.delete("inbound")) forwards += 1;
        assert.deepEqual([...left], [], "every step was struck");
        const back = strikeEach(scenario, BACK, { moment, victim });
        assert.equal(await scenario.move("copy"), "canceled", `${moment} ${victim}`);
        assert.deepEqual([...back], []);
        kills += steps.length + BACK.length;
      }
    }
    world.plan = () => undefined;
    assert.equal(await scenario.move(), "done");
    await scenario.rest();
    assert.equal(await scenario.move(), "done");
    const { wishes, texts, answers } = traffic;
    const unknown = await conclude(scenario);
    context.diagnostic(
      `${kills} kills, ${wishes.length} messages (${unknown} of unknown outcome), ${texts.length} texts, ` +
        `answers ${[...answers].map(([status, count]) => `${status}: ${count}`).join(", ")}`,
    );
    assert.ok(forwards > 0, "texts were on their way to the other cell");
    assert.ok(wishes.length > 50 && (answers.get(503) ?? 0) > 0 && (answers.get(421) ?? 0) > 0);
  });

  it("or called off, again and again at random, loses and doubles nothing", async (context) => {
    for (const seed of [seedOf(1), seedOf(1) + 1, seedOf(1) + 2]) {
      const scenario = await Scenario.start(seed);
      const { world, traffic } = scenario;
      let kills = 0;
      const ends: string[] = [];
      for (let round = 0; round < 4; round += 1) {
        let left = 6;
        world.plan = (to): CallFault | undefined => {
          if (left === 0 || world.random() > 0.08) return undefined;
          left -= 1;
          kills += 1;
          const moment = world.random() < 0.5 ? "before" : "after";
          return { moment, victim: world.random() < 0.5 || to === "homes" ? "caller" : "callee" };
        };
        const place = Math.floor(world.random() * STEPS_OF_CANCEL.length * 2);
        ends.push(await scenario.move(STEPS_OF_CANCEL[place]));
      }
      assert.ok(!ends.includes("failed"), `seed ${seed}: ${ends.join()}`);
      world.plan = () => undefined;
      assert.equal(await scenario.move(), "done", `seed ${seed}`);
      await scenario.rest();
      assert.equal(await scenario.move(), "done", `seed ${seed}`);
      await conclude(scenario);
      context.diagnostic(
        `seed ${seed}: ${ends.join(", ")}, ${kills} kills, ${traffic.wishes.length} messages, ${traffic.texts.length} texts`,
      );
    }
  });
});
