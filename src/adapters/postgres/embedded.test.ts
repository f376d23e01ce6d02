import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import type { TestContext } from "node:test";
import { startEmbeddedPostgres } from "./embedded.ts";
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from "./embedded.ts";
import { openDatabase } from "./pool.ts";
import { isRunning, waitUntil } from "./processes.ts";

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-embedded-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
  return folder;
}

async function start(t: TestContext, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ durability: "throwaway", ...options });
  t.after(() => postgres.stop());
  return postgres;
}

async function query(postgres: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const database = openDatabase({ url: await postgres.database("notes"), poolSize: 1 });
  try {
    return await database.query(sql);
  } finally {
    await database.close();
  }
}

/** Starts a server in a process of its own and kills that process; resolves to the server's process id. */
async function leaveBehind(folder: string, extra = ""): Promise<number> {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL("./embedded.js", import.meta.url).href)};
    const postgres = await startEmbeddedPostgres({ folder: ${JSON.stringify(folder)}, durability: "throwaway", ${extra} });
    console.log(postgres.pid);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  child.kill("SIGKILL");
  await once(child, "exit");
  return Number(line.toString());
}

it("creates a cluster once, goes on where it was, and keeps its secrets to itself", async (t) => {
  const folder = await temporaryFolder(t);
  const lines: string[] = [];
  const first = await start(t, { folder, durability: "durable", onProgress: (line) => lines.push(line) });
  assert.match(lines[0] ?? "", /^Creating the database \(PostgreSQL 18/);
  await query(first, "create table kept as select 1 as id");
  assert.deepEqual(
    await query(
      first,
      "select current_setting('listen_addresses') as addresses, current_setting('fsync') as fsync, current_setting('data_checksums') as sums, current_setting('server_encoding') as encoding",
    ),
    [{ addresses: "", fsync: "on", sums: "on", encoding: "UTF8" }],
  );
  await first.stop();
  await first.stop();
  assert.equal(await isRunning(first.pid), false);
  const second = await start(t, { folder, durability: "durable", onProgress: (line) => lines.push(line) });
  assert.equal(lines.length, 3);
  assert.deepEqual(await query(second, "select id from kept"), [{ id: 1 }]);
  assert.equal((await stat(join(folder, "password"))).mode & 0o777, 0o600);
  assert.equal((await stat(join(folder, "data"))).mode & 0o777, 0o700);
});

it("refuses a second start on the same folder with a sentence that names the process", async (t) => {
  const folder = await temporaryFolder(t);
  await start(t, { folder });
  await assert.rejects(() => startEmbeddedPostgres({ folder }), new RegExp(`in use by process ${process.pid}`));
});

it("takes over the server of a killed process when its settings are the same, and replaces it when not", async (t) => {
  const folder = await temporaryFolder(t);
  const left = await leaveBehind(folder);
  const same = await start(t, { folder });
  assert.equal(same.pid, left);
  assert.deepEqual(await query(same, "select 1 as one"), [{ one: 1 }]);
  await same.stop();
  assert.equal(await isRunning(left), false);
  const leftAgain = await leaveBehind(folder);
  const other = await start(t, { folder, durability: "durable" });
  assert.notEqual(other.pid, leftAgain);
  assert.equal(await isRunning(leftAgain), false);
});

it("recovers from a server that was killed, and is not misled by a lock with somebody else's process id", async (t) => {
  const folder = await temporaryFolder(t);
  const first = await start(t, { folder, durability: "durable" });
  await query(first, "create table kept as select 1 as id");
  process.kill(first.pid, "SIGKILL");
  await waitUntil(async () => !(await isRunning(first.pid)), 5_000);
  await first.stop();
  const lock = await readFile(join(folder, "data", "postmaster.pid"), "utf8");
  await writeFile(join(folder, "data", "postmaster.pid"), lock.replace(/^\d+/, String(process.pid)));
  const second = await start(t, { folder, durability: "durable" });
  assert.deepEqual(await query(second, "select id from kept"), [{ id: 1 }]);
});

it("reports a server that ends by itself, but not one that was stopped", async (t) => {
  const folder = await temporaryFolder(t);
  const reasons: string[] = [];
  const lost = new Promise<void>((resolve) => {
    void start(t, { folder, onUnexpectedExit: (reason) => (reasons.push(reason), resolve()) }).then((postgres) =>
      process.kill(postgres.pid, "SIGKILL"),
    );
  });
  // The promise of the server's end does not keep a process alive by itself.
  const alive = setInterval(() => {}, 1_000);
  await lost;
  clearInterval(alive);
  assert.deepEqual(reasons, ["ended by SIGKILL"]);
});

it("starts over after a creation that was cut short", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "data.unfinished"));
  await writeFile(join(folder, "data.unfinished", "PG_VERSION"), "18\n");
  const postgres = await start(t, { folder });
  assert.deepEqual(await query(postgres, "select 1 as one"), [{ one: 1 }]);
});

it("works in a folder that nobody else may enter and whose path is too long for a socket", async (t) => {
  const closed = await temporaryFolder(t);
  const folder = join(closed, "long-".repeat(20), "database");
  const postgres = await start(t, { folder });
  assert.deepEqual(await query(postgres, "select 1 as one"), [{ one: 1 }]);
});

it("says so when the data is of another version of PostgreSQL", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "data"));
  await writeFile(join(folder, "data", "PG_VERSION"), "12\n");
  await assert.rejects(() => startEmbeddedPostgres({ folder }), /made by PostgreSQL 12, and this program brings 18/);
});

it("shows what the server said when it does not start", async (t) => {
  const folder = await temporaryFolder(t);
  await (await start(t, { folder })).stop();
  await writeFile(join(folder, "data", "postgresql.auto.conf"), "nonsense = 1\n");
  await assert.rejects(() => startEmbeddedPostgres({ folder, durability: "throwaway" }), /did not start: .*nonsense/s);
});

it("leaves nothing behind when it is to go with its process, even if that is killed", async (t) => {
  const folder = join(await temporaryFolder(t), "database");
  const pid = await leaveBehind(folder, "removeAtExit: true");
  const gone = async (): Promise<boolean> =>
    !(await isRunning(pid)) &&
    access(folder).then(
      () => false,
      () => true,
    );
  assert.ok(await waitUntil(gone, 10_000));
});
