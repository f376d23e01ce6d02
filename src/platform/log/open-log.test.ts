import assert from "node:assert/strict";
import { test } from "node:test";
import { append, appendEach, DIRECTORY, openFixture, readAll, readTexts, seeded, settle } from "./log-fixture.ts";
import { LogError } from "./log-error.ts";
import { SimulatedFiles } from "./simulated-files.ts";
import type { LogRecord } from "./types.ts";

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `record ${i}`);

test("records come back in order with stable offsets, also after the log is opened again", async () => {
  const { log, files } = await openFixture();
  const offsets = await appendEach(log, ["one", "zwei ü", "three"]);
  assert.deepEqual(offsets, [0, 11, 26]);
  assert.equal(log.durableEnd, 39);
  const before = await readAll(log);
  assert.deepEqual(
    before.map((record) => record.next),
    [11, 26, 39],
  );
  await log.close();
  const again = await openFixture({}, files);
  assert.deepEqual(await readTexts(again.log), ["one", "zwei ü", "three"]);
  assert.deepEqual(await readTexts(again.log, 11), ["zwei ü", "three"]);
  assert.deepEqual(await readTexts(again.log, 39), []);
  assert.deepEqual(await appendEach(again.log, ["four"]), [39]);
  await again.log.close();
});

test("records that arrive together share a commit, and are told in order", async () => {
  const { log, files } = await openFixture();
  const told: number[] = [];
  const before = files.operations;
  for (let i = 0; i < 1_000; i += 1) log.append("new-work", Buffer.from([i & 0xff]), (_, offset) => told.push(offset));
  assert.equal(told.length, 0);
  await log.flush();
  assert.deepEqual(
    told,
    Array.from({ length: 1_000 }, (_, i) => i * 9),
  );
  assert.equal(files.operations - before, 2);
  assert.equal(log.status().commits, 1);
  await log.close();
});

test("segments join, reading crosses them, and retention removes whole ones", async () => {
  const { log, files } = await openFixture({ segmentOctets: 100 });
  const offsets = await appendEach(log, numbered(40));
  assert.ok(log.status().segments > 5);
  assert.deepEqual(await readTexts(log), numbered(40));
  await log.retain(offsets[20] as number);
  assert.ok(log.start > 0 && log.start <= (offsets[20] as number));
  const kept = await readTexts(log);
  assert.deepEqual(kept, numbered(40).slice(-kept.length));
  await assert.rejects(readTexts(log, 0), (error) => error instanceof LogError && error.kind === "gone");
  await log.retain(log.durableEnd);
  await log.close();
  const again = await openFixture({ segmentOctets: 100 }, files);
  assert.equal(again.log.durableEnd, log.durableEnd);
  assert.equal(again.log.start, log.start);
  await again.log.close();
});

test("a record larger than a read chunk is served", async () => {
  const { log } = await openFixture({ maxPendingOctets: 64 * 1024 * 1024 });
  const large = "x".repeat(1024 * 1024);
  await appendEach(log, ["small", large, "small again", large]);
  assert.deepEqual(await readTexts(log), ["small", large, "small again", large]);
  await log.close();
});

test("an empty record and one above the limit are refused and leave no trace", async () => {
  const { log } = await openFixture({ maxRecordOctets: 10 });
  const results = await Promise.all(["", "x".repeat(11), "üüüüüü", "x".repeat(10)].map((text) => append(log, text)));
  assert.deepEqual(
    results.map(({ error }) => error?.kind),
    ["too-large", "too-large", "too-large", undefined],
  );
  assert.deepEqual(await readTexts(log), ["x".repeat(10)]);
  await log.close();
});

test("what waits for the disk is bounded, for new work sooner than for progress", async () => {
  const { log } = await openFixture({ maxPendingOctets: 2_000 });
  const results = await Promise.all([
    ...Array.from({ length: 20 }, () => append(log, "x".repeat(92), "new-work")),
    ...Array.from({ length: 20 }, () => append(log, "x".repeat(92), "progress")),
  ]);
  const fates = results.map(({ error }) => error?.kind ?? "ok");
  assert.equal(fates.slice(0, 20).filter((fate) => fate === "ok").length, 10);
  assert.equal(fates.slice(20).filter((fate) => fate === "ok").length, 10);
  assert.ok(fates.every((fate) => fate === "ok" || fate === "overloaded"));
  assert.equal((await append(log, "there is room again", "new-work")).error, undefined);
  await log.close();
});

test("below the reserve new work is refused and progress is not, until space is back", async () => {
  const files = new SimulatedFiles(seeded(1));
  files.free = 1_000_100;
  const { log, clock } = await openFixture({ reserveOctets: 1_000_000 }, files);
  assert.equal((await append(log, "x".repeat(200), "new-work")).error, undefined);
  // The octets just written are counted before the file system is asked again.
  assert.equal((await append(log, "x", "new-work")).error?.kind, "disk-full");
  assert.equal((await append(log, "x", "progress")).error, undefined);
  assert.equal(log.status().acceptsNewWork, false);
  assert.equal(log.status().state, "open");
  files.free = 1_020_000;
  clock.advance(1_000);
  await settle();
  assert.equal((await append(log, "x", "new-work")).error?.kind, "disk-full");
  files.free = 2_000_000;
  clock.advance(1_000);
  await settle();
  assert.equal((await append(log, "x", "new-work")).error, undefined);
  await log.close();
});

