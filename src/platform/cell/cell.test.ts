import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { AppError } from "../../kernel/errors.ts";
import { memoryDisk, openMemoryLog, seeded, settle, type SimulatedFiles } from "../../../test/kit/memory-log.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import type { Log } from "../log/index.ts";
import { Cell, StateTable, type CellOptions, type CellRecord, type Fact, type Machine } from "./index.ts";

interface Added extends CellRecord {
  readonly kind: "count.added";
  readonly name: string;
  readonly by: number;
}

interface Removed extends CellRecord {
  readonly kind: "count.removed";
  readonly name: string;
}

interface Passed extends Fact {
  readonly kind: "count.passed";
  readonly name: string;
  readonly total: number;
}

interface Counter {
  total: number;
  sinceMs: number;
}

const added = (name: string, by = 1): Added => ({ kind: "count.added", name, by });
const removed = (name: string): Removed => ({ kind: "count.removed", name });

/** One life of a cell with a machine that counts and one that listens, with what happened beside the log. */
class Life {
  readonly counters = new StateTable<Counter>("counters", { projected: true });
  readonly passes = new StateTable<{ totals: number[] }>("passes", { projected: false });
  readonly effects: string[] = [];
  readonly moments: string[] = [];
  readonly clock = new ManualClock(1_000_000);
  log!: Log;
  cell!: Cell;

  static async start(files: SimulatedFiles, options: Partial<CellOptions> = {}): Promise<Life> {
    const life = new Life();
    life.log = await openMemoryLog(files, life.clock, { segmentOctets: 2_000 });
    life.cell = new Cell({
      name: "counting-1",
      log: life.log,
      clock: life.clock,
      logger: silentLogger,
      machines: life.machines(),
      projectedOffsets: new Map(),
      ...options,
    });
    await life.cell.recover();
    return life;
  }

  private machines(): Machine[] {
    const { counters, passes } = this;
    const counting: Machine = {
      name: "counting",
      tables: [counters] as readonly unknown[] as Machine["tables"],
      reducers: {
        "count.added": (record: Added, context) => {
          const counter = counters.edit(record.name) ?? { total: 0, sinceMs: context.atMs };
          if (!counters.has(record.name)) counters.put(record.name, counter);
          counter.total += record.by;
          context.effect(() => this.effects.push(`${record.name}=${counter.total}`));
          const passed: Passed = { kind: "count.passed", name: record.name, total: counter.total };
          if (counter.total % 5 === 0) context.emit(passed);
          return counter.total;
        },
        "count.removed": (record: Removed) => counters.delete(record.name),
      },
      restored: () => void this.moments.push(`restored ${counters.size}`),
      recovered: () => void this.moments.push(`recovered ${counters.size}`),
    };
    const listening: Machine = {
      name: "listening",
      tables: [passes] as readonly unknown[] as Machine["tables"],
      reducers: {},
      listeners: {
        "count.passed": (fact: Passed, context) => {
          const known = passes.edit(fact.name);
          if (known === undefined) passes.put(fact.name, { totals: [fact.total] });
          else known.totals.push(fact.total);
          context.effect(() => this.effects.push(`passed ${fact.total}`));
        },
      },
    };
    return [counting, listening];
  }

  /** The state as plain data. */
  get state(): unknown {
    const content = (table: StateTable<object>) =>
      [...table.keys()].toSorted().map((key) => [key, structuredClone(table.get(key))]);
    return [this.counters, this.passes].map((table) => content(table as unknown as StateTable<object>));
  }
}

async function isRefused(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => assert.fail("it was taken"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AppError);
  assert.equal(error.status, 503);
  return error;
}

