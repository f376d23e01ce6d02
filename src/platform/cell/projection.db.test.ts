import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { migrate } from "../../adapters/postgres/index.ts";
import { memoryDisk, openMemoryLog, seeded, settle, type SimulatedFiles } from "../../../test/kit/memory-log.ts";
import { startTestPostgres, type TestPostgres } from "../../../test/kit/postgres.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { until } from "../../../test/kit/until.ts";
import type { Database, DatabaseSession, Row } from "../ports.ts";
import {
  Cell,
  Projection,
  projectionMigration,
  refusedRowsMigration,
  readProjectedOffsets,
  StateTable,
  type CellRecord,
  type Machine,
  type ProjectedTable,
} from "./index.ts";

const CELL = "things-1";

interface Thing {
  readonly id: number;
  count: number;
  tags: string[];
  note: string | null;
  doneMs?: number;
}

type ThingRecord = CellRecord & { readonly sids: readonly string[]; readonly to?: number };

const thingMigration = {
  name: "things/0001-things",
  sql: `create table things (key text primary key, id int not null, count int not null, tags text[] not null,
    detail jsonb, note text, done_at timestamptz)`,
};

/** A database that a test can take away. */
class Flaky implements Database {
  readonly real: Database;
  /** Transactions that still work; without end where absent. */
  left: number | undefined;
  /** Called in each transaction before its work. */
  before: () => Promise<void> = () => Promise.resolve();

  constructor(real: Database) {
    this.real = real;
  }

  query<R extends Row>(sql: string, values?: readonly unknown[]): Promise<R[]> {
    return this.real.query<R>(sql, values);
  }

  async transaction<T>(work: (tx: DatabaseSession) => Promise<T>): Promise<T> {
    if (this.left === 0) throw new Error("the database is down");
    if (this.left !== undefined) this.left -= 1;
    return this.real.transaction(async (tx) => {
      await this.before();
      return work(tx);
    });
  }
}

/** A cell of things, with its projection. */
class Life {
  readonly things = new StateTable<Thing>("things", { projected: true });
  readonly evicted: number[] = [];
  readonly clock = new ManualClock();
  readonly database: Flaky;
  cell!: Cell;
  projection!: Projection;

  constructor(database: Flaky) {
    this.database = database;
  }

  static async start(files: SimulatedFiles, database: Flaky): Promise<Life> {
    const life = new Life(database);
    const { clock } = life;
    const ports = { clock, logger: silentLogger };
    const log = await openMemoryLog(files, clock, { segmentOctets: 200_000 });
    const projectedOffsets = await readProjectedOffsets(database, CELL);
    life.cell = new Cell({ name: CELL, log, ...ports, machines: [life.machine()], projectedOffsets });
    await life.cell.recover();
    const tables = [life.table()] as readonly unknown[] as readonly ProjectedTable<never>[];
    life.projection = new Projection({ cell: life.cell, database, ...ports, tables });
    return life;
  }

  private machine(): Machine {
    const { things } = this;
    const each = (change: (key: string, record: ThingRecord, atMs: number) => void) => {
      return (record: ThingRecord, context: { atMs: number }) => {
        for (const sid of record.sids) change(sid, record, context.atMs);
      };
    };
    return {
      name: "things",
      tables: [things] as readonly unknown[] as Machine["tables"],
      reducers: {
        "thing.made": each((key, { to = 0 }) => {
          things.put(key, { id: Number(key.slice(1)), count: to, tags: [`of ${to}`, 'a "b", {c}'], note: null });
        }),
        "thing.counted": each((key, { to = 0 }) => {
          const thing = things.edit(key);
          if (thing !== undefined) thing.count = to;
        }),
        "thing.done": each((key, _record, atMs) => {
          const thing = things.edit(key);
          if (thing !== undefined) thing.doneMs = atMs;
        }),
        "thing.deleted": each((key) => things.delete(key)),
      },
    };
  }

  private table(): ProjectedTable<Thing> {
    return {
      table: this.things,
      into: "things",
      key: "key",
      columns: [
        { name: "key", type: "text", value: (thing) => `k${thing.id}` },
        { name: "id", type: "int", value: (thing) => thing.id },
        { name: "count", type: "int", value: (thing) => thing.count },
        {
          name: "tags",
          type: "text[]",
          value: (thing) => `{${thing.tags.map((tag) => JSON.stringify(tag)).join(",")}}`,
        },
        { name: "detail", type: "jsonb", value: (thing) => JSON.stringify({ count: thing.count }) },
        { name: "note", type: "text", value: (thing) => thing.note },
        {
          name: "done_at",
          type: "timestamptz",
          value: (thing) => (thing.doneMs === undefined ? null : new Date(thing.doneMs).toISOString()),
        },
      ],
      evict: (thing) => thing.doneMs !== undefined,
      evicted: (thing) => this.evicted.push(thing.id),
    };
  }

