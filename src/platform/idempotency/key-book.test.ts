import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seeded, seedOf } from "../../../test/kit/memory-log.ts";
import type { ApplyContext, CellRecord, StateTable } from "../cell/index.ts";
import { KeyBook } from "./key-book.ts";

const ONE = `AC${"1".repeat(32)}`;
const TWO = `AC${"2".repeat(32)}`;
const DAY_MS = 86_400_000;

/** A book that is told of records at a time of its own. */
class Told {
  readonly book: KeyBook;
  atMs = 0;
  isLive = true;

  constructor(limits: ConstructorParameters<typeof KeyBook>[0] = {}) {
    this.book = new KeyBook(limits);
  }

  tell(record: CellRecord & Record<string, unknown>): void {
    const context: ApplyContext = {
      offset: 0,
      atMs: this.atMs,
      effect: (run) => (this.isLive ? run() : undefined),
      emit: () => undefined,
    };
    this.book.machine.reducers[record.kind]?.(record, context);
  }

  begin(key: string, accountSid = ONE): void {
    this.tell({ kind: "idempotency.begun", accountSid, key, fingerprint: "f" });
  }

  claim(key: string, made: string, accountSid = ONE): void {
    this.tell({ kind: "idempotency.claimed", accountSid, key, fingerprint: "f", made });
  }

  answer(key: string, answer: string, accountSid = ONE): void {
    this.tell({ kind: "idempotency.answered", accountSid, key, answer });
  }

  release(key: string, accountSid = ONE): void {
    this.tell({ kind: "idempotency.released", accountSid, key });
  }

  find(key: string, accountSid = ONE): ReturnType<KeyBook["find"]> {
    return this.book.find(accountSid, key, this.atMs);
  }

  get table(): StateTable<object> {
    return this.book.machine.tables[0] as unknown as StateTable<object>;
  }

  /** Another book as a checkpoint of this one would make it, read in an order of its own. */
  restored(limits: ConstructorParameters<typeof KeyBook>[0], random: () => number): Told {
    const other = new Told(limits);
    other.atMs = this.atMs;
    const entries = [...this.table.keys()].map((key) => [key, random()] as const).toSorted((a, b) => a[1] - b[1]);
    for (const [key] of entries) other.table.restore([key, 0, JSON.parse(JSON.stringify(this.table.get(key)))]);
    other.table.finishRestore(0);
    other.book.machine.restored?.();
    return other;
  }
}

