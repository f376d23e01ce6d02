import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../../kernel/errors.ts";
import { compile, seeded, seedOf, sha256, tableOf } from "../sample-routes.test.ts";
import { Doubles } from "./chunked-list.ts";
import { compileTable, partsOf, TABLE_FORMAT, TABLE_LIMITS } from "./index.ts";
import { digitsOf, keyOf, lengthOf, PrefixIndex } from "./prefix-index.ts";
import { Slices } from "./slices.ts";
import { sortPairs } from "./sort-pairs.ts";

const now = (): Slices => new Slices(() => Promise.resolve());

/** The message of the refusal of a table. */
async function refusal(document: unknown): Promise<string> {
  try {
    await compile(document);
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, 20001);
    return error.message;
  }
  return "accepted";
}

const carriers = [{ name: "alpha" }, { name: "beta", features: { ucs2: false } }];
const routes = [{ carrier: "alpha", prefixes: ["1"] }];

describe("the prefix index", () => {
  it("writes prefixes as numbers and back", () => {
    for (const prefix of ["1", "9", "44", "10", "1000", "999999999999999", "100000000000000"]) {
      assert.equal(digitsOf(keyOf(prefix, 0)), prefix);
      assert.equal(lengthOf(keyOf(prefix, 0)), prefix.length);
    }
    assert.equal(keyOf("+441", 1), keyOf("441", 0));
    assert.equal(keyOf("12x45", 0), keyOf("12", 0));
    assert.equal(keyOf("1234567890123456789", 0), keyOf("123456789012345", 0));
  });

  it("finds the same longest prefix as trying all of them, over random prefixes", async () => {
    const random = seeded(seedOf("prefix index"));
    const digits = (length: number, base: number): string =>
      `1${Array.from({ length: length - 1 }, () => Math.floor(random() * base)).join("")}`;
    for (let round = 0; round < 30; round += 1) {
      const base = 2 + Math.floor(random() * 9);
      const prefixes = new Set(Array.from({ length: 300 }, () => digits(1 + Math.floor(random() * 15), base)));
      const sorted = [...prefixes].toSorted();
      const keys = new Doubles();
      for (const prefix of sorted) keys.push(keyOf(prefix, 0));
      const index = await PrefixIndex.build(keys, now());
      for (let trial = 0; trial < 300; trial += 1) {
        const number = digits(1 + Math.floor(random() * 15), base);
        const expected = sorted.filter((prefix) => number.startsWith(prefix)).at(-1);
        assert.equal(sorted[index.find(keyOf(number, 0))], expected, number);
      }
    }
  });

  it("finds nothing in nothing", async () => {
    const index = await PrefixIndex.build(new Doubles(), now());
    assert.equal(index.find(keyOf("12125550100", 0)), -1);
    assert.equal(index.find(keyOf("", 0)), -1);
  });
});

describe("sorting", () => {
  it("is stable and right for every size around its runs", async () => {
    const random = seeded(seedOf("sorting"));
    for (const size of [0, 1, 2, 31, 32, 33, 64, 65, 1_000, 4_097]) {
      const keys = new Doubles();
      const values = new Doubles();
      const pairs = Array.from({ length: size }, (_, at) => [Math.floor(random() * 50), at] as const);
      for (const [key, at] of pairs) {
        keys.push(key);
        values.push(at);
      }
      const sorted = await sortPairs(keys, values, now());
      const expected = pairs.toSorted(([one, first], [other, second]) => one - other || first - second);
      assert.deepEqual(
        pairs.map((_, at) => [sorted.keys.at(at), sorted.values.at(at)]),
        expected.map((pair) => [...pair]),
      );
    }
  });
});