  commit(kind: string, keys: readonly string[], to?: number): Promise<unknown> {
    const record: ThingRecord = { kind, sids: keys, ...(to === undefined ? {} : { to }) };
    return this.cell.commit(record);
  }

  /** All rows, by key. */
  async rows(): Promise<Map<string, { count: number; done: boolean }>> {
    const rows = await this.database.query<{
      key: string;
      count: number;
      tags: string[];
      detail: { count: number };
      done_at: Date | null;
    }>("select * from things order by id");
    for (const { count, detail, tags } of rows) {
      assert.equal(detail.count, count);
      assert.equal(tags[1], 'a "b", {c}');
    }
    return new Map(rows.map(({ key, count, done_at }) => [key, { count, done: done_at !== null }]));
  }
}

const keysOf = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => `k${from + n}`);

describe("a projection", () => {
  let postgres: TestPostgres;
  let database: Flaky;
  let files: SimulatedFiles;
  let life: Life;

  before(async () => {
    postgres = await startTestPostgres();
    await migrate(postgres.database, [projectionMigration, refusedRowsMigration, thingMigration]);
  });
  after(() => postgres.stop());
  beforeEach(async () => {
    await postgres.database.query("truncate things, projection_offsets");
    database = new Flaky(postgres.database);
    files = memoryDisk();
    life = await Life.start(files, database);
  });
  afterEach(() => {
    database.left = 0;
  });

  /** Kills the process and starts another. */
  async function restart(): Promise<void> {
    files.crashed = true;
    files = files.afterPowerCut();
    life = await Life.start(files, database);
  }

  it("puts aside the rows that cannot be stored, and goes on with all others", async () => {
    await life.commit("thing.made", keysOf(0, 100), 1);
    await life.commit("thing.counted", ["k17", "k18", "k99"], 2 ** 31);
    assert.equal(await life.projection.flush(), true);
    const rows = await life.rows();
    assert.equal(rows.size, 97);
    assert.ok(!rows.has("k17") && rows.has("k19"));
    const refused = await database.query<{ key: string; reason: string; value: string }>(
      "select key, reason, value from projection_refused order by key",
    );
    assert.deepEqual(
      refused.map(({ key }) => key),
      ['"k17"', '"k18"', '"k99"'],
    );
    assert.match(refused[0]?.reason ?? "", /out of range/);
    assert.equal((JSON.parse(refused[0]?.value ?? "") as Thing).count, 2 ** 31);
    await life.commit("thing.counted", ["k17"], 5);
    assert.equal(await life.projection.flush(), true);
    assert.equal((await life.rows()).get("k17")?.count, 5, "what can be stored later is");
    await database.query("truncate projection_refused");
  });

  it("makes rows of everything that changed, with what PostgreSQL types they have, and goes on by itself", async () => {
    await life.commit("thing.made", keysOf(0, 10), 3);
    await life.commit("thing.deleted", ["k4"]);
    life.projection.start();
    life.clock.advance(400);
    await until("the rows are there", () => life.things.dirtyCount === 0 && !life.things.isDirty("k9"));
    const rows = await life.rows();
    assert.deepEqual([...rows.keys()], [...keysOf(0, 4), ...keysOf(5, 10)]);
    assert.deepEqual(rows.get("k9"), { count: 3, done: false });
    await life.commit("thing.counted", ["k1", "k2"], 8);
    await life.projection.close();
    assert.equal((await life.rows()).get("k2")?.count, 8);
  });

  it("goes on after it was killed between two batches, skips nothing and writes nothing old", async () => {
    await life.commit("thing.made", keysOf(0, 5_000), 1);
    await life.cell.checkpoint();
    await life.commit("thing.counted", keysOf(1_000, 3_000), 2);
    database.left = 1;
    assert.equal(await life.projection.flush(), false);
    assert.equal((await life.rows()).size, 2_000);
    await life.commit("thing.counted", ["k0", "k4999"], 3);
    await life.commit("thing.deleted", ["k5", "k4000"]);
    database.left = undefined;
    await restart();
    assert.equal(await life.projection.flush(), true);
    const rows = await life.rows();
    assert.equal(rows.size, 4_998);
    assert.deepEqual(
      ["k0", "k5", "k999", "k1000", "k2999", "k3000", "k4000", "k4999"].map((key) => rows.get(key)?.count),
      [3, undefined, 1, 2, 2, 1, undefined, 3],
    );
  });

  it("projects after a restart what the stored offset does not cover, or what waited when the checkpoint was written", async () => {
    for (let n = 0; n < 20; n += 1) await life.commit("thing.made", [`k${n}`], n);
    await life.projection.flush();
    await life.commit("thing.counted", ["k3"], 33);
    await life.commit("thing.deleted", ["k4"]);
    await life.cell.checkpoint();
    await restart();
    assert.deepEqual([...life.things.unprojectedKeys()], ["k3", "k4"]);
    await life.projection.flush();
    await restart();
    assert.deepEqual([...life.things.unprojectedKeys()], ["k3", "k4"]);
    await life.cell.close();
    await life.projection.flush();
    assert.equal((await life.rows()).size, 19);
  });

  it("keeps what it could not write while the database is down, and catches up in order", async () => {
    await life.commit("thing.made", keysOf(0, 10), 1);
    await life.projection.flush();
    database.left = 0;
    await life.commit("thing.counted", ["k1"], 2);
    assert.equal(await life.projection.flush(), false);
    await life.commit("thing.made", ["k10"], 2);
    await life.commit("thing.deleted", ["k1"]);
    assert.equal(await life.projection.flush(), false);
    assert.equal(life.cell.unprojected(), 2);
    database.left = undefined;
    assert.equal(await life.projection.flush(), true);
    assert.deepEqual([...(await life.rows()).keys()], ["k0", ...keysOf(2, 11)]);
    assert.equal(life.cell.unprojected(), 0);
  });

  it("does not lose what changes while a batch is on its way", async () => {
    await life.commit("thing.made", keysOf(0, 4), 1);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    database.before = () => held;
    const flushing = life.projection.flush();
    await settle(2);
    await life.commit("thing.counted", ["k1"], 2);
    await life.commit("thing.deleted", ["k2"]);
    await life.commit("thing.done", ["k3"]);
    release();
    assert.equal(await flushing, true);
    assert.equal(life.things.isDirty("k1"), true);
    assert.equal(life.things.has("k3"), true);
    const stored = await readProjectedOffsets(database, CELL);
    await restart();
    assert.ok((stored.get("things") ?? 0) < life.cell.end);
    assert.equal(await life.projection.flush(), true);
    assert.deepEqual(
      [...(await life.rows())],
      [
        ["k0", { count: 1, done: false }],
        ["k1", { count: 2, done: false }],
        ["k3", { count: 1, done: true }],
      ],
    );
  });

  it("lets go of what is done once its row is there, and again what a checkpoint brings back", async () => {
    await life.commit("thing.made", keysOf(0, 4), 1);
    await life.commit("thing.done", ["k1", "k2"]);
    await life.cell.checkpoint();
    assert.equal(life.things.size, 4);
    await life.projection.flush();
    assert.deepEqual([...life.things.keys()], ["k0", "k3"]);
    assert.deepEqual(life.evicted, [1, 2]);
    await restart();
    assert.equal(life.things.size, 4);
    life.projection.start();
    await life.projection.close();
    assert.deepEqual([...life.things.keys()], ["k0", "k3"]);
    assert.equal((await life.rows()).size, 4);
  });

  it("comes to the rows of the state after any history of outages and crashes, seeds 1 to 6", async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const random = seeded(seed);
      const below = (limit: number): number => Math.floor(random() * limit);
      await postgres.database.query("truncate things, projection_offsets");
      database = new Flaky(postgres.database);
      files = memoryDisk(seed);
      life = await Life.start(files, database);
      const model = new Map<string, { count: number; done: boolean }>();
      for (let step = 0; step < 60; step += 1) {
        const key = `k${below(30)}`;
        const known = model.get(key);
        const choice = below(12);
        if (known === undefined && choice < 6) {
          await life.commit("thing.made", [key], step);
          model.set(key, { count: step, done: false });
        } else if (known !== undefined && !known.done && choice < 4) {
          await life.commit("thing.counted", [key], step);
          known.count = step;
        } else if (known !== undefined && !known.done && choice === 4) {
          await life.commit("thing.done", [key]);
          known.done = true;
        } else if (known !== undefined && !known.done && choice === 5) {
          await life.commit("thing.deleted", [key]);
          model.delete(key);
        } else if (choice < 9) {
          database.left = below(3) === 0 ? 0 : undefined;
          await life.projection.flush();
        } else if (choice === 9) await life.cell.checkpoint();
        else if (choice === 10) await restart();
      }
      database.left = undefined;
      assert.equal(await life.projection.flush(), true);
      const byKey = (map: Map<string, unknown>): unknown[] => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
      assert.deepEqual(byKey(await life.rows()), byKey(model), `seed ${seed}`);
    }
  });
});
