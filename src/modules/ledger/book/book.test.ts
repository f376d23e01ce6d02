import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Account } from "./amounts.ts";
import { Book } from "./book.ts";
import { PlainTable } from "./book-table.ts";
import { monthOf } from "./month.ts";
import { RecentIds, type IdPage } from "./recent-ids.ts";
import type { BookTables, Hold, Member } from "./types.ts";
import { OPEN_TERMS, walletKey, type Terms, type Wallet } from "./wallet.ts";

const MAIN = "ACmain";
const SUB = "ACsub";
const KEY = walletKey(MAIN, "USD");
const UNIT = 1_000_000;
const PREPAID: Terms = { mode: "prepaid", floorMicros: 0, alertsMicros: [], alertUrl: "" };

function open(terms: Terms = PREPAID) {
  const told: string[] = [];
  const tables: BookTables = {
    wallets: new PlainTable<Wallet>(),
    members: new PlainTable<Member>(),
    holds: new PlainTable<Hold>(),
    accounts: new PlainTable<Account>(),
    ids: new PlainTable<IdPage>(),
  };
  const book = new Book({
    tables,
    sink: {
      charged: (index, _wallet, shares) => told.push(`charged ${index} ${shares.grantsMicros} ${shares.owedMicros}`),
      grantExpired: (_key, grant, amount) => told.push(`expired ${grant.id} ${amount}`),
      fellTo: (_key, _wallet, threshold) => told.push(`fell to ${threshold}`),
      refused: (operation, id) => told.push(`refused ${operation} ${id}`),
    },
  });
  book.join(MAIN, { owner: MAIN, currency: "USD", isLease: false });
  book.join(SUB, { owner: MAIN, currency: "USD", isLease: false });
  book.setTerms({ owner: MAIN, currency: "USD" }, terms, 0);
  const wallet = (): Wallet => tables.wallets.get(KEY) as Wallet;
  const hold = (id: string, amountMicros: number, more: { accountSid?: string; isAccepted?: boolean } = {}) =>
    book.hold(
      { id, accountSid: more.accountSid ?? SUB, currency: "USD", amountMicros, expiresAtMs: 1_000 },
      1,
      more.isAccepted ?? false,
    );
  const post = (holdId: string | undefined, amounts: number[], keepsHold?: true) =>
    book.post(
      {
        accountSid: SUB,
        currency: "USD",
        lines: amounts.map((amountMicros, index) => ({ id: `${holdId ?? "free"}-${index}`, amountMicros })),
        ...(holdId === undefined ? {} : { holdId }),
        ...(keepsHold === undefined ? {} : { keepsHold }),
      },
      2,
    );
  return { book, tables, told, wallet, hold, post };
}

