import assert from "node:assert/strict";
import { it } from "node:test";
import type { Database, Row } from "../../platform/ports.ts";
import type { Application } from "./application.ts";
import { UNCONFIGURED_APPLICATION, UNCONFIGURED_NUMBER } from "./configuration.ts";
import { NumberBook } from "./number-book.ts";
import type { TextNumber } from "./number.store.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const OTHER = `AC${"b".repeat(32)}`;
const SID = `AP${"1".repeat(32)}`;
const NUMBER = "+12125550100";
const NUMBER_SID = `PN${"1".repeat(32)}`;

/** Answers the book's reads with what `read` gives for the table that they are about. */
function databaseOf(read: (table: "applications" | "phone_numbers") => Promise<Row[]>): Database {
  const query = (sql: string): Promise<Row[]> => {
    if (sql.includes("from alphanumeric_senders")) return Promise.resolve([]);
    return read(sql.includes("from applications") ? "applications" : "phone_numbers");
  };
  return { query: query as Database["query"], transaction: () => Promise.reject(new Error("only reads")) };
}

const empty = databaseOf(() => Promise.resolve([]));

function number(revision: number, more: Partial<TextNumber> = {}): TextNumber {
  const configuration = { ...UNCONFIGURED_NUMBER, smsUrl: `https://example.com/${revision}` };
  return {
    number: NUMBER,
    accountSid: ACCOUNT,
    sid: NUMBER_SID,
    revision,
    country: "US",
    sms: true,
    mms: true,
    voice: true,
    kind: "local",
    configuration,
    ...more,
  };
}

function application(revision: number): Application {
  const configuration = { ...UNCONFIGURED_APPLICATION, smsStatusCallback: `https://example.com/${revision}` };
  return { sid: SID, accountSid: ACCOUNT, revision, createdMs: 0, updatedMs: 0, configuration };
}

it("goes by the revision when changes arrive in another order than they were made", () => {
  const book = new NumberBook(empty);
  book.putNumber(number(3));
  book.putNumber(number(2));
  assert.equal(book.inboundText(NUMBER)?.url, "https://example.com/3");
  book.removeNumber({ number: NUMBER, revision: 5 });
  book.putNumber(number(4));
  assert.equal(book.inboundText(NUMBER), undefined, "released after the change that is told late");
  book.putNumber(number(6, { accountSid: OTHER }));
  book.removeNumber({ number: NUMBER, revision: 5 });
  assert.deepEqual(
    book.sender(OTHER, NUMBER),
    { mms: true, kind: "local", country: "US" },
    "sold again before the release was told",
  );
});

it("does not bring back an application whose change is told after its deletion", () => {
  const book = new NumberBook(empty);
  book.putApplication(application(2));
  book.putApplication(application(1));
  assert.deepEqual(book.applicationStatusCallback(ACCOUNT, SID), { url: "https://example.com/2" });
  book.removeApplication(SID);
  book.putApplication(application(3));
  assert.equal(book.applicationStatusCallback(ACCOUNT, SID), undefined);
});

it("does not take the application of another account", () => {
  const book = new NumberBook(empty);
  book.putApplication(application(1));
  const configuration = { ...UNCONFIGURED_NUMBER, smsUrl: "https://example.com/own", smsApplicationSid: SID };
  book.putNumber(number(1, { accountSid: OTHER, configuration }));
  assert.equal(book.inboundText(NUMBER)?.url, "https://example.com/own");
  book.putNumber(number(2, { configuration }));
  assert.equal(book.inboundText(NUMBER)?.url, undefined);
});

it("keeps what changes while everything is read anew, and what it knew when that fails", async () => {
  let release: (rows: Row[]) => void = () => undefined;
  let broken = false;
  const book = new NumberBook(
    databaseOf((table) => {
      if (broken) return Promise.reject(new Error("away"));
      return table === "applications" ? Promise.resolve([]) : new Promise((resolve) => (release = resolve));
    }),
  );
  book.putNumber(number(1));
  const loaded = book.reload();
  // The read of the applications takes a turn of its own before that of the numbers begins.
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  book.putNumber(number(3));
  assert.equal(book.inboundText(NUMBER)?.url, "https://example.com/3", "answers meanwhile");
  release([]);
  await loaded;
  assert.equal(book.inboundText(NUMBER)?.url, "https://example.com/3", "not lost with the rows from before it");
  broken = true;
  await assert.rejects(() => book.reload(), /away/);
  assert.equal(book.inboundText(NUMBER)?.url, "https://example.com/3");
});

it("knows the numbers of each account by their SIDs, wherever they go", () => {
  const book = new NumberBook(empty);
  book.putNumber(number(1));
  book.putNumber(
    number(1, { number: "55555", sid: `SC${"2".repeat(32)}`, kind: "shortcode", country: null, mms: false }),
  );
  assert.deepEqual(
    book.owned(ACCOUNT).map((one) => [one.number, one.senderKind, one.country]),
    [
      [NUMBER, "local", "US"],
      ["55555", "shortcode", undefined],
    ],
  );
  assert.equal(book.numberBySid(ACCOUNT, NUMBER_SID)?.number, NUMBER);
  assert.equal(book.numberBySid(OTHER, NUMBER_SID), undefined);
  book.putNumber(number(2, { accountSid: OTHER }));
  assert.equal(book.numberBySid(ACCOUNT, NUMBER_SID), undefined);
  assert.equal(book.numberBySid(OTHER, NUMBER_SID)?.accountSid, OTHER);
  book.removeNumber({ number: NUMBER, revision: 3 });
  assert.deepEqual(book.owned(OTHER), []);
  assert.equal(book.owned(ACCOUNT).length, 1);
});

it("lets an account send from the alphanumeric senders that were approved for it, in any case", () => {
  const book = new NumberBook(empty);
  const acme = { sid: `AI${"1".repeat(32)}`, accountSid: ACCOUNT, isoCountry: "", createdMs: 0, updatedMs: 0 };
  book.setAlphanumeric(ACCOUNT, [
    { ...acme, sender: "Acme", status: "approved" },
    { ...acme, sender: "Later", status: "pending" },
  ]);
  assert.deepEqual(book.sender(ACCOUNT, "Acme"), { mms: false, kind: "alphanumeric" });
  assert.deepEqual(book.sender(ACCOUNT, "ACME"), { mms: false, kind: "alphanumeric" });
  assert.equal(book.sender(ACCOUNT, "Later"), undefined);
  assert.equal(book.sender(OTHER, "Acme"), undefined);
  assert.equal(book.sender(ACCOUNT, "55501"), undefined, "digits are a number, never a name");
  book.setAlphanumeric(ACCOUNT, []);
  assert.equal(book.sender(ACCOUNT, "Acme"), undefined);
  const open = new NumberBook(empty, "any");
  assert.equal(open.sender(OTHER, "Anything")?.kind, "alphanumeric");
  assert.equal(open.sender(OTHER, "much too long"), undefined);
});
