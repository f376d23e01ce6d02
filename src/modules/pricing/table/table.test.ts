import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { it } from "node:test";
import { AppError } from "../../../kernel/errors.ts";
import {
  comparePrices,
  compilePrices,
  CSV_HEAD,
  csvOfRow,
  DEFAULT_HEAD,
  defaultRows,
  jsonOfRow,
  readCsv,
  readHead,
  readRow,
  SENDERS,
  valuesOfJson,
  type PriceRow,
} from "./index.ts";

const pause = (): Promise<void> => Promise.resolve();

function compile(rows: readonly PriceRow[]) {
  const hash = createHash("sha256");
  return compilePrices(
    rows.map((row, index) => ({ row, path: `rows[${index}]` })),
    {
      version: 1,
      head: DEFAULT_HEAD,
      hash: { update: (text) => void hash.update(text), digest: () => hash.digest("hex") },
      pause,
    },
  );
}

const sms = { item: "message", channel: "sms", direction: "outbound" };
const read = (values: Record<string, string>): PriceRow => readRow(values, "row");
const refuses = (values: Record<string, string>, words: RegExp): void => {
  assert.throws(
    () => read(values),
    (error) => error instanceof AppError && words.test(error.message),
  );
};

it("reads a price to the micro, and refuses what is finer", () => {
  assert.equal(read({ ...sms, price: "0.0079" }).priceMicros, 7_900);
  assert.equal(read({ ...sms, price: "12" }).priceMicros, 12_000_000);
  assert.equal(read({ ...sms, price: "0.0000010" }).priceMicros, 1);
  refuses({ ...sms, price: "0.0000001" }, /at row\.price: "0\.0000001" is finer than a millionth/);
  for (const price of ["", "-1", "1e3", "0,5", " 1", "1.", "99999999"]) refuses({ ...sms, price }, /at row\.price/);
  assert.equal(readRow(valuesOfJson({ ...sms, price: 0.0000005 * 2 }, "row"), "row").priceMicros, 1);
});

it("says what a row lacks or has too much", () => {
  refuses({ price: "1" }, /at row\.item: one of message/);
  refuses({ item: "message", channel: "sms", price: "1" }, /at row\.direction: a message needs it/);
  refuses({ ...sms, via: "a", price: "1" }, /at row\.via: a message has none/);
  refuses({ ...sms, country: "us", price: "1" }, /at row\.country: two capital letters/);
  refuses({ ...sms, network: "310410", price: "1" }, /at row\.country: a network needs it/);
  refuses({ ...sms, name: "=cmd()", price: "1" }, /at row\.name/);
  refuses(
    { item: "call", direction: "outbound", country: "US", price: "1" },
    /at row\.prefix: an outbound call needs it/,
  );
  assert.equal(read({ ...sms, prefix: "4477", price: "1" }).country, "GB");
  assert.throws(() => valuesOfJson({ ...sms, prize: "1" }, "rows[2]"), /unknown member "prize"/);
  assert.throws(() => readHead({ list: "a", currency: "usd", rates: {} }), /at currency/);
  assert.throws(() => readHead({ list: "a", currency: "USD", rates: { USD: "1" } }), /another currency/);
});

it("finds network before prefix before country before everywhere, and the sender within each", async () => {
  const { messages } = await compile([
    read({ ...sms, price: "9" }),
    read({ ...sms, sender: "shortcode", price: "8" }),
    read({ ...sms, country: "GB", price: "7" }),
    read({ ...sms, prefix: "447", price: "6" }),
    read({ ...sms, prefix: "44790", price: "5" }),
    read({ ...sms, prefix: "44790", sender: "alphanumeric", price: "4" }),
    read({ ...sms, country: "GB", network: "23410", sender: "local", price: "3" }),
  ]);
  const find = (number: string, kind: (typeof SENDERS)[number], network?: string) =>
    (messages["sms outbound"]?.unit.find({
      number,
      country: number.startsWith("+44") ? "GB" : "FR",
      network,
      sender: SENDERS.indexOf(kind),
    }) ?? 0) / 1_000_000;
  assert.equal(find("+33612345678", "local"), 9);
  assert.equal(find("+33612345678", "shortcode"), 8);
  assert.equal(find("+442012345678", "shortcode"), 7);
  assert.equal(find("+447700900123", "local"), 6);
  assert.equal(find("+447900900123", "local"), 5);
  assert.equal(find("+447900900123", "alphanumeric"), 4);
  assert.equal(find("+447900900123", "local", "23410"), 3);
  assert.equal(find("+447900900123", "tollfree", "23410"), 5);
  assert.equal(find("+447900900123", "local", "23415"), 5);
});