describe("the book", () => {
  it("holds for a subaccount out of the main account's wallet, and charges what it cost", () => {
    const { book, wallet, hold, post, tables } = open();
    book.credit(KEY, 10 * UNIT, "cash", 1);
    assert.equal(hold("a", 4 * UNIT), "done");
    assert.deepEqual([wallet().balanceMicros, wallet().heldMicros], [10 * UNIT, 4 * UNIT]);
    assert.equal(hold("b", 7 * UNIT), "refused");
    assert.equal(post("a", [UNIT, UNIT]), "done");
    assert.deepEqual([wallet().balanceMicros, wallet().heldMicros, tables.holds.size], [8 * UNIT, 0, 0]);
  });

  it("charges more than was held where there is money, and lets the rest be owed where there is none", () => {
    const { book, wallet, hold, post, told } = open();
    book.credit(KEY, 5 * UNIT, "cash", 1);
    hold("a", UNIT);
    post("a", [3 * UNIT]);
    assert.equal(wallet().balanceMicros, 2 * UNIT);
    hold("b", UNIT);
    post("b", [5 * UNIT]);
    assert.deepEqual([wallet().balanceMicros, wallet().owedMicros], [0, 3 * UNIT]);
    assert.equal(told.at(-1), `charged 0 0 ${3 * UNIT}`);
    assert.equal(hold("c", 1), "refused");
    book.credit(KEY, 4 * UNIT, "cash", 3);
    assert.deepEqual([wallet().balanceMicros, wallet().owedMicros], [UNIT, 0]);
  });

  it("applies an id once while its hold is open, after it is closed, and without a hold", () => {
    const { book, wallet, hold, post, told } = open();
    book.credit(KEY, 10 * UNIT, "cash", 1);
    hold("a", UNIT);
    assert.equal(hold("a", UNIT), "repeated");
    assert.equal(hold("a", 2 * UNIT), "conflict");
    post("a", [UNIT]);
    assert.equal(post("a", [UNIT]), "repeated");
    assert.equal(hold("a", UNIT), "repeated");
    post(undefined, [UNIT]);
    assert.equal(post(undefined, [UNIT]), "repeated");
    assert.equal(post(undefined, [3 * UNIT]), "conflict");
    assert.equal(book.cost({ id: "c", carrier: "north", currency: "USD", amountMicros: 5 }), "done");
    assert.equal(book.cost({ id: "c", carrier: "north", currency: "USD", amountMicros: 5 }), "repeated");
    assert.equal(book.cost({ id: "c", carrier: "north", currency: "USD", amountMicros: 6 }), "conflict");
    assert.equal(wallet().balanceMicros, 8 * UNIT);
    assert.deepEqual(
      told.filter((each) => each.startsWith("refused")),
      ["refused hold a", "refused charge free-0", "refused cost c"],
    );
  });

  it("charges further lines under a hold that is closed, and each once", () => {
    const { book, wallet, hold } = open();
    book.credit(KEY, 10 * UNIT, "cash", 1);
    hold("a", UNIT);
    const line = (id: string) =>
      book.post({ holdId: "a", accountSid: SUB, currency: "USD", lines: [{ id, amountMicros: UNIT }] }, 2);
    assert.deepEqual([line("1"), line("2"), line("2"), line("1")], ["done", "done", "repeated", "repeated"]);
    assert.equal(wallet().balanceMicros, 8 * UNIT);
  });

  it("keeps a hold open for parts, and gives back what is left at the end", () => {
    const { book, wallet, hold, post } = open();
    book.credit(KEY, 10 * UNIT, "cash", 1);
    hold("a", 5 * UNIT);
    post("a", [UNIT], true);
    assert.deepEqual([wallet().balanceMicros, wallet().heldMicros], [9 * UNIT, 4 * UNIT]);
    assert.equal(post("a", [UNIT], true), "repeated");
    book.release("a", 3);
    assert.deepEqual([wallet().balanceMicros, wallet().heldMicros], [9 * UNIT, 0]);
  });

  it("gives a hold back when its time is over, and charges what comes after that", () => {
    const { book, wallet, hold, post } = open();
    book.credit(KEY, 10 * UNIT, "cash", 1);
    hold("a", 5 * UNIT);
    assert.equal(book.expire("a", 999), "repeated");
    assert.equal(book.expire("a", 1_000), "done");
    assert.equal(wallet().heldMicros, 0);
    post("a", [UNIT]);
    assert.equal(wallet().balanceMicros, 9 * UNIT);
  });

  it("spends grants by priority and end before the balance, and ends them unless work counts on them", () => {
    const { book, wallet, hold, post, told } = open();
    book.credit(KEY, UNIT, "cash", 1);
    const grant = (id: string, priority: number, endsMs: number) =>
      book.grant(KEY, { id, priority, endsMs, grantedMicros: UNIT }, 1);
    grant("late", 1, 900);
    grant("soon", 1, 500);
    grant("first", 0, 0);
    hold("a", 4 * UNIT);
    post("a", [1.5 * UNIT]);
    assert.deepEqual(
      wallet().grants.map(({ id, leftMicros }) => [id, leftMicros]),
      [
        ["soon", UNIT / 2],
        ["late", UNIT],
      ],
    );
    hold("b", 1.75 * UNIT);
    book.bring(KEY, 500);
    assert.equal(told.at(-1), `expired soon ${UNIT / 2}`);
    book.bring(KEY, 900);
    // A quarter unit is free beside the hold; the rest of the grant waits for it.
    assert.equal(told.at(-1), `expired late ${UNIT / 4}`);
    assert.equal(book.available(SUB, "USD", 900), 0);
    book.release("b", 901);
    assert.equal(told.at(-1), `expired late ${0.75 * UNIT}`);
    assert.deepEqual([wallet().balanceMicros, wallet().grantsMicros], [UNIT, 0]);
  });

  it("counts grants that have ended as gone before anybody took them away", () => {
    const { book } = open();
    book.grant(KEY, { id: "g", priority: 0, endsMs: 500, grantedMicros: UNIT }, 1);
    assert.deepEqual([book.available(SUB, "USD", 499), book.available(SUB, "USD", 500)], [UNIT, 0]);
  });

  it("lets a postpaid wallet go down to its credit line, and one without a floor anywhere", () => {
    const line = open({ ...PREPAID, mode: "postpaid", floorMicros: -5 * UNIT });
    assert.deepEqual([line.hold("a", 5 * UNIT), line.hold("b", 1)], ["done", "refused"]);
    const free = open(OPEN_TERMS);
    assert.equal(free.hold("a", 1_000 * UNIT), "done");
    free.post("a", [1_000 * UNIT]);
    assert.equal(free.wallet().balanceMicros, -1_000 * UNIT);
  });

  it("tells of each threshold once, and again after a credit rose above it", () => {
    const { book, hold, post, told } = open({ ...PREPAID, alertsMicros: [5 * UNIT, UNIT] });
    told.length = 0;
    book.credit(KEY, 10 * UNIT, "cash", 1);
    told.length = 0;
    hold("a", 6 * UNIT);
    assert.deepEqual(told, [`fell to ${5 * UNIT}`]);
    post("a", [6 * UNIT]);
    hold("b", 3 * UNIT);
    assert.deepEqual(told.filter((each) => each.startsWith("fell")).length, 2);
    book.release("b", 3);
    hold("c", 3 * UNIT);
    assert.deepEqual(told.filter((each) => each.startsWith("fell")).length, 2);
    book.credit(KEY, 10 * UNIT, "cash", 4);
    hold("d", 6 * UNIT);
    assert.deepEqual(told.filter((each) => each.startsWith("fell")).length, 3);
  });

  it("caps a subaccount by the month, holds included, and leaves the others alone", () => {
    const { book, hold } = open();
    book.credit(KEY, 100 * UNIT, "cash", 1);
    book.setCap(SUB, 5 * UNIT, "month");
    assert.equal(hold("a", 4 * UNIT), "done");
    assert.equal(hold("b", 2 * UNIT), "refused");
    assert.equal(hold("c", 50 * UNIT, { accountSid: MAIN }), "done");
    assert.equal(book.available(SUB, "USD", 1), UNIT);
    book.setCap(SUB, null, "month");
    assert.equal(hold("d", 6 * UNIT), "done");
  });

  it("takes what was charged before anybody knew whose account it was along to its wallet", () => {
    const { book, tables, wallet } = open();
    book.hold({ id: "x", accountSid: "ACnew", currency: "USD", amountMicros: UNIT, expiresAtMs: 9 }, 1, true);
    book.post({ accountSid: "ACnew", currency: "USD", lines: [{ id: "y", amountMicros: UNIT }] }, 1);
    book.join("ACnew", { owner: MAIN, currency: "USD", isLease: false });
    assert.equal(tables.wallets.size, 1);
    assert.deepEqual([wallet().balanceMicros, wallet().heldMicros], [-UNIT, UNIT]);
    assert.equal(tables.holds.get("x")?.wallet, KEY);
  });

  it("gives an account with a floor no credit in another currency", () => {
    const { book } = open();
    book.credit(KEY, 10 * UNIT, "cash", 1);
    assert.equal(book.available(SUB, "EUR", 1), 0);
    const euros = book.hold({ id: "e", accountSid: SUB, currency: "EUR", amountMicros: 1, expiresAtMs: 9 }, 1, false);
    assert.equal(euros, "refused");
  });

  it("refuses what cannot be counted exactly", () => {
    const { book } = open();
    assert.equal(book.credit(KEY, 2 ** 53, "cash", 1), "refused");
    assert.equal(book.credit(KEY, 4_000_000_000 * UNIT, "cash", 1), "done");
    assert.equal(book.credit(KEY, UNIT, "cash", 1), "refused");
    assert.throws(() => book.cost({ id: "c", carrier: "x", currency: "USD", amountMicros: 0.5 }), /assertion failed/);
  });
});

describe("the ids that are remembered", () => {
  it("are at least as many as were asked for, bounded, and the same after a restart", () => {
    const pages = new PlainTable<IdPage>();
    const ids = new RecentIds(pages, 2_000);
    for (let number = 0; number < 20_000; number += 1) {
      ids.add([`id${number}`, number]);
      if (number >= 2_000 && number % 997 === 0) assert.equal(ids.find(`id${number - 1_999}`)?.[1], number - 1_999);
      assert.ok(ids.size <= 4_608);
    }
    assert.equal(ids.find("id100"), undefined);
    const again = new RecentIds(pages, 2_000);
    again.restore();
    assert.equal(again.size, ids.size);
    assert.deepEqual(again.find("id19999"), ids.find("id19999"));
  });
});

describe("months", () => {
  it("are those of the calendar in UTC", () => {
    for (const text of ["1970-01-01", "1999-12-31T23:59:59Z", "2000-02-29", "2024-03-01", "2026-11-21T10:00:00Z"]) {
      const date = new Date(text);
      assert.equal(monthOf(date.getTime()), date.getUTCFullYear() * 12 + date.getUTCMonth(), text);
    }
  });
});
