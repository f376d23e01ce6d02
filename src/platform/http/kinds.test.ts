import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, callerError } from "../../kernel/errors.ts";
import { dateFilter, dateTime } from "./dates.ts";
import { parseFields } from "./fields.ts";
import { boolean, decimal, enumeration, integer, list, phone, prefixedMap, sid, text, url } from "./kinds.ts";
import type { Parameter } from "./parameter.ts";

const MISSING = callerError(21601, 400, "missing {parameter}");
const INVALID = callerError(21602, 400, "invalid {parameter} {value}");
const codes = { missing: MISSING, invalid: INVALID } as const;

const read = <T>(parameter: Parameter<T>, query: string): T => parameter.read(parseFields(query), "P");

function refused(parameter: Parameter<unknown>, query: string, code = 21602): void {
  assert.throws(
    () => read(parameter, query),
    (error) => error instanceof AppError && error.code === code,
    query,
  );
}

test("a form is decoded, with repeated, empty and nameless fields", () => {
  const fields = parseFields("a=1&&b=%2B%20+x&a=2&c&=d&e=f=g&%C3%A9=%F0%9F%8E%89");
  assert.deepEqual(fields.all("a"), ["1", "2"]);
  assert.equal(fields.first("b"), "+  x");
  assert.equal(fields.first("c"), "");
  assert.equal(fields.first(""), "d");
  assert.equal(fields.first("e"), "f=g");
  assert.equal(fields.first("é"), "🎉");
  assert.equal(fields.first("z"), undefined);
});

test("text counts code points and keeps an empty value, which clears", () => {
  const short = text({ ...codes, maxCharacters: 3 });
  assert.equal(read(short, "P=a%F0%9F%8E%89b"), "a🎉b");
  refused(short, "P=abcd");
  refused(short, "P=a%00");
  assert.equal(read(short, "P="), "");
  assert.equal(read(short, ""), undefined);
  assert.equal(read(text({ maxCharacters: 3, default: "d" }), ""), "d");
  refused(text({ ...codes, required: true, maxCharacters: 3 }), "P=", 21601);
});

test("numbers have bounds and no other spellings", () => {
  const whole = integer({ ...codes, min: -1, max: 10 });
  assert.equal(read(whole, "P=10"), 10);
  assert.equal(read(whole, "P=-1"), -1);
  assert.equal(read(whole, "P="), undefined);
  for (const bad of ["11", "-2", "1.0", "1e1", "0x1", "NaN", "Infinity", " 1", "9".repeat(400)])
    refused(whole, `P=${bad}`);
  const money = decimal({ ...codes, min: 0, max: 100 });
  assert.equal(read(money, "P=.5"), 0.5);
  for (const bad of ["-", ".", "1e1", "100.1", "-0.1", "1."]) refused(money, `P=${bad}`);
});

test("booleans and words are compared without regard to case", () => {
  assert.equal(read(boolean(codes), "P=TRUE"), true);
  assert.equal(read(boolean(codes), "P=false"), false);
  refused(boolean(codes), "P=1");
  const word = enumeration({ ...codes, values: ["retain", "discard"] });
  assert.equal(read(word, "P=Retain"), "retain");
  refused(word, "P=keep");
});

test("a SID has one of its prefixes", () => {
  const service = sid({ ...codes, prefix: ["MG", "PN"] });
  assert.equal(read(service, `P=MG${"0aF".repeat(10)}00`), `MG${"0aF".repeat(10)}00`);
  for (const bad of [`SM${"0".repeat(32)}`, `MG${"0".repeat(31)}`, `MG${"g".repeat(32)}`, `mg${"0".repeat(32)}`])
    refused(service, `P=${bad}`);
});

test("a URL is absolute http, and is handed on as spelt", () => {
  const spelt = "HTTP://Example.COM:80/%7ea?b=c#rc=2";
  assert.equal(read(url(codes), `P=${encodeURIComponent(spelt)}`), spelt);
  for (const bad of [
    "example.com",
    "/x",
    "ftp://a/b",
    "javascript:alert(1)",
    "http://",
    `http://a/${"x".repeat(2_048)}`,
    "http://a b/",
  ]) {
    refused(url(codes), `P=${encodeURIComponent(bad)}`);
  }
});

test("a phone number is handed on raw", () => {
  assert.equal(read(phone({}), "P=whatsapp%3A%2B1"), "whatsapp:+1");
  refused(phone(codes), `P=${"1".repeat(257)}`);
});

test("a list is repeated names, bounded, each value checked", () => {
  const media = list({ ...codes, of: url(codes), maxCount: 2 });
  assert.deepEqual(read(media, "P=http://a/1&Q=x&P=&P=http://a/2"), ["http://a/1", "http://a/2"]);
  assert.deepEqual(read(media, ""), []);
  refused(media, "P=http://a&P=http://a&P=http://a");
  refused(media, "P=http://a&P=nonsense");
  refused(list({ ...codes, of: url({}), maxCount: 2, required: true }), "P=", 21601);
});

test("a prefixed map collects its keys and is no way to a prototype", () => {
  const map = prefixedMap({ ...codes, maxCount: 2, maxCharacters: 5 });
  assert.deepEqual({ ...read(map, "P.a=1&P=x&P.b.c=2&PQ=3") }, { a: "1", "b.c": "2" });
  assert.equal(Object.getPrototypeOf(read(map, "P.__proto__=x")), null);
  refused(map, "P.a=1&P.b=1&P.c=1");
  refused(map, "P.a=123456");
});

const at = (iso: string): number => Date.parse(iso);

test("a moment is a day or a time with zone", () => {
  const moment = dateTime(codes);
  assert.equal(read(moment, "P=2024-02-29"), at("2024-02-29T00:00:00Z"));
  assert.equal(read(moment, "P=2024-02-29T12:30:15.25Z"), at("2024-02-29T12:30:15.250Z"));
  assert.equal(read(moment, "P=2024-02-29T12:30:15%2B02:00"), at("2024-02-29T10:30:15Z"));
  assert.equal(read(moment, "P=2024-02-29 12:30"), at("2024-02-29T12:30:00Z"));
  for (const bad of [
    "2023-02-29",
    "2024-13-01",
    "2024-00-10",
    "24-01-01",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:00:00%2B99:00",
    "yesterday",
  ]) {
    refused(moment, `P=${bad}`);
  }
});

test("a date filter takes Twilio's three spellings", () => {
  const filter = dateFilter(codes);
  const day = { fromMs: at("2024-01-02T00:00:00Z"), untilMs: at("2024-01-03T00:00:00Z") };
  assert.equal(read(filter, ""), undefined);
  assert.deepEqual(read(filter, "P=2024-01-02"), day);
  assert.deepEqual(read(filter, "P=2024-01-02T00:00:00Z"), day, "the SDK sends a day as its first moment");
  assert.deepEqual(read(filter, "P%3C=2024-01-02"), { fromMs: undefined, untilMs: day.untilMs });
  assert.deepEqual(read(filter, "P<=2024-01-02T00:00:00Z&P>=2024-01-01"), {
    fromMs: at("2024-01-01T00:00:00Z"),
    untilMs: at("2024-01-02T00:00:01Z"),
  });
  refused(filter, "P>=soon");
});