describe("a cell", () => {
  it("resolves to what the reducer returned, and runs effects after that, in order", async () => {
    const life = await Life.start(memoryDisk());
    assert.equal(await life.cell.commit(added("a", 4)), 4);
    assert.equal(await life.cell.commit(added("a", 1)), 5);
    assert.equal(await life.cell.commit(removed("b")), false);
    assert.deepEqual(life.effects, ["a=4", "a=5", "passed 5"]);
    assert.deepEqual(life.state, [[["a", { total: 5, sinceMs: 1_000_000 }]], [["a", { totals: [5] }]]]);
  });

  it("replays what was committed without its effects, and tells listeners again", async () => {
    const files = memoryDisk();
    const life = await Life.start(files);
    for (const by of [3, 2, 5, 1]) await life.cell.commit(added("a", by));
    life.clock.advance(500);
    await life.cell.commit(added("b", 5));
    const next = await Life.start(files.afterPowerCut());
    assert.deepEqual(next.state, life.state);
    assert.deepEqual(next.effects, []);
    assert.deepEqual(next.moments, ["restored 0", "recovered 2"]);
    assert.equal(next.cell.end, life.cell.end);
    await next.cell.commit(added("a"));
    assert.deepEqual(next.effects, ["a=12"]);
  });

  it("begins from its checkpoint and tells the machines when it stands", async () => {
    const files = memoryDisk();
    const life = await Life.start(files);
    for (const name of ["a", "b", "c"]) await life.cell.commit(added(name, 5));
    await life.cell.checkpoint();
    await life.cell.commit(removed("b"));
    const next = await Life.start(files.afterPowerCut());
    assert.deepEqual(next.moments, ["restored 3", "recovered 2"]);
    assert.deepEqual(next.state, life.state);
  });

  it("keeps several records together: after a crash all of them happened or none", async () => {
    const files = memoryDisk();
    const life = await Life.start(files);
    assert.deepEqual(await life.cell.commitAll([added("a", 2), removed("x"), added("b", 5)]), [2, false, 5]);
    assert.deepEqual(life.effects, ["a=2", "b=5", "passed 5"]);
    const next = await Life.start(files.afterPowerCut());
    assert.deepEqual(next.state, life.state);

    files.plan = ({ name }) => (name === "write" ? "ENOSPC" : undefined);
    const broken = await Life.start(files.afterKill());
    await broken.cell.commit(added("c"));
    assert.equal(broken.counters.size, 3);
  });

  it("refuses with 503 what the disk does not take, changes nothing, and goes on when it does", async () => {
    const files = memoryDisk();
    const life = await Life.start(files);
    files.plan = ({ name }) => (name === "write" ? "ENOSPC" : undefined);
    const error = await isRefused(life.cell.commit(added("a")));
    assert.equal(error.spec.retry, "later");
    await isRefused(life.cell.commitAll([added("a"), added("b")], "progress"));
    assert.equal(life.counters.size, 0);
    assert.deepEqual(life.effects, []);
    files.plan = () => undefined;
    await life.clock.advanceSettling(60_000);
    assert.equal(await life.cell.commit(added("a")), 1);
    const next = await Life.start(files.afterPowerCut());
    assert.deepEqual(next.state, life.state);
  });

  it("says so when a disk failure leaves it open whether a record stands", async () => {
    const files = memoryDisk();
    const life = await Life.start(files);
    files.plan = ({ name }) => (name === "sync" || name === "truncate" ? "EIO" : undefined);
    const error = await isRefused(life.cell.commit(added("a")));
    assert.equal(error.spec.retry, "never");
    assert.equal(error.spec.fault, "unknown");
  });

  it("refuses new work while the projection is too far behind, and takes progress", async () => {
    const life = await Life.start(memoryDisk(), { maxUnprojected: 2 });
    for (const name of ["a", "b", "c"]) await life.cell.commit(added(name));
    assert.equal(life.cell.unprojected(), 3);
    await isRefused(life.cell.commit(added("d")));
    assert.equal(await life.cell.commit(added("d"), "progress"), 1);
    life.counters.takeDirty(10);
    life.counters.settleDirty();
    assert.equal(await life.cell.commit(added("e")), 1);
  });

  it("finishes what it took when it closes, writes a checkpoint, and refuses the rest", async () => {
    const files = memoryDisk();
    const life = await Life.start(files);
    const taken = life.cell.commit(added("a", 5));
    const closing = life.cell.close();
    await isRefused(life.cell.commit(added("b")));
    assert.equal(await taken, 5);
    await closing;
    await life.cell.close();
    const next = await Life.start(files.afterPowerCut());
    assert.deepEqual(next.moments, ["restored 1", "recovered 1"]);
    assert.deepEqual(next.state, life.state);
  });

  it("writes checkpoints by itself as the log grows, so that the log does not", async () => {
    const files = memoryDisk();
    const life = await Life.start(files, { checkpointEveryOctets: 4_000 });
    for (let n = 0; n < 400; n += 1) await life.cell.commit(added("a"));
    await settle();
    assert.ok(life.log.start > 0, "old segments are gone");
    const next = await Life.start(files.afterPowerCut());
    assert.deepEqual(next.state, life.state);
  });

  it("cuts a checkpoint into chunks of which each is far below what the log takes", async () => {
    const files = memoryDisk();
    const life = await Life.start(files);
    for (let n = 0; n < 60; n += 1) await life.cell.commit(added(`${n} ${"x".repeat(50_000)}`));
    await life.cell.checkpoint();
    const checkpoint = await life.log.readCheckpoint();
    assert.ok(checkpoint !== undefined);
    const sizes: number[] = [];
    for await (const chunk of checkpoint.chunks) sizes.push(chunk.length);
    assert.equal(sizes.length, 3);
    assert.ok(Math.max(...sizes) <= 1024 * 1024 + 1);
    assert.deepEqual((await Life.start(files.afterKill())).state, life.state);
  });

  it("goes on when a checkpoint cannot be written", async () => {
    const files = memoryDisk();
    const life = await Life.start(files);
    await life.cell.commit(added("a"));
    files.plan = ({ path }) => (path.includes("checkpoint") ? "EIO" : undefined);
    await life.cell.checkpoint();
    files.plan = () => undefined;
    await life.cell.commit(added("a"));
    await life.cell.checkpoint();
    assert.notEqual(await life.log.readCheckpoint(), undefined);
    assert.deepEqual((await Life.start(files.afterPowerCut())).state, life.state);
  });
});

describe("recovery", () => {
  it("comes to the live state, with checkpoints and crashes at any moment, seeds 1 to 40", async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = seeded(seed);
      const below = (limit: number): number => Math.floor(random() * limit);
      let files = memoryDisk(seed);
      let life = await Life.start(files);
      for (let round = 0; round < 5; round += 1) {
        for (let n = below(40); n > 0; n -= 1) {
          const name = `c${below(12)}`;
          const record = random() < 0.2 ? removed(name) : added(name, below(4) + 1);
          const work = random() < 0.2 ? life.cell.commitAll([record, added(name)]) : life.cell.commit(record);
          if (random() < 0.5) await work;
          if (random() < 0.1) void life.cell.checkpoint();
          life.clock.advance(below(3));
        }
        await life.log.flush();
        if (random() < 0.5) await settle(below(6));
        const expected = life.state;
        const { end } = life.cell;
        // The old life goes on as a ghost; its disk is another one now.
        files.crashed = true;
        files = random() < 0.5 ? files.afterPowerCut() : files.afterKill();
        await settle(2);
        life = await Life.start(files);
        assert.deepEqual(life.state, expected, `seed ${seed}, round ${round}`);
        assert.equal(life.cell.end, end);
        assert.deepEqual(life.effects, []);
      }
    }
  });
});