it("puts the fees of one place together by carrier", async () => {
  const fee = { item: "carrier-fee", channel: "sms", direction: "outbound", country: "US" };
  const { messages } = await compile([
    read({ ...fee, price: "0.003" }),
    read({ ...fee, via: "north", price: "0.002" }),
    read({ ...fee, network: "310410", price: "0.004" }),
  ]);
  const fees = messages["sms outbound"]?.fees;
  const place = { number: "+14155550100", country: "US", network: undefined, sender: 0 };
  assert.deepEqual(fees?.find(place), { "*": 3_000, north: 2_000 });
  assert.deepEqual(fees?.find({ ...place, network: "310410" }), { "*": 4_000 });
  assert.equal(fees?.find({ ...place, country: "CA" }), undefined);
});

it("refuses two prices for the same, and names both places", async () => {
  const row = read({ ...sms, country: "US", price: "1" });
  await assert.rejects(
    compile([row, read({ ...sms, price: "1" }), { ...row, priceMicros: 2 }]),
    /rows\[2\]: rows\[0\] has a price for the same/,
  );
});

it("reads CSV as spreadsheets write it, and names the line of an error", () => {
  const csv =
    '\ufeffItem,channel,direction,country,name,price\r\nmessage,sms,outbound,US,"A, ""B""",0.01\r\n\r\nmessage,sms,outbound,*,,0.02\n';
  const rows = [...readCsv(csv)].map(({ line, values }) => [line, readRow(values, `line ${line}`)] as const);
  assert.deepEqual(rows, [
    [2, { item: "message", channel: "sms", direction: "outbound", country: "US", name: 'A, "B"', priceMicros: 10_000 }],
    [4, { item: "message", channel: "sms", direction: "outbound", priceMicros: 20_000 }],
  ]);
  const all = (text: string): unknown => [...readCsv(text)];
  assert.throws(() => all(""), /names of the columns/);
  assert.throws(() => all("item,prize\n"), /there is no column prize/);
  assert.throws(() => all("item,channel\n"), /the column price is missing/);
  assert.throws(() => all("item,price\nmessage\n"), /at line 2: it has 1 fields, and there are 2 columns/);
  assert.throws(() => all('item,price\n"message,1\n'), /a quote is not closed/);
  assert.throws(() => all('item,price\n"message"x,1\n'), /followed by text/);
});

it("writes what it reads, as CSV and as JSON", () => {
  const rows = defaultRows();
  const csv = CSV_HEAD + rows.map(csvOfRow).join("");
  assert.deepEqual(
    [...readCsv(csv)].map(({ values }) => readRow(values, "row")),
    rows,
  );
  assert.deepEqual(
    rows.map((row) => readRow(valuesOfJson(jsonOfRow(row), "row"), "row")),
    rows,
  );
});

it("hashes what a table says, not how it was written", async () => {
  const one = await compile([read({ ...sms, country: "US", price: "0.01" })]);
  const same = await compile([read({ price: "0.010", country: "US", ...sms, sender: "*" })]);
  const other = await compile([read({ ...sms, country: "US", price: "0.011" })]);
  assert.equal(one.hash, same.hash);
  assert.notEqual(one.hash, other.hash);
});

it("compares two tables whatever their order", async () => {
  async function* list(...rows: PriceRow[]): AsyncGenerator<PriceRow> {
    yield* rows;
  }
  const us = read({ ...sms, country: "US", price: "1" });
  const gb = read({ ...sms, country: "GB", price: "2" });
  const fr = read({ ...sms, country: "FR", price: "3" });
  const found = await comparePrices(list(us, gb), list(fr, { ...gb, priceMicros: 5 }, us), pause);
  assert.deepEqual([found.addedCount, found.removedCount, found.changedCount, found.sameCount], [1, 0, 1, 1]);
  assert.deepEqual(found.changed[0]?.before, gb);
  assert.deepEqual((await comparePrices(list(us, gb), list(us), pause)).removed, [gb]);
});

it("takes the built-in table, which has a price for every country", async () => {
  const { messages, rowCount } = await compile(defaultRows());
  assert.ok(rowCount > 100);
  for (const slot of ["sms outbound", "sms inbound", "mms outbound", "mms inbound"]) {
    const place = { number: "+290123", country: "SH", network: undefined, sender: 4 };
    assert.ok((messages[slot]?.unit.find(place) ?? 0) > 0, slot);
  }
});
