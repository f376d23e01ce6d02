import assert from "node:assert/strict";
import { test } from "node:test";
import { appendEach, DIRECTORY, openFixture, readTexts } from "./log-fixture.ts";
import type { Fixture } from "./log-fixture.ts";
import type { Log } from "./types.ts";

async function readBack(log: Log): Promise<{ offset: number; text: string } | undefined> {
  const checkpoint = await log.readCheckpoint();
  if (checkpoint === undefined) return undefined;
  const chunks: string[] = [];
  for await (const chunk of checkpoint.chunks) chunks.push(chunk.toString());
  return { offset: checkpoint.offset, text: chunks.join("|") };
}

const checkpointPaths = ({ files }: Fixture): string[] => files.paths().filter((path) => path.endsWith(".checkpoint"));

test("a checkpoint comes back as it was written", async () => {
  const { log, files } = await openFixture();
  const [, offset = 0] = await appendEach(log, ["a", "b"]);
  assert.equal(await log.readCheckpoint(), undefined);
  await log.writeCheckpoint(offset, ["one\ntwo\nth", Buffer.from("ree\nfour ü")]);
  await log.close();
  const again = await openFixture({}, files.afterPowerCut());
  assert.deepEqual(await readBack(again.log), { offset, text: "one\ntwo\nth|ree\nfour ü" });
  assert.deepEqual(await readTexts(again.log, offset), ["b"]);
  await again.log.close();
});

test("chunks of all sizes survive, larger than the blocks they are read in too", async () => {
  const { log } = await openFixture();
  const MIB = 1024 * 1024;
  const sizes = [1, MIB - 36, MIB, 3 * MIB, 7, MIB - 28 - 8, 100, 0x1000];
  await log.writeCheckpoint(
    0,
    sizes.map((size, i) => Buffer.alloc(size, 65 + i)),
  );
  const checkpoint = await log.readCheckpoint();
  let i = 0;
  for await (const chunk of checkpoint?.chunks ?? []) {
    assert.ok(chunk.equals(Buffer.alloc(sizes[i] as number, 65 + i)));
    i += 1;
  }
  assert.equal(i, sizes.length);
  await log.writeCheckpoint(0, []);
  assert.deepEqual(await readBack(log), { offset: 0, text: "" });
  await log.close();
});

test("the last two are kept, and retention spares what the older one needs", async () => {
  const fixture = await openFixture({ segmentOctets: 50 });
  const { log } = fixture;
  const offsets = await appendEach(
    log,
    Array.from({ length: 20 }, (_, i) => `record ${i}`),
  );
  for (const i of [5, 10, 15]) await log.writeCheckpoint(offsets[i] as number, [`state ${i}`]);
  assert.equal(checkpointPaths(fixture).length, 2);
  await log.retain(log.durableEnd);
  assert.ok(log.start <= (offsets[10] as number) && log.start > (offsets[5] as number));
  await log.close();
});

test("any flipped bit in the newest makes the one before it count", async () => {
  const fixture = await openFixture();
  const [, offset = 0] = await appendEach(fixture.log, ["a", "b"]);
  await fixture.log.writeCheckpoint(0, ["old"]);
  await fixture.log.writeCheckpoint(offset, ["new", "er"]);
  const path = checkpointPaths(fixture)[1] as string;
  const content = fixture.files.content(path);
  for (let at = 0; at < content.length; at += 1) {
    content[at] = (content[at] as number) ^ (1 << (at % 8));
    assert.deepEqual(await readBack(fixture.log), { offset: 0, text: "old" }, `octet ${at}`);
    content[at] = (content[at] as number) ^ (1 << (at % 8));
  }
  for (const cut of [0, 10, content.length - 1]) {
    fixture.files.put(path, content.subarray(0, cut));
    assert.equal((await readBack(fixture.log))?.text, "old");
  }
  fixture.files.put(path, Buffer.concat([content, Buffer.from("x")]));
  assert.equal((await readBack(fixture.log))?.text, "old");
  assert.ok(fixture.logger.events.includes("log.checkpoint-damaged"));
  await fixture.log.close();
});

test("one that cannot be written, or whose source fails, leaves the last one and the log as they were", async () => {
  const fixture = await openFixture();
  const { log, files } = fixture;
  await appendEach(log, ["a"]);
  await log.writeCheckpoint(0, ["good"]);
  files.plan = ({ name, path }) => (name === "write" && path.includes(".checkpoint") ? "ENOSPC" : undefined);
  await assert.rejects(log.writeCheckpoint(log.durableEnd, ["x"]), { name: "LogError", kind: "disk-full" });
  files.plan = () => undefined;
  const failing = function* (): Generator<string> {
    yield "x";
    throw new Error("no more");
  };
  await assert.rejects(log.writeCheckpoint(log.durableEnd, failing()), /no more/);
  assert.deepEqual(await readBack(log), { offset: 0, text: "good" });
  assert.equal(log.status().state, "open");
  assert.ok(!files.paths().some((path) => path.startsWith(`${DIRECTORY}/`) && path.endsWith(".new")));
  await log.close();
});

test("a power cut at any operation of a checkpoint leaves the old or the new one", async () => {
  for (let crashAt = 1; crashAt < 40; crashAt += 1) {
    const { log, files } = await openFixture();
    await appendEach(log, ["a", "b"]);
    await log.writeCheckpoint(0, ["old"]);
    await log.writeCheckpoint(9, ["old too"]);
    const first = files.operations;
    files.plan = ({ number }) => (number === first + crashAt ? "crash" : undefined);
    const written = await log.writeCheckpoint(log.durableEnd, ["new", "est"]).then(
      () => true,
      () => false,
    );
    if (written) assert.ok(crashAt > 5);
    const after = await openFixture({}, files.afterPowerCut());
    const text = (await readBack(after.log))?.text;
    assert.ok(text === "new|est" || (!written && text === "old too"), `crash at ${crashAt} left ${text}`);
    await after.log.close();
    if (written) return;
  }
  assert.fail("the checkpoint is never written");
});
