import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32c } from "../../protocols/crc32c/index.ts";
import { appendEach, DIRECTORY, openFixture, readAll, readTexts, seeded } from "./log-fixture.ts";
import { LogError } from "./log-error.ts";
import type { SimulatedFiles } from "./simulated-files.ts";

const TEXTS = ["first record", "second", "third, a little longer", "fourth", "fifth and last"];

/** A closed or crashed log of a few records in segments, and the files it left. */
async function written(segmentOctets: number, orderly: boolean): Promise<{ files: SimulatedFiles; paths: string[] }> {
  const { log, files } = await openFixture({ segmentOctets });
  await appendEach(log, TEXTS);
  if (orderly) await log.close();
  const left = files.afterPowerCut();
  return { files: left, paths: left.paths().filter((path) => path.endsWith(".log")) };
}

function flipped(files: SimulatedFiles, path: string, at: number): SimulatedFiles {
  const copy = files.afterPowerCut();
  const content = Buffer.from(copy.content(path));
  content[at] = (content[at] as number) ^ (1 << (at % 8));
  copy.put(path, content);
  return copy;
}

test("a flipped bit anywhere keeps an orderly closed log from opening, or is met when it is read, and is never served", async () => {
  for (const segmentOctets of [1_000_000, 70]) {
    const { files, paths } = await written(segmentOctets, true);
    let atOpening = 0;
    let atReading = 0;
    for (const path of paths) {
      for (let at = 0; at < files.content(path).length; at += 1) {
        try {
          const { log } = await openFixture({ segmentOctets }, flipped(files, path, at));
          await assert.rejects(readTexts(log), (error) => {
            assert.ok(error instanceof LogError && error.kind === "corrupt" && error.offset !== undefined);
            assert.ok(path.endsWith(error.file ?? "nothing"));
            return true;
          });
          atReading += 1;
        } catch (error) {
          assert.ok(error instanceof LogError && error.kind === "corrupt", String(error));
          assert.ok(error.offset !== undefined);
          atOpening += 1;
        }
      }
    }
    assert.ok(atOpening > 0);
    assert.equal(atReading > 0, segmentOctets === 70);
  }
});

test("after a crash only damage in the very last record can pass for an unfinished write", async () => {
  const { files, paths } = await written(1_000_000, false);
  const path = paths[0] as string;
  const content = files.content(path);
  const last = content.length - 8 - (TEXTS.at(-1) as string).length;
  for (let at = 0; at < content.length; at += 1) {
    const opening = openFixture({}, flipped(files, path, at));
    if (at < last) {
      await assert.rejects(opening, { name: "LogError", kind: "corrupt" });
    } else {
      const { log, logger } = await opening;
      assert.deepEqual(await readTexts(log), TEXTS.slice(0, -1));
      assert.ok(logger.events.includes("log.torn-tail-removed"));
      await log.close();
    }
  }
});

test("a tail cut anywhere leaves the whole records before it", async () => {
  const { files, paths } = await written(1_000_000, false);
  const path = paths[0] as string;
  const whole = Buffer.from(files.content(path));
  for (let length = 36; length < whole.length; length += 1) {
    for (const filler of [0, 20]) {
      const copy = files.afterPowerCut();
      copy.put(path, Buffer.concat([whole.subarray(0, length), Buffer.alloc(filler)]));
      const { log } = await openFixture({}, copy);
      const texts = await readTexts(log);
      assert.deepEqual(texts, TEXTS.slice(0, texts.length));
      const [offset] = await appendEach(log, ["goes on"]);
      assert.equal((await readAll(log)).at(-1)?.offset, offset);
      await log.close();
    }
  }
});

test("a bit that flips while the log is open is met by the reader and by a follower", async () => {
  const { log, files } = await openFixture();
  const offsets = await appendEach(log, TEXTS);
  const content = files.content(`${DIRECTORY}/0000000000000000.log`);
  content[36 + (offsets[2] as number) + 12] = 0;
  const seen: string[] = [];
  const reading = async (): Promise<void> => {
    for await (const batch of log.read(0)) seen.push(...batch.map((record) => record.payload.toString()));
  };
  await assert.rejects(reading(), { kind: "corrupt", offset: offsets[2], file: "0000000000000000.log" });
  assert.deepEqual(seen, TEXTS.slice(0, 2));
  const error = await new Promise<Error>((onError) => log.follow(0, { onRecords: () => undefined, onError }));
  assert.ok(error instanceof LogError && error.kind === "corrupt");
  await log.close();
});

test("a repair takes out what is damaged, keeps it aside, and uses no offset again", async () => {
  const random = seeded(7);
  for (let round = 0; round < 60; round += 1) {
    const segmentOctets = round % 2 === 0 ? 1_000_000 : 70;
    const { files, paths } = await written(segmentOctets, true);
    let copy = files;
    for (let flips = 0; flips < 1 + (round % 3); flips += 1) {
      const path = paths[Math.floor(random() * paths.length)] as string;
      copy = flipped(copy, path, Math.floor(random() * files.content(path).length));
    }
    const { log } = await openFixture({ segmentOctets, repair: true }, copy);
    const records = await readAll(log);
    const texts = records.map((record) => record.payload.toString());
    assert.deepEqual(
      texts,
      TEXTS.filter((text) => texts.includes(text)),
      `round ${round}`,
    );
    assert.ok(texts.length >= 2, `round ${round} kept ${texts.length}`);
    const [offset = 0] = await appendEach(log, ["after"]);
    const end = TEXTS.reduce((sum, text) => sum + 8 + text.length, 0);
    assert.ok(offset >= end, `round ${round}: ${offset}`);
    await log.close();
    const again = await openFixture({ segmentOctets }, copy.afterPowerCut());
    assert.deepEqual(await readTexts(again.log), [...texts, "after"]);
    assert.deepEqual(await readTexts(again.log, end), ["after"]);
    await again.log.close();
  }
});

test("a log of a later format is not touched, even to repair it", async () => {
  const { files, paths } = await written(1_000_000, true);
  const path = paths[0] as string;
  const content = Buffer.from(files.content(path));
  content.writeUInt32LE(2, 8);
  content.writeUInt32LE(crc32c(content, 0, 32), 32);
  files.put(path, content);
  await assert.rejects(openFixture({ repair: true }, files), /version 2/);
  assert.ok(files.content(path).equals(content));
});