describe("the book of keys", () => {
  it("knows a key by its account, from its beginning to its answer", () => {
    const told = new Told();
    told.begin("k");
    assert.deepEqual([told.find("k")?.fingerprint, told.find("k")?.answer], ["f", undefined]);
    assert.equal(told.find("k", TWO), undefined);
    told.answer("k", "sealed");
    assert.equal(told.find("k")?.answer, "sealed");
    told.release("k");
    told.answer("k", "another");
    told.claim("k", "SM1");
    assert.deepEqual([told.find("k")?.answer, told.find("k")?.made], ["sealed", undefined], "what is known stays");
  });

  it("forgets what was refused", () => {
    const told = new Told();
    told.begin("k");
    told.release("k");
    assert.equal(told.find("k"), undefined);
    assert.equal(told.book.status().keys, 0);
  });

  it("keeps a key for a day, and takes it anew after", () => {
    const told = new Told();
    told.claim("k", "SM1");
    told.atMs = DAY_MS - 1;
    assert.equal(told.find("k")?.made, "SM1");
    told.atMs = DAY_MS;
    assert.equal(told.find("k"), undefined);
    told.claim("k", "SM2");
    assert.equal(told.find("k")?.made, "SM2");
    assert.deepEqual(told.book.status(), { keys: 1, answerCharacters: 0, forgottenEarly: 0 });
  });

  it("sweeps out what is over as others come", () => {
    const told = new Told();
    for (let i = 0; i < 500; i += 1) told.claim(`k${i}`, "SM1");
    told.atMs = DAY_MS;
    for (let i = 0; i < 5; i += 1) told.claim(`l${i}`, "SM1", TWO);
    assert.equal(told.book.status().keys, 5);
  });

  it("forgets an account's oldest where it has too many, but refuses before it forgets the newest", () => {
    const told = new Told({ maxKeysOfAccount: 3, sureMs: 1_000 });
    for (const key of ["a", "b", "c"]) told.claim(key, key);
    told.claim("x", "x", TWO);
    assert.deepEqual([told.book.hasRoom(ONE, 999), told.book.hasRoom(TWO, 999)], [false, true]);
    told.atMs = 1_000;
    assert.equal(told.book.hasRoom(ONE, 1_000), true);
    told.claim("d", "d");
    assert.deepEqual(
      ["a", "b", "c", "d"].map((key) => told.find(key)?.made),
      [undefined, "b", "c", "d"],
    );
    assert.equal(told.find("x", TWO)?.made, "x");
    assert.equal(told.book.status().forgottenEarly, 1);
  });

  it("takes room in a full cell from the account that has much of it", () => {
    const told = new Told({ maxKeys: 6, fairShare: 2 });
    told.claim("x", "x", TWO);
    for (const key of ["a", "b", "c", "d", "e"]) told.claim(key, key);
    told.claim("f", "f");
    assert.deepEqual([told.find("x", TWO)?.made, told.find("a")], ["x", undefined]);
    told.claim("y", "y", TWO);
    assert.deepEqual(
      [told.find("x", TWO), told.find("b")?.made],
      [undefined, "b"],
      "a small one takes from the oldest",
    );
  });

  it("drops the oldest answers where they are too long, and says that they were given", () => {
    const told = new Told({ maxAnswersOfAccount: 10, maxAnswers: 15 });
    for (const key of ["a", "b", "c"]) {
      told.begin(key);
      told.answer(key, "12345");
    }
    assert.deepEqual(
      ["a", "b", "c"].map((key) => told.find(key)?.answer),
      ["", "12345", "12345"],
    );
    told.begin("x", TWO);
    told.answer("x", "1234567", TWO);
    assert.equal(told.find("x", TWO)?.answer, "", "others keep theirs");
    assert.equal(told.book.status().answerCharacters, 10);
  });

  it("gives the keys of an account to another cell", () => {
    const told = new Told();
    told.claim("a", "SM1");
    told.begin("b");
    told.answer("b", "sealed");
    told.begin("c");
    told.claim("x", "SM2", TWO);
    const rows = told.book.rowsOf(ONE);
    assert.deepEqual(rows, [
      { key: "a", sinceMs: 0, fingerprint: "f", made: "SM1" },
      { key: "b", sinceMs: 0, fingerprint: "f", answer: "sealed" },
      { key: "c", sinceMs: 0, fingerprint: "f" },
    ]);
    const other = new Told();
    other.atMs = 5;
    other.claim("x", "SM3", TWO);
    for (let i = 0; i < 2; i += 1) other.tell({ kind: "idempotency.adopted", accountSid: ONE, keys: rows });
    assert.deepEqual(other.book.rowsOf(ONE), rows);
    assert.equal(other.find("x", TWO)?.made, "SM3");
  });

  it("comes to the same whether it was restored on the way or not", (t) => {
    const seed = seedOf(11);
    t.diagnostic(`seed ${seed}`);
    const random = seeded(seed);
    const limits = {
      maxKeysOfAccount: 12,
      maxKeys: 20,
      fairShare: 3,
      maxAnswersOfAccount: 40,
      maxAnswers: 60,
      keptMs: 90,
    };
    let one = new Told(limits);
    const through = new Told(limits);
    for (let step = 0; step < 3_000; step += 1) {
      const pick = Math.floor(random() * 5);
      const key = `k${Math.floor(random() * 30)}`;
      const account = `AC${String(Math.floor(random() * 4)).repeat(32)}`;
      const answer = "x".repeat(Math.floor(random() * 20));
      if (random() < 0.02) one = one.restored(limits, random);
      for (const told of [one, through]) {
        told.atMs = step;
        if (pick === 0) told.claim(key, "SM", account);
        else if (pick <= 2) told.begin(key, account);
        else if (pick === 3) told.answer(key, answer, account);
        else told.release(key, account);
      }
      if (step % 50 !== 0) continue;
      for (const accountSid of [0, 1, 2, 3].map((digit) => `AC${String(digit).repeat(32)}`)) {
        assert.deepEqual(one.book.rowsOf(accountSid), through.book.rowsOf(accountSid), `step ${step}`);
      }
      assert.equal(one.book.status().answerCharacters, through.book.status().answerCharacters);
      assert.ok(one.book.status().keys <= 20 && one.book.status().answerCharacters <= 60);
    }
  });
});