describe("reading a table", () => {
  it("names the place of what is wrong", async () => {
    const cases: [unknown, RegExp][] = [
      [7, /at the table: an object/],
      [{}, /at format: "trunkline-routes\/1" is expected/],
      [{ ...tableOf({}), format: "x" }, /at format/],
      [{ ...tableOf({}), extra: 1 }, /at the table: it has the unknown member "extra"/],
      [tableOf({ currency: "usd" }), /at currency: a currency/],
      [tableOf({ carriers: [{ name: "a" }, { name: "a" }] }), /at carriers\[1\]\.name: the carrier "a" is there twice/],
      [tableOf({ carriers: [{ name: "a", currency: "EUR" }] }), /at carriers\[0\]\.currency: there is no rate for EUR/],
      [tableOf({ carriers: [{ name: "a\n" }] }), /at carriers\[0\]\.name/],
      [tableOf({ carriers, routes: [{ carrier: "gamma" }] }), /at routes\[0\]\.carrier: there is no carrier "gamma"/],
      [tableOf({ carriers, routes: [{ carrier: "alpha", prefixes: ["1", "+44"] }] }), /at routes\[0\]\.prefixes\[1\]/],
      [
        tableOf({ carriers, routes: [{ carrier: "alpha", prefixes: [] }] }),
        /at routes\[0\]\.prefixes: the list is empty/,
      ],
      [
        tableOf({ carriers, routes: [{ carrier: "alpha", networks: ["310260"] }] }),
        /routes\[0\]\.networks\[0\]: there is no network/,
      ],
      [
        tableOf({ carriers, routes: [{ carrier: "alpha", priceMicros: 0.5 }] }),
        /at routes\[0\]\.priceMicros: a whole number/,
      ],
      [tableOf({ carriers, routes: [{ carrier: "alpha", hours: { from: 3, to: 3 } }] }), /at routes\[0\]\.hours/],
      [
        tableOf({ carriers, routes: [{ carrier: "alpha", classes: ["urgent", "slow" as never] }] }),
        /classes\[1\]: one of urgent/,
      ],
      [tableOf({ carriers, routes: [{ carrier: "alpha", weight: 0 }] }), /at routes\[0\]\.weight/],
      [tableOf({ carriers, weights: { luck: 1 } }), /at weights: it has the unknown member "luck"/],
      [tableOf({ carriers, order: ["priority", "priority"] }), /at order\[1\]: "priority" is there twice/],
      [
        tableOf({ carriers, inputs: [{ name: "x", weight: 1, values: [1, 2, 3] }] }),
        /more values than there are carriers/,
      ],
      [
        tableOf({ carriers, inputs: [{ name: "x", weight: 1, values: { gamma: 1 } }] }),
        /at inputs\[0\]\.values\["gamma"\]/,
      ],
      [tableOf({ carriers, inputs: [{ name: "price", weight: 1 }] }), /at inputs\[0\]\.name: price is computed/],
      [tableOf({ networks: [{ code: "12" }] }), /at networks\[0\]\.code/],
      [
        tableOf({
          carriers,
          networks: [
            { code: "310260", prefixes: ["1"] },
            { code: "310410", prefixes: ["1"] },
          ],
        }),
        /at networks: the prefix 1 is in 310260 and in 310410/,
      ],
    ];
    for (const [document, expected] of cases) assert.match(await refusal(document), expected);
  });

  it("bears hostile documents", async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}`) as unknown;
    assert.match(await refusal(deep), /unknown member/);
    assert.match(await refusal(tableOf({ rates: deep as never })), /not valid/);
    assert.match(
      await refusal(JSON.parse('{"format":"trunkline-routes/1","currency":"USD","__proto__":{}}')),
      /member/,
    );
    const many = Array.from({ length: TABLE_LIMITS.carriers + 1 }, (_, at) => ({ name: `c${at}` }));
    assert.match(await refusal(tableOf({ carriers: many })), /there are more than 5000/);
    assert.match(
      await refusal(tableOf({ carriers: [{ name: "constructor" }], routes: [{ carrier: "toString" }] })),
      /no carrier/,
    );
  });

  it("reads the same from one piece and from parts, and hashes it whatever the order of members", async () => {
    const document = tableOf({ carriers, routes, weights: { price: 2 } });
    const whole = await compile(document);
    const turned = await compile(Object.fromEntries(Object.entries(document).toReversed()));
    assert.equal(turned.hash, whole.hash);
    const { format, currency, networks, weights } = document;
    const parts = [
      { format, currency, weights },
      { networks },
      { carriers: carriers.slice(0, 1) },
      { carriers: carriers.slice(1) },
      { routes },
    ];
    const apart = await compileTable({ parts, version: 1, hash: sha256(), pause: () => Promise.resolve() });
    assert.equal(apart.hash, whole.hash);
    assert.deepEqual(apart.size, whole.size);
    assert.notEqual((await compile({ ...document, routes: [] })).hash, whole.hash);
  });

  it("cuts long entries into small parts that mean the same", async () => {
    const prefixes = Array.from({ length: 5_000 }, (_, at) => `1${at + 10_000}`);
    const names = Array.from({ length: 3_000 }, (_, at) => ({ name: `carrier-with-a-name-${at}` }));
    const document = tableOf({
      carriers: names,
      networks: [{ code: "310260", prefixes }],
      inputs: [{ name: "x", weight: 1, values: names.map((_, at) => at) }],
      routes: [{ carrier: "carrier-with-a-name-1", prefixes, countries: ["US"] }],
    });
    const parts = [...partsOf(document)];
    assert.ok(parts.every((part) => JSON.stringify(part).length < 60_000));
    const compiled = await compile(document);
    assert.deepEqual([compiled.size.prefixes, compiled.size.routes, compiled.size.inputs], [5_000, 5_001, 1]);
    assert.equal(compiled.inputs.columns[0]?.values[2_999], 2_999);
  });

  it("gives others their turn while it compiles", async () => {
    let pauses = 0;
    const prefixes = Array.from({ length: 20_000 }, (_, at) => `1${at + 100_000}`);
    const document = tableOf({ carriers, routes: [{ carrier: "alpha", prefixes }] });
    await compileTable({
      parts: partsOf(document),
      version: 1,
      hash: sha256(),
      pause: () => {
        pauses += 1;
        return Promise.resolve();
      },
    });
    assert.ok(pauses > 50, `${pauses} pauses`);
  });

  it("brings networks of its own to tables without any", async () => {
    const { networks, ...rest } = tableOf({ carriers, routes });
    assert.deepEqual(networks, []);
    const compiled = await compile({ ...rest, format: TABLE_FORMAT });
    assert.ok(compiled.networks.length > 1_000);
    assert.match(compiled.networksFrom ?? "", /^libphonenumber/);
    assert.ok(compiled.networks.every(({ code, country }) => country === code.slice(0, 2)));
  });
});