for (const [name, fault] of [
  ["write", "ENOSPC"],
  ["write", "EIO"],
  ["sync", "EIO"],
  ["sync", "ENOSPC"],
] as const) {
  test(`after ${fault} in a ${name} the batch is undone, the log refuses, and works again after a probe`, async () => {
    const { log, files, clock } = await openFixture();
    await appendEach(log, ["kept"]);
    let failing = true;
    files.plan = (operation) => (failing && operation.name === name ? fault : undefined);
    const lost = await Promise.all(["lost 1", "lost 2"].map((text) => append(log, text)));
    for (const { error, offset } of lost) {
      assert.equal(error?.kind, fault === "ENOSPC" ? "disk-full" : "io");
      assert.equal(offset, -1);
    }
    assert.equal(log.status().state, "refusing");
    assert.match(log.status().reason ?? "", new RegExp(fault));
    assert.ok((await append(log, "refused at once")).error);
    clock.advance(100);
    await settle();
    assert.equal(log.status().state, "refusing");
    failing = false;
    clock.advance(200);
    await settle();
    assert.equal(log.status().state, "open");
    await appendEach(log, ["after"]);
    assert.deepEqual(await readTexts(log), ["kept", "after"]);
    await log.close();
    const again = await openFixture({}, files.afterPowerCut());
    assert.deepEqual(await readTexts(again.log), ["kept", "after"]);
    await again.log.close();
  });
}

test("a failed sync closes the segment where it was durable, even if it cannot be cut", async () => {
  const { log, files, clock } = await openFixture();
  await appendEach(log, ["kept"]);
  files.plan = ({ name }) => (name === "sync" || name === "truncate" ? "EIO" : undefined);
  assert.equal((await append(log, "cannot be undone")).error?.outcome, "unknown");
  files.plan = () => undefined;
  clock.advance(100);
  await settle();
  await appendEach(log, ["after"]);
  assert.equal(log.status().segments, 2);
  assert.deepEqual(await readTexts(log), ["kept", "after"]);
  const again = await openFixture({}, files.afterPowerCut());
  assert.deepEqual(await readTexts(again.log), ["kept", "after"]);
});

test("a failed first commit of a segment replaces its file", async () => {
  const { log, files, clock } = await openFixture();
  files.plan = ({ name }) => (name === "sync" ? "EIO" : undefined);
  assert.ok((await append(log, "lost")).error);
  files.plan = () => undefined;
  clock.advance(100);
  await settle();
  await appendEach(log, ["kept"]);
  assert.equal(log.status().segments, 1);
  const again = await openFixture({}, files.afterPowerCut());
  assert.deepEqual(await readTexts(again.log), ["kept"]);
});

test("followers get everything once and in order, from files and from memory, and slow ones hold nobody up", async () => {
  const { log } = await openFixture({ segmentOctets: 500 });
  await appendEach(log, numbered(50));
  const fast: string[] = [];
  const slow: string[] = [];
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const into = (list: string[]) => (records: readonly LogRecord[]) => {
    list.push(...records.map((record) => record.payload.toString()));
  };
  const fail = (error: Error): void => assert.fail(error);
  const first = log.follow(0, { onRecords: into(fast), onError: fail });
  const second = log.follow(0, {
    onRecords: async (records) => {
      await gate;
      into(slow)(records);
    },
    onError: fail,
  });
  for (const text of numbered(100).slice(50)) {
    await append(log, text);
    if (Number(text.slice(7)) % 3 === 0) await settle();
  }
  await settle();
  assert.deepEqual(fast, numbered(100));
  assert.equal(first.position, log.durableEnd);
  assert.deepEqual(slow, []);
  release();
  await settle();
  assert.deepEqual(slow, numbered(100));
  await Promise.all([first.close(), second.close()]);
  await append(log, "nobody follows");
  assert.equal(fast.length, 100);
  await log.close();
});

test("a follower whose listener throws, or whose records are gone, is told why and ends", async () => {
  const { log } = await openFixture({ segmentOctets: 50 });
  await appendEach(log, numbered(20));
  const errors: Error[] = [];
  const onError = (error: Error): void => void errors.push(error);
  log.follow(0, { onRecords: () => Promise.reject(new Error("no")), onError });
  await settle();
  await log.retain(log.durableEnd);
  log.follow(0, { onRecords: () => undefined, onError });
  await settle();
  assert.deepEqual(
    errors.map((error) => (error instanceof LogError ? error.kind : error.message)),
    ["no", "gone"],
  );
  await log.close();
});

test("a folder is open once", async () => {
  const { log, files } = await openFixture();
  await assert.rejects(openFixture({}, files), (error) => error instanceof LogError && error.kind === "in-use");
  await log.close();
  await (await openFixture({}, files)).log.close();
});

test("a flush waits for what was appended before it, however much is appended after it", async () => {
  const { log } = await openFixture();
  let told = 0;
  let flushed = false;
  const again = (): void => {
    log.append("progress", "x", () => {
      told += 1;
      if (!flushed) again();
    });
  };
  for (let i = 0; i < 10; i += 1) again();
  await log.flush();
  flushed = true;
  assert.ok(told >= 10 && told < 100, `${told} told`);
  await log.flush();
  await log.flush();
  await log.close();
});

test("a closed log refuses, and closing finishes what is pending", async () => {
  const { log } = await openFixture();
  const pending = append(log, "pending");
  await log.close();
  assert.equal((await pending).error, undefined);
  assert.equal((await append(log, "late")).error?.kind, "closed");
  assert.equal(log.status().state, "closed");
});

test("a missing segment is named, not skipped", async () => {
  const { log, files } = await openFixture({ segmentOctets: 50 });
  await appendEach(log, numbered(20));
  await log.close();
  const victim = files.paths().filter((path) => path.endsWith(".log"))[1] as string;
  await files.remove(victim);
  await assert.rejects(
    openFixture({}, files),
    (error) => error instanceof LogError && error.kind === "corrupt" && /do not join/.test(error.message),
  );
  assert.ok(victim.startsWith(DIRECTORY));
});
