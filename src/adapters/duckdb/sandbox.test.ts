/** Hostile questions. Whoever may ask is the operator; this is for the day on which somebody else can. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { EventAnswer, EventFile, EventFiles } from "../../platform/event-files/index.ts";
import { openEventFiles } from "./index.ts";

const START_MS = Date.UTC(2025, 10, 21, 13);
const FILE = "20251121T130000Z/0-0.parquet";
const COLUMNS = [{ name: "sid", kind: "text" }] as const;

describe("a hostile question", () => {
  let folder = "";
  let secret = "";
  let files: EventFiles;
  let file: EventFile;
  let server: Server;
  let connections = 0;
  let url = "";

  const ask = (sql: string, timeoutMs = 20_000): Promise<EventAnswer> =>
    files.ask({ sql, files: [file], recent: [], maxRows: 100, maxOctets: 100_000, timeoutMs });
  const refused = async (sql: string, reason?: RegExp): Promise<void> => {
    const answer = await ask(sql);
    assert.equal(answer.kind, "refused", `${sql}: ${JSON.stringify(answer)}`);
    if (reason !== undefined) assert.match((answer as { reason: string }).reason, reason, sql);
  };
  const works = async (): Promise<void> => {
    const answer = await ask("select count(*) from messages");
    assert.equal(answer.kind === "rows" && Buffer.from(answer.rows).toString(), "[[3]]", JSON.stringify(answer));
  };

  before(async () => {
    const base = await mkdtemp(join(tmpdir(), "trunkline-sandbox-"));
    folder = join(base, "events");
    secret = join(base, "secret.csv");
    await writeFile(secret, "secret\nhunter2\n");
    files = await openEventFiles({ folder, columns: COLUMNS });
    file = await files.write({ startMs: START_MS, from: 0, to: 0 }, [Buffer.from('["SM1"]\n["SM2"]\n["SM3"]\n')]);
    await files.write({ startMs: START_MS, from: 1, to: 1 }, [Buffer.from('["SM4"]\n')]);
    await writeFile(join(folder, "notes.csv"), "a\n1\n");
    server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/x.parquet`;
  });
  after(async () => {
    await files.close();
    await new Promise((resolve) => server.close(resolve));
    await rm(join(folder, ".."), { recursive: true, force: true });
  });

  it("reads no file but those of the events that it was given", async () => {
    for (const from of [
      `read_csv('${secret}')`,
      `read_text('${secret}')`,
      `read_blob('/proc/self/environ')`,
      `read_json('${secret}')`,
      `sniff_csv('${secret}')`,
      `'${secret}'`,
      `"${secret}"`,
      "read_csv('../secret.csv')",
      "read_csv('20251121T130000Z/../../secret.csv')",
      "read_csv('notes.csv')",
      "read_csv('/etc/passwd')",
      "read_csv('file:///etc/passwd')",
      "read_parquet('20251121T130000Z/1-1.parquet')",
      "read_parquet('20251121T130000Z/*.parquet')",
      "glob('/etc/*')",
      "glob('*')",
      `query('from read_text(''${secret}'')')`,
      "query_table('/etc/passwd')",
      "read_duckdb('x.db')",
    ]) {
      await refused(`select * from ${from}`);
    }
    await works();
  });

  it("writes nothing", async () => {
    const before = await readdir(folder, { recursive: true });
    const content = await readFile(join(folder, FILE));
    for (const sql of [
      `copy messages to '${FILE}'`,
      "copy (select 1) to 'x.csv'",
      "export database 'x'",
      "create table t (a int)",
      "create view v as select 1",
      "insert into recent_messages values ('SM9')",
      "drop view messages",
      "select 1 into outfile 'x'",
      "with x as (insert into recent_messages values ('SM9') returning *) select * from x",
      "attach 'x.db'",
      "attach ':memory:' as other",
      "pragma profiling_output = 'x'",
    ]) {
      await refused(sql);
    }
    // These begin like a question; what they switch on has no file to write to.
    for (const sql of [
      "select * from enable_logging('QueryLog', storage = 'file', storage_path = 'x')",
      "select * from enable_profiling(format := 'json', save_location := 'x.json')",
      "select write_log('x')",
      "select * from force_checkpoint()",
    ]) {
      await ask(sql);
    }
    assert.deepEqual(await readdir(folder, { recursive: true }), before);
    assert.deepEqual(await readFile(join(folder, FILE)), content);
    await works();
  });

  it("loads no code, reaches no network and learns nothing of the process", async () => {
    for (const sql of [
      "install httpfs",
      "load httpfs",
      "force install httpfs from community",
      "load 'x.duckdb_extension'",
      `select * from read_parquet('${url}')`,
      `select * from read_csv('${url}')`,
      `select * from '${url}'`,
      "select getenv('HOME')",
      "call duckdb_settings()",
      "create secret (type s3)",
    ]) {
      await refused(sql);
    }
    assert.equal(connections, 0);
    const view = await ask("select sql from duckdb_views() where view_name = 'messages'");
    assert.ok(view.kind === "rows" && !Buffer.from(view.rows).toString().includes(folder));
    await works();
  });

  it("is one SELECT and changes no setting", async () => {
    const only = /only one SELECT/;
    for (const sql of [
      "select 1; select 2",
      "select 1; drop view messages",
      "set threads = 8",
      "reset lock_configuration",
      "pragma database_size",
      "/* x */ pragma table_info('messages')",
      "explain analyze select 1",
      "prepare p as select 1",
      "begin",
      "checkpoint",
      "vacuum",
      "use memory",
      "",
      ";",
      "-- nothing",
    ]) {
      await refused(sql, only);
    }
    await refused("select * from messages where sid = ?");
    await refused("selec 1");
    await refused("select * from nowhere", /nowhere/);
    await refused("set enable_external_access = true");
    for (const sql of [
      "(select 1)",
      "-- why\nselect 1;",
      "with a as (select 1) from a",
      "values (1)",
      "describe messages",
    ]) {
      assert.equal((await ask(sql)).kind, "rows", sql);
    }
  });

  it("is interrupted when its time is over", async () => {
    for (const sql of [
      "select count(*) from range(1000000000000) a, range(1000000) b",
      "with recursive r as (select 1 as n union all select n + 1 from r) select count(*) from r",
      "select a.sid from messages a, messages b, range(100000000000) c where hash(c.range) = 1",
    ]) {
      assert.deepEqual(await ask(sql, 200), { kind: "too-long" }, sql);
    }
    await works();
  });

  it("gets no more memory than it is given", async () => {
    for (const sql of [
      "select array_agg(a) from range(1000000000) t(a)",
      "select length(repeat('x', 4000000000))",
      "select length(string_agg(repeat('x', 100000), '')) from range(1000000)",
      "select count(*) from (select range a, random() b from range(1000000000) order by b) limit 1",
    ]) {
      const { kind } = await ask(sql);
      assert.ok(kind === "too-large" || kind === "too-long", `${sql}: ${kind}`);
    }
    await works();
  });
});
