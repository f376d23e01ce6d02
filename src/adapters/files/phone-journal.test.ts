import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import type { TestContext } from "node:test";
import type { Logger } from "../../platform/ports.ts";
import { openPhoneJournal } from "./phone-journal.ts";
import type { PhoneJournal } from "./phone-journal.ts";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

async function pathFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-phones-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "deep", "phones.jsonl");
}

async function read(journal: PhoneJournal): Promise<unknown[]> {
  const entries: unknown[] = [];
  await journal.load((entry) => entries.push(entry));
  return entries;
}

it("gives back what was appended, in order", async (t) => {
  const path = await pathFor(t);
  const first = await openPhoneJournal(path, silent);
  assert.deepEqual(await read(first), []);
  for (let n = 0; n < 500; n += 1) first.append({ n, text: "ü\n" });
  await first.close();
  const second = await openPhoneJournal(path, silent);
  assert.deepEqual(
    await read(second),
    Array.from({ length: 500 }, (_, n) => ({ n, text: "ü\n" })),
  );
  assert.equal(second.entryCount, 500);
  await second.close();
});

it("skips a line that a crash cut off, and goes on after it", async (t) => {
  const path = await pathFor(t);
  const first = await openPhoneJournal(path, silent);
  first.append({ n: 1 });
  await first.close();
  await appendFile(path, '{"n":2,"te');
  const second = await openPhoneJournal(path, silent);
  assert.deepEqual(await read(second), [{ n: 1 }]);
  second.append({ n: 3 });
  await second.close();
  const third = await openPhoneJournal(path, silent);
  assert.deepEqual(await read(third), [{ n: 1 }, { n: 3 }]);
  await third.close();
});

it("compacts to the given entries and keeps what is appended meanwhile after them", async (t) => {
  const path = await pathFor(t);
  const journal = await openPhoneJournal(path, silent);
  for (let n = 0; n < 10_000; n += 1) journal.append({ n });
  function* snapshot(): Generator<object> {
    for (let n = 0; n < 5_000; n += 1) {
      if (n % 1_000 === 0) journal.append({ meanwhile: n });
      yield { kept: n };
    }
  }
  const done = journal.compact(snapshot());
  journal.append({ after: true });
  await done;
  journal.append({ last: true });
  assert.equal(journal.entryCount, 5_000 + 5 + 1 + 1);
  await journal.close();
  const again = await openPhoneJournal(path, silent);
  const entries = await read(again);
  await again.close();
  assert.deepEqual(
    entries.slice(0, 5_000),
    Array.from({ length: 5_000 }, (_, n) => ({ kept: n })),
  );
  assert.deepEqual(
    new Set(entries.slice(5_000).map((entry) => JSON.stringify(entry))),
    new Set(
      [0, 1_000, 2_000, 3_000, 4_000]
        .map((n) => JSON.stringify({ meanwhile: n }))
        .concat('{"after":true}', '{"last":true}'),
    ),
  );
  assert.deepEqual(entries.at(-1), { last: true });
  assert.equal((await stat(path)).mode & 0o077, 0);
});

it("keeps the file as it was when the entries of a compaction cannot be had", async (t) => {
  const path = await pathFor(t);
  const journal = await openPhoneJournal(path, silent);
  journal.append({ n: 1 });
  function* broken(): Generator<object> {
    yield { never: 1 };
    throw new Error("no more");
  }
  await journal.compact(broken());
  journal.append({ n: 2 });
  await journal.close();
  assert.equal(await readFile(path, "utf8"), '{"n":1}\n{"n":2}\n');
});
