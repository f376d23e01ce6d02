import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { appendEach, EventLogger, HandClock, readTexts, seeded } from "./log-fixture.ts";
import { lockDirectory } from "./lock.ts";
import { openLog } from "./open-log.ts";
import type { Log, LogOptions } from "./types.ts";

const SEED = Number(process.env["SEED"] ?? 4711);
const KILLS = 10;
let directory = "";

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "trunkline-log-"));
});

after(async () => {
  await rm(directory, { recursive: true, force: true });
});

function open(name: string, options: Partial<LogOptions> = {}): Promise<Log> {
  const logger = new EventLogger();
  return openLog({ directory: join(directory, name), logger, clock: new HandClock(), reserveOctets: 0, ...options });
}

test("a log on a real disk keeps records and checkpoints, and cuts a torn tail", async () => {
  const log = await open("real", { segmentOctets: 200 });
  const texts = Array.from({ length: 30 }, (_, i) => `record ${i}`);
  await appendEach(log, texts);
  await log.writeCheckpoint(log.durableEnd, ["state"]);
  await log.close();
  const folder = join(directory, "real");
  const newest =
    (await readdir(folder))
      .filter((name) => name.endsWith(".log"))
      .sort()
      .at(-1) ?? "";
  await writeFile(join(folder, newest), Buffer.from("torn"), { flag: "a" });
  const again = await open("real");
  assert.deepEqual(await readTexts(again), texts);
  assert.equal((await again.readCheckpoint())?.offset, again.durableEnd);
  assert.ok((again.status().freeOctets ?? 0) > 0);
  await again.retain(again.durableEnd);
  await again.close();
  assert.ok(!(await readdir(folder)).includes("lock"));
});

test("a second opening is told who has the log, and a lock whose process is gone is taken over", async () => {
  const log = await open("locked");
  await assert.rejects(open("locked"), { kind: "in-use", message: new RegExp(`already in use by pid ${process.pid}`) });
  const path = join(directory, "locked", "lock");
  const holder = JSON.parse(await readFile(path, "utf8")) as { pid: number; start: string };
  await log.close();
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  const stale = [
    JSON.stringify({ ...holder, pid: child.pid }),
    // This process's number in an earlier boot, or used by an earlier process, and what a full disk leaves.
    JSON.stringify({ ...holder, boot: "another" }),
    JSON.stringify({ ...holder, start: "1" }),
    "",
  ];
  for (const text of process.platform === "linux" ? stale : [stale[0] as string, ""]) {
    await writeFile(path, text);
    const release = await lockDirectory(path);
    await assert.rejects(lockDirectory(path), { kind: "in-use" });
    await release();
  }
  assert.deepEqual(
    (await readdir(join(directory, "locked"))).filter((name) => name.startsWith("lock")),
    [],
  );
});

test(`a process killed ${KILLS} times while appending loses nothing it was told is durable (seed ${SEED})`, async (t) => {
  const random = seeded(SEED);
  const script = fileURLToPath(new URL("./log-fixture-child.js", import.meta.url));
  const told: number[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = spawn(process.execPath, [script, join(directory, "killed")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    const enough = 200 + Math.floor(random() * 3_000);
    child.stdout.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
      if (text.length > enough) child.kill("SIGKILL");
    });
    const [, signal] = (await once(child, "close")) as [number | null, string | null];
    assert.equal(signal, "SIGKILL");
    // The last line may be cut by the kill.
    for (const line of text.split("\n").slice(0, -1)) told.push(Number(line));
  }
  const log = await open("killed");
  const stored = (await readTexts(log)).map((payload) => Number.parseInt(payload, 10));
  assert.ok(
    stored.every((number, i) => number === i),
    "every number is there once, in order",
  );
  assert.ok(
    told.every((number) => number < stored.length),
    "what was told durable is there",
  );
  assert.ok(told.length > KILLS * 20);
  t.diagnostic(`${told.length} records told durable, ${stored.length} stored`);
  await log.close();
});
