/** Questions as people ask them, answered by DuckDB over real files. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openEventCell, type EventCell } from "../../../../test/kit/event-cell.ts";
import { systemClock } from "../../../adapters/system/index.ts";
import { EVENT_COLUMNS } from "./index.ts";

const ROWS = 12_000;

describe("questions in SQL", () => {
  let folder = "";
  let world: EventCell;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "trunkline-questions-"));
    world = await openEventCell({ folder, clock: systemClock, isFast: true });
    for (let n = 0; n < ROWS; n += 1_000) await world.change(1_000);
  });
  after(async () => {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("see what has just happened, whether it is in a file or not", async () => {
    const { json } = await world.ask(
      "select count(*), count(distinct sid) from messages where time > now()::timestamp - interval 1 minute",
    );
    assert.deepEqual(json.rows, [[ROWS, ROWS]]);
  });

  it("can be those that the page offers", async () => {
    const { status, body } = await world.get("/trunkline/v1/Insights/Queries/Schema");
    assert.equal(status, 200);
    const { examples } = JSON.parse(body) as { examples: { title: string; sql: string }[] };
    assert.ok(examples.length > 3);
    for (const { title, sql } of examples) {
      const answer = await world.ask(sql);
      assert.equal(answer.status, 200, `${title}: ${JSON.stringify(answer.json)}`);
      // What accounts spent is of the whole day, which may just have begun: then too there are rows.
      assert.ok(answer.json.rows.length > 0 || sql.includes("'failed'"), title);
    }
  });

  it("are answered with columns of the kinds that are described", async () => {
    const { json } = await world.ask("describe messages");
    const types = { text: "VARCHAR", integer: "INTEGER", bigint: "BIGINT", moment: "TIMESTAMP" } as const;
    assert.deepEqual(
      json.rows.map((row) => row.slice(0, 2)),
      EVENT_COLUMNS.map(({ name, kind }) => [name, types[kind]]),
    );
  });

  it("are answered with so many rows, and with the reason where they cannot be", async () => {
    const { json } = await world.ask("select * from messages");
    assert.equal(json.rows.length, 10_000);
    assert.equal(json.truncated, true);
    const wrong = await world.ask("select nonsense from messages");
    assert.deepEqual([wrong.status, wrong.json.code], [400, 20001]);
    assert.match(wrong.json.message, /nonsense/);
    const write = await world.ask("drop view messages");
    assert.match(write.json.message, /only one SELECT/);
  });
});
