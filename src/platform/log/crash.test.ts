import assert from "node:assert/strict";
import { test } from "node:test";
import { openFixture, readAll, seeded, settle } from "./log-fixture.ts";
import type { Fixture } from "./log-fixture.ts";
import type { LogError } from "./log-error.ts";
import { SimulatedFiles } from "./simulated-files.ts";
import type { FileFault } from "./simulated-files.ts";
import type { Offset } from "./types.ts";

const ROUNDS = Number(process.env["CRASH_ROUNDS"] ?? 60);
const SEED = Number(process.env["SEED"] ?? 20_240_601);
const LIVES = 4;

/** What the test knows of one record that it appended. */
interface Known {
  readonly text: string;
  fate: "pending" | "durable" | "absent" | "unknown";
  offset: Offset;
}

/** One history of a log: appends, faults, power cuts, and what must hold after each of them. */
class History {
  private readonly random: () => number;
  private readonly known: Known[] = [];
  private checkpointed: { offset: Offset; durable: number } | undefined;
  private files: SimulatedFiles;
  crashes = 0;

  constructor(seed: number) {
    this.random = seeded(seed);
    this.files = new SimulatedFiles(this.random);
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  async live(): Promise<void> {
    const faultShare = [0, 0, 0.03, 0.25][this.below(4)] as number;
    const crashAt = 5 + this.below(60);
    this.files.plan = ({ number }) => {
      if (number === crashAt) return "crash";
      if (this.random() >= faultShare) return undefined;
      return (["ENOSPC", "EIO", "short"] satisfies FileFault[])[this.below(3)];
    };
    let fixture: Fixture | undefined;
    try {
      fixture = await openFixture({ segmentOctets: 300 }, this.files);
      await this.verify(fixture);
      while (!this.files.crashed) await this.act(fixture);
    } catch (error) {
      // Only a fault that was injected may come out; everything else fails the test.
      const name = error instanceof Error ? error.name : "";
      if (name !== "LogError" || (error as LogError).kind === "corrupt") throw error;
    }
    await settle();
    this.crashes += this.files.crashed ? 1 : 0;
    this.files = this.random() < 0.5 ? this.files.afterPowerCut() : this.files.afterKill();
    // What was on its way may be there or not.
    for (const one of this.known) if (one.fate === "pending") one.fate = "unknown";
  }

  private async act({ log, clock }: Fixture): Promise<void> {
    const what = this.below(20);
    if (what === 0) {
      const offset = log.durableEnd;
      const durable = this.known.filter((one) => one.fate === "durable").length;
      await log.writeCheckpoint(offset, ["state ", String(durable)]);
      this.checkpointed = { offset, durable };
    } else if (what === 1) {
      // Nothing in this test may be forgotten, so retention is asked for what it cannot do.
      await log.retain(0);
    } else if (what < 6) {
      clock.advance(1_000 * (1 + this.below(10)));
      await settle();
    } else if (what < 9) {
      await new Promise((resolve) => setImmediate(resolve));
    } else if (what === 9) {
      await log.flush();
    } else {
      const { files } = this;
      const text = `${this.known.length}:${"x".repeat(this.below(60))}`;
      const one: Known = { text, fate: "pending", offset: -1 };
      this.known.push(one);
      log.append(this.random() < 0.5 ? "new-work" : "progress", text, (error, offset) => {
        // The process is gone: nobody hears this any more.
        if (files.crashed) return;
        one.fate = error === undefined ? "durable" : error.outcome;
        one.offset = offset;
        // Once the log goes on after a failure, what could not be undone is gone for good.
        if (error === undefined) for (const other of this.known) if (other.fate === "unknown") other.fate = "absent";
      });
    }
  }

  async verify({ log }: Fixture): Promise<void> {
    const records = await readAll(log);
    const there = new Map(records.map((record) => [record.payload.toString(), record.offset]));
    assert.equal(there.size, records.length, "no record is there twice");
    let last = -1;
    for (const record of records) {
      const number = Number.parseInt(record.payload.toString(), 10);
      assert.ok(number > last, "records keep their order");
      assert.equal(this.known[number]?.text, record.payload.toString(), "nothing is served that was not appended");
      last = number;
    }
    for (const one of this.known) {
      const offset = there.get(one.text);
      if (one.fate === "durable") assert.equal(offset, one.offset, `${one.text} is where it was`);
      if (one.fate === "absent") assert.equal(offset, undefined, `${one.text} was refused and stays away`);
      // It was found durable, or it is gone, for ever.
      if (one.fate !== "unknown") continue;
      one.fate = offset === undefined ? "absent" : "durable";
      one.offset = offset ?? -1;
    }
    if (this.checkpointed !== undefined) {
      const checkpoint = await log.readCheckpoint();
      assert.ok(checkpoint !== undefined && checkpoint.offset >= this.checkpointed.offset, "the checkpoint is there");
    }
  }

  async end(): Promise<void> {
    this.files.plan = () => undefined;
    const fixture = await openFixture({ segmentOctets: 300 }, this.files);
    await this.verify(fixture);
    await fixture.log.close();
  }

  get acknowledged(): number {
    return this.known.filter((one) => one.fate === "durable").length;
  }
}

test(`whatever fails and whenever the power goes, what was acknowledged is there and what was refused is not (seed ${SEED})`, async (t) => {
  let acknowledged = 0;
  let crashes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const history = new History(SEED + round);
    try {
      for (let life = 0; life < LIVES; life += 1) await history.live();
      await history.end();
    } catch (error) {
      throw new Error(`seed ${SEED + round} fails: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
    acknowledged += history.acknowledged;
    crashes += history.crashes;
  }
  t.diagnostic(`${ROUNDS} histories, ${crashes} crashes, ${acknowledged} records acknowledged`);
  assert.ok(acknowledged > ROUNDS && crashes > ROUNDS);
});
