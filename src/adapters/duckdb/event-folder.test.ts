import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { EventAnswer, EventFile, EventFiles, EventRows } from "../../platform/event-files/index.ts";
import { openEventFiles } from "./index.ts";

const COLUMNS = [
  { name: "time", kind: "moment" },
  { name: "sid", kind: "text" },
  { name: "segments", kind: "integer" },
  { name: "price_micros", kind: "bigint" },
] as const;
const START_MS = Date.UTC(2025, 10, 21, 13);

function rowsOf(from: number, count: number): EventRows {
  const rows = Array.from({ length: count }, (_, n) => [
    START_MS + n,
    `SM${from + n}`,
    (from + n) % 3,
    n === 0 ? null : 7_500,
  ]);
  return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

function parse(answer: EventAnswer): unknown[][] {
  assert.equal(answer.kind, "rows", JSON.stringify(answer));
  return JSON.parse(Buffer.from((answer as { rows: Uint8Array }).rows).toString("utf8")) as unknown[][];
}

describe("files of events", () => {
  let folder = "";
  let files: EventFiles;
  let filed: EventFile[] = [];
  const ask = (sql: string, more: { maxRows?: number; maxOctets?: number; timeoutMs?: number } = {}) =>
    files.ask({
      sql,
      files: filed,
      recent: [rowsOf(1_000, 5)],
      maxRows: 10_000,
      maxOctets: 4 * 1024 * 1024,
      timeoutMs: 5_000,
      ...more,
    });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "trunkline-event-files-"));
    files = await openEventFiles({ folder, columns: COLUMNS });
    filed = [
      await files.write({ startMs: START_MS, from: 0, to: 1 }, [rowsOf(0, 100), rowsOf(100, 50)]),
      await files.write({ startMs: START_MS, from: 2, to: 2 }, [rowsOf(200, 10)]),
    ];
  });
  after(async () => {
    await files.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("hold what was written, with what is in no file yet beside it", async () => {
    assert.deepEqual(parse(await ask("select count(*), count(distinct sid), sum(price_micros) from messages")), [
      [165, 165, 7_500 * 161],
    ]);
    const answer = await ask("select time, sid, segments, price_micros from messages order by time, sid limit 1");
    assert.deepEqual(parse(answer), [["2025-11-21 13:00:00", "SM0", 0, null]]);
    assert.ok(answer.kind === "rows");
    assert.deepEqual(
      answer.columns.map(({ name, type }) => `${name} ${type}`),
      ["time TIMESTAMP", "sid VARCHAR", "segments INTEGER", "price_micros BIGINT"],
    );
  });

  it("are listed as they are, without what was half written", async () => {
    await writeFile(join(folder, "20251121T130000Z", "3-9.parquet.unfinished"), "half");
    await mkdir(join(folder, "elsewhere"));
    assert.deepEqual(
      (await files.list()).toSorted((a, b) => a.from - b.from),
      filed,
    );
    assert.deepEqual((await readdir(join(folder, "20251121T130000Z"))).toSorted(), ["0-1.parquet", "2-2.parquet"]);
  });

  it("are merged into one with the same rows, and removed with their folder", async () => {
    const startMs = START_MS + 3_600_000;
    const parts = [
      await files.write({ startMs, from: 5, to: 6 }, [rowsOf(500, 10)]),
      await files.write({ startMs, from: 3, to: 4 }, [rowsOf(300, 10)]),
    ];
    const merged = await files.merge(parts);
    assert.deepEqual([merged.from, merged.to], [3, 6]);
    await files.remove(parts);
    const [[count] = []] = parse(
      await files.ask({
        sql: "select count(*) from messages",
        files: [merged],
        recent: [],
        maxRows: 1,
        maxOctets: 100,
        timeoutMs: 5_000,
      }),
    );
    assert.equal(count, 20);
    await files.remove([merged, ...parts]);
    assert.ok(!existsSync(join(folder, "20251121T140000Z")));
  });

  it("are kept out of lists once they are set aside", async () => {
    const startMs = START_MS + 7_200_000;
    const file = await files.write({ startMs, from: 9, to: 9 }, [rowsOf(0, 1)]);
    await files.setAside([file]);
    assert.ok(!(await files.list()).some((one) => one.from === 9));
    assert.ok(existsSync(join(folder, "20251121T150000Z", "9-9.parquet.aside")));
  });

  it("say why one cannot be written, and leave nothing of it", async () => {
    await writeFile(join(folder, "20251121T160000Z"), "a file where a folder should be");
    await assert.rejects(files.write({ startMs: START_MS + 3 * 3_600_000, from: 1, to: 1 }, [rowsOf(0, 1)]));
    await rm(join(folder, "20251121T160000Z"));
  });

  it("answer at most so many rows and octets, and say that there were more", async () => {
    const few = await ask("select sid from messages", { maxRows: 7 });
    assert.ok(few.kind === "rows" && few.isCut && few.rowCount === 7);
    const small = await ask("select sid from messages", { maxOctets: 200 });
    assert.ok(small.kind === "rows" && small.isCut && small.rows.byteLength <= 200);
    const all = await ask("select 1 where false");
    assert.ok(all.kind === "rows" && !all.isCut);
    assert.deepEqual(parse(all), []);
  });

  it("are worked on when nobody else needs the processor", { skip: process.platform !== "linux" }, async () => {
    await ask("select 1");
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const isOurs = (pid: string): boolean => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, "utf8");
        const arguments_ = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return status.includes(`PPid:\t${process.pid}\n`) && arguments_.includes("duckdb-child");
      } catch {
        // It ended meanwhile.
        return false;
      }
    };
    const priorities = pids.filter(isOurs).map((pid) => getPriority(Number(pid)));
    assert.ok(priorities.length > 0 && priorities.every((priority) => priority >= 10), priorities.join(", "));
  });

  it("answer values of any type as JSON", async () => {
    const sql = `select 9007199254740993::bigint a, 12.50::decimal(10,2) b, [1, 2] c, {'k': 1} d, null e,
      'nan'::double f, date '2025-01-31' g, true h, 'ü"\n' i`;
    assert.deepEqual(parse(await ask(sql)), [
      ["9007199254740993", "12.50", [1, 2], { k: 1 }, null, "NaN", "2025-01-31", true, 'ü"\n'],
    ]);
  });
});
