import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StateTable, ApplyContext, Fact } from "../../../platform/cell/index.ts";
import { seeded, seedOf } from "../../../../test/kit/memory-log.ts";
import { linkMachine } from "../link-machine.ts";
import { LinkState } from "../link-state.ts";
import { STRETCH_OCTETS, type ClickTally, type Visit } from "./index.ts";

const SIDS = Array.from({ length: 30 }, (_, n) => `LK${String(n).padStart(32, "0")}`);

interface Written {
  readonly offset: number;
  readonly atMs: number;
  readonly visits: readonly Visit[];
}

/** The projection of a life: rows by key, and the offset before which they are complete. */
class Rows {
  readonly tallies = new Map<string, ClickTally>();
  stored = 0;
}

/** A process: its tables, rebuilt from a snapshot and the records after it. */
class Life {
  readonly state = new LinkState();
  private readonly machine = linkMachine(this.state, { cell: "messaging-1" });
  private readonly rows: Rows;
  private end: number;
  private isLive = false;

  constructor(
    rows: Rows,
    snapshot: readonly (readonly [string, number, ClickTally, 0 | 1])[],
    from: number,
    log: readonly Written[],
  ) {
    this.rows = rows;
    this.end = from;
    for (const [key, changed, tally, dirty] of structuredClone(snapshot)) {
      this.state.tallies.restore([key, changed, tally, dirty]);
    }
    this.state.tallies.finishRestore(rows.stored);
    this.machine.restored?.();
    for (const record of log) if (record.offset >= from) this.apply(record);
    this.isLive = true;
  }

  apply(record: Written): void {
    for (const table of this.state.tables) (table as unknown as StateTable<object>).setOffset(record.offset);
    const effects: (() => void)[] = [];
    const context: ApplyContext = {
      offset: record.offset,
      atMs: record.atMs,
      effect: (run) => effects.push(run),
      emit: (_fact: Fact) => undefined,
    };
    this.machine.reducers["link.visited"]?.({ kind: "link.visited", visits: record.visits }, context);
    this.end = record.offset + 1;
    if (this.isLive) for (const run of effects) run();
  }

  /** Writes some of what changed, as the projection does, and lets go of what may leave memory. */
  project(limit: number): void {
    const batch = structuredClone(this.state.tallies.takeDirty(limit));
    for (const [key, tally] of batch) if (tally !== undefined) this.rows.tallies.set(key, tally);
    this.rows.stored = this.state.tallies.firstDirtyOffset() ?? this.end;
    this.state.tallies.settleDirty();
    for (const key of batch.keys()) {
      const tally = this.state.tallies.get(key);
      if (tally !== undefined && tally.stretch < this.state.stretch) this.state.tallies.evict(key);
    }
  }

  snapshot(): readonly (readonly [string, number, ClickTally, 0 | 1])[] {
    this.state.tallies.beginSnapshot();
    const lines = [...this.state.tallies.readSnapshot(1_000)].flat();
    return lines.map((line) => {
      const [, key, changed, tally, dirty] = JSON.parse(line) as [string, string, number, ClickTally, 0 | 1];
      return [key, changed, tally, dirty] as const;
    });
  }

  /** Clicks of a link: rows, and in their place what is newer in memory. */
  clicksOf(sid: string): number {
    const all = new Map(this.rows.tallies);
    for (const tally of this.state.tallies.values()) all.set(tally.key, tally);
    let clicks = 0;
    for (const tally of all.values()) if (tally.linkSid === sid) clicks += tally.clicks;
    return clicks;
  }
}

describe("tallies of visits", () => {
  it("count every visit once, whatever is projected, forgotten, checkpointed and replayed, seeds 1 to 40", () => {
    for (let seed = seedOf(1), last = seed + 39; seed <= last; seed += 1) {
      const random = seeded(seed);
      const below = (limit: number): number => Math.floor(random() * limit);
      const rows = new Rows();
      const log: Written[] = [];
      const expected = new Map<string, number>();
      let snapshot: readonly (readonly [string, number, ClickTally, 0 | 1])[] = [];
      let from = 0;
      let offset = 0;
      let life = new Life(rows, snapshot, from, log);
      for (let step = 0; step < 300; step += 1) {
        const visits = Array.from({ length: below(6) + 1 }, (): Visit => {
          const sid = SIDS[below(SIDS.length)] ?? "";
          expected.set(sid, (expected.get(sid) ?? 0) + 1);
          return { sid, account: "AC", kind: "click", device: "phone" };
        });
        // Some records lie so far apart that stretches end between them.
        offset += below(12) === 0 ? below(2 * STRETCH_OCTETS) + 1 : below(1_000) + 1;
        const record = { offset, atMs: 1_750_000_000_000 + step * 60_000, visits };
        log.push(record);
        life.apply(record);
        if (random() < 0.3) life.project(below(20) + 1);
        if (random() < 0.05) {
          snapshot = life.snapshot();
          from = offset + 1;
        }
        if (random() < 0.05) life = new Life(rows, snapshot, from, log);
      }
      for (const [sid, clicks] of expected) assert.equal(life.clicksOf(sid), clicks, `seed ${seed}, ${sid}`);
      life.project(Number.MAX_SAFE_INTEGER);
      const next = new Life(rows, snapshot, from, log);
      for (const [sid, clicks] of expected) assert.equal(next.clicksOf(sid), clicks, `seed ${seed}, after a restart`);
      let written = 0;
      for (const tally of rows.tallies.values()) written += tally.clicks;
      assert.equal(
        written,
        [...expected.values()].reduce((sum, clicks) => sum + clicks, 0),
        `seed ${seed}`,
      );
    }
  });

  it("leave memory once their stretch of the log is over and they are written", () => {
    const rows = new Rows();
    const life = new Life(rows, [], 0, []);
    const visit = (offset: number): void =>
      life.apply({ offset, atMs: 1_750_000_000_000, visits: [{ sid: SIDS[0] ?? "", account: "AC", kind: "click" }] });
    visit(10);
    life.project(10);
    assert.equal(life.state.tallies.size, 1, "more of the same hour may come");
    visit(STRETCH_OCTETS + 10);
    assert.equal(life.state.tallies.size, 1);
    assert.equal(life.clicksOf(SIDS[0] ?? ""), 2);
  });
});
