import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UNKNOWN_HEALTH, type RouteRequest } from "../index.ts";
import { SENDER_KINDS, TRAFFIC_CLASSES } from "../request.ts";
import { compile, healthOf, request, seeded, seedOf, tableOf } from "../sample-routes.test.ts";
import { tableFromCarriers, type TableDocument, type TableRoute } from "../table/index.ts";
import { compareTables, Decider, explain } from "./index.ts";

/** The order that stood before there were tables. */
function orderBySettings(
  carriers: readonly { name: string; prefixes: readonly string[]; priority: number; up: boolean }[],
  to: string,
  refusedBy: readonly string[],
): string[] {
  const digits = to.slice(1);
  return carriers
    .flatMap((carrier, index) => {
      const { name, prefixes, priority, up } = carrier;
      const matching = prefixes.filter((prefix) => digits.startsWith(prefix)).map(({ length }) => length);
      const longest = prefixes.length === 0 ? 0 : Math.max(-1, ...matching);
      if (longest < 0) return [];
      return [{ name, key: [refusedBy.includes(name) ? 0 : 1, up ? 1 : 0, longest, -priority, -index] }];
    })
    .toSorted((one, other) => {
      const at = one.key.findIndex((value, index) => value !== other.key[index]);
      return (other.key[at] ?? 0) - (one.key[at] ?? 0);
    })
    .map(({ name }) => name);
}

const decide = async (document: Partial<TableDocument>, more: Partial<RouteRequest> = {}, health = UNKNOWN_HEALTH) =>
  new Decider(await compile(tableOf(document))).decide(request(more), health, {});

const abc = [{ name: "a" }, { name: "b" }, { name: "c" }];

describe("the table of the settings", () => {
  it("gives the order of longest prefix and priority, with refused and unusable ones behind", async () => {
    const random = seeded(seedOf("settings"));
    const numbers = ["+12125550100", "+14155550100", "+447700900123", "+4915112345678"];
    const choices = ["1", "12", "1212", "121255", "1415", "44", "447", "49", "4915", "33"];
    for (let round = 0; round < 150; round += 1) {
      const carriers = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, at) => ({
        name: `c${at}`,
        prefixes: choices.filter(() => random() < 0.2),
        priority: Math.floor(random() * 3),
        up: random() < 0.7,
      }));
      const decider = new Decider(await compile({ ...tableFromCarriers(carriers), networks: [] }, 0));
      const health = healthOf(1, Object.fromEntries(carriers.map(({ name, up }) => [name, { usable: up }])));
      const excluded = carriers.filter(() => random() < 0.3).map(({ name }) => name);
      for (const to of numbers) {
        const expected = orderBySettings(carriers, to, excluded);
        const { ranking } = decider.decide(request({ to }), health, { excluded });
        assert.deepEqual(ranking, expected);
        assert.equal(decider.serves(to, undefined), expected.length > 0);
      }
    }
  });
});

describe("a decision", () => {
  it("takes of each carrier the routes to the most specific destination, and of these the best", async () => {
    const document = {
      carriers: abc,
      networks: [{ code: "310260", prefixes: ["1212"] }],
      routes: [
        { carrier: "a", priceMicros: 9_000 },
        { carrier: "a", countries: ["US"], priceMicros: 1_000 },
        { carrier: "b", prefixes: ["1"], priceMicros: 5_000 },
        { carrier: "b", prefixes: ["1212"], priceMicros: 0, classes: ["marketing" as const] },
        { carrier: "b", prefixes: ["1212"], priceMicros: 4_000 },
        { carrier: "c", networks: ["310260"], priceMicros: 2_000 },
        { carrier: "c", countries: ["US"], priceMicros: 0 },
      ],
    };
    const decider = new Decider(await compile(tableOf(document)));
    assert.deepEqual(decider.decide(request(), UNKNOWN_HEALTH, {}).ranking, ["a", "c", "b"]);
    assert.deepEqual(decider.decide(request({ trafficClass: "marketing" }), UNKNOWN_HEALTH, {}).ranking, [
      "b",
      "a",
      "c",
    ]);
    assert.deepEqual(decider.decide(request({ to: "+14155550100" }), UNKNOWN_HEALTH, {}).ranking, ["c", "a", "b"]);
    assert.deepEqual(decider.decide(request({ to: "+447700900123" }), UNKNOWN_HEALTH, {}).ranking, ["a"]);
    assert.deepEqual(decider.priceOf("b", request({ segments: 3 }), {}), { priceMicros: 4_000, currency: "USD" });
    assert.equal(decider.priceOf("b", request({ to: "+447700900123" }), {}), undefined);
    assert.equal(decider.networkOf("+12125550100", undefined), "310260");
  });

  it("goes by the network that is known of the number itself", async () => {
    const networks = [
      { code: "310260", prefixes: ["1212"] },
      { code: "310410", country: "US" },
    ];
    const routes = [
      { carrier: "a", networks: ["310260"] },
      { carrier: "b", networks: ["310410"] },
    ];
    const decider = new Decider(await compile(tableOf({ carriers: abc, networks, routes })));
    assert.deepEqual(decider.decide(request(), UNKNOWN_HEALTH, {}).ranking, ["a"]);
    assert.deepEqual(decider.decide(request(), UNKNOWN_HEALTH, { ported: "310410" }).ranking, ["b"]);
    assert.deepEqual(decider.decide(request(), UNKNOWN_HEALTH, { ported: "999999" }).ranking, ["a"]);
    assert.equal(decider.serves("+12125550100", "310410"), true);
    assert.equal(decider.serves("+447700900123", undefined), false);
  });

  it("leaves out what does not fit the message", async () => {
    const carriers = [
      { name: "single", features: { concatenation: false } },
      { name: "plain", features: { ucs2: false } },
      { name: "local" },
      { name: "night" },
    ];
    const routes = [
      { carrier: "single" },
      { carrier: "plain" },
      { carrier: "local", senderKinds: ["local" as const] },
      { carrier: "night", hours: { from: 22, to: 6 } },
    ];
    const decider = new Decider(await compile(tableOf({ carriers, routes, order: ["priority"] })));
    const at = (more: Partial<RouteRequest>, hour: number): string[] =>
      decider.decide(request(more), UNKNOWN_HEALTH, { atMs: hour * 3_600_000 }).ranking.toSorted();
    assert.deepEqual(at({}, 12), ["local", "plain", "single"]);
    assert.deepEqual(at({}, 23), ["local", "night", "plain", "single"]);
    assert.deepEqual(at({}, 24 + 5), ["local", "night", "plain", "single"]);
    assert.deepEqual(at({}, 6), ["local", "plain", "single"]);
    assert.deepEqual(at({ segments: 2 }, 12), ["local", "plain"]);
    assert.deepEqual(at({ encoding: "UCS-2" }, 12), ["local", "single"]);
    assert.deepEqual(at({ senderKind: "alphanumeric" }, 12), ["plain", "single"]);
  });

  it("weighs price, health and given inputs, and compares prices in one currency", async () => {
    const carriers = [{ name: "a" }, { name: "b", currency: "EUR" }];
    const routes = [
      { carrier: "a", priceMicros: 10_000 },
      { carrier: "b", priceMicros: 9_500 },
    ];
    const document = { carriers, routes, rates: { EUR: 1.1 }, quantum: 0.1 };
    assert.deepEqual((await decide(document)).ranking, ["a", "b"]);
    const bad = healthOf(1, { a: { quality: { deliveryRatio: 0.7 } } });
    assert.deepEqual((await decide(document, {}, bad)).ranking, ["b", "a"]);
    const known = healthOf(2, {
      a: { quality: { deliveryRatio: 0.7 }, networks: new Map([["310260", { deliveryRatio: 0.9 }]]) },
    });
    const networks = [{ code: "310260", prefixes: ["1212"] }];
    assert.deepEqual((await decide({ ...document, networks }, {}, known)).ranking, ["a", "b"]);
    const inputs = [
      {
        name: "fraud",
        weight: -10,
        values: { a: 1 },
        networkValues: { "310260": { a: 0 } },
        classes: ["urgent" as const],
      },
    ];
    assert.deepEqual((await decide({ ...document, inputs, networks: [{ code: "310260" }] })).ranking, ["a", "b"]);
    const urgent = { trafficClass: "urgent" as const };
    assert.deepEqual((await decide({ ...document, inputs, networks: [{ code: "310260" }] }, urgent)).ranking, [
      "b",
      "a",
    ]);
    assert.deepEqual((await decide({ ...document, inputs, networks }, urgent)).ranking, ["a", "b"]);
  });

  it("puts unusable carriers behind usable ones, and names no carrier that the settings lack", async () => {
    const table = await compile(
      tableOf({ carriers: abc, routes: abc.map(({ name }, at) => ({ carrier: name, priority: at })) }),
    );
    const decider = new Decider(table, new Set(["a", "b"]));
    const health = healthOf(4, { a: { usable: false, reason: "breaker" } });
    const decision = decider.decide(request(), health, {});
    assert.deepEqual([decision.ranking, decision.usable], [["b", "a"], 1]);
    assert.deepEqual([decision.tableVersion, decision.healthVersion], [1, 4]);
    const { candidates, leftOut } = explain(decider, request(), health, {});
    assert.equal(candidates[1]?.reason, "breaker");
    assert.deepEqual(leftOut, [{ carrier: "c", why: "there is no such carrier, or it is switched off" }]);
    const all = decider.decide(request(), health, { excluded: ["a", "b"] });
    assert.deepEqual([all.ranking, all.usable], [["b", "a"], 0]);
  });

  it("names eight carriers at most", async () => {
    const carriers = Array.from({ length: 40 }, (_, at) => ({ name: `c${at}` }));
    const routes = carriers.map(({ name }) => ({ carrier: name }));
    const { ranking } = await decide({ carriers, routes });
    assert.equal(new Set(ranking).size, 8);
  });
});

/** A table with equals, unequals, and everything else that a table may have. */
function randomTable(random: () => number): TableDocument {
  const some = <T>(items: readonly T[], share: number): T[] => {
    const found = items.filter(() => random() < share);
    return found.length === 0 ? [items[0] as T] : found;
  };
  const carriers = Array.from({ length: 12 }, (_, at) => ({
    name: `c${at}`,
    features: { concatenation: random() < 0.8, ucs2: random() < 0.8 },
  }));
  const routes = Array.from({ length: 30 }, (): TableRoute => {
    const where = random();
    return {
      carrier: `c${Math.floor(random() * 12)}`,
      priceMicros: 1_000 * Math.floor(random() * 4),
      weight: 1 + Math.floor(random() * 3),
      classes: some(TRAFFIC_CLASSES, 0.7),
      senderKinds: some(SENDER_KINDS, 0.8),
      ...(where < 0.3 ? { prefixes: some(["1", "1212", "44", "12125"], 0.4) } : {}),
      ...(where > 0.7 ? { networks: some(["310260", "23415"], 0.6) } : {}),
      ...(where > 0.5 && where < 0.8 ? { countries: some(["US", "GB"], 0.6) } : {}),
      ...(random() < 0.2 ? { hours: { from: 8, to: 20 } } : {}),
    };
  });
  return tableOf({
    carriers,
    networks: [
      { code: "310260", prefixes: ["1212"] },
      { code: "23415", prefixes: ["447"] },
    ],
    inputs: [
      { name: "x", weight: 0.5, values: carriers.map(() => Math.floor(random() * 3)) },
      { name: "y", weight: 1, values: {}, networkValues: { "310260": { c1: 2, c2: 1 } }, hours: { from: 0, to: 12 } },
    ],
    order: random() < 0.3 ? ["priority"] : [],
    routes,
  });
}

const randomRequest = (random: () => number): RouteRequest =>
  request({
    to: ["+12125550123", "+14155550123", "+447700900123"][Math.floor(random() * 3)] ?? "",
    from: `+1500555${1_000 + Math.floor(random() * 9_000)}`,
    trafficClass: TRAFFIC_CLASSES[Math.floor(random() * 3)] ?? "urgent",
    senderKind: SENDER_KINDS[Math.floor(random() * 5)] ?? "local",
    encoding: random() < 0.5 ? "GSM-7" : "UCS-2",
    segments: 1 + Math.floor(random() * 2),
  });

describe("decisions", () => {
  it("are the same for the same inputs, in whatever order they are made, and agree with their explanation", async () => {
    const random = seeded(seedOf("decisions"));
    for (let round = 0; round < 25; round += 1) {
      const document = randomTable(random);
      const one = new Decider(await compile(document));
      const again: (() => void)[] = [];
      const other = new Decider(await compile(document));
      const snapshots = [0, 1, 2].map((version) => {
        const names = document.carriers?.map(({ name }) => name) ?? [];
        const entries = names.map((name) => {
          const ratio = Math.floor(random() * 20) / 20;
          return [name, { usable: random() < 0.8, quality: { deliveryRatio: ratio } }];
        });
        return healthOf(version, Object.fromEntries(entries) as never);
      });
      for (let trial = 0; trial < 60; trial += 1) {
        const asked = randomRequest(random);
        const health = snapshots[Math.floor(random() * 3)] ?? UNKNOWN_HEALTH;
        const options = { atMs: Math.floor(random() * 86_400_000), excluded: random() < 0.3 ? ["c1", "c2", "c3"] : [] };
        const decision = one.decide(asked, health, options);
        again.push(() => assert.deepEqual(other.decide(asked, health, options), decision));
        const explained = explain(one, asked, health, options);
        assert.deepEqual(explained.ranking, decision.ranking);
        assert.deepEqual(
          explained.candidates.slice(0, 8).map(({ carrier }) => carrier),
          decision.ranking,
        );
        for (const { terms, score, quantisedScore } of explained.candidates) {
          const sum = terms.reduce((total, { points }) => total + points, 0);
          assert.ok(Math.abs(sum - score) < 1e-6, `${sum} and ${score}`);
          assert.equal(quantisedScore, Math.round(score) + 0);
        }
        const usable = explained.candidates.filter((each) => each.usable && !each.excluded).length;
        assert.equal(decision.usable, Math.min(8, usable));
      }
      for (const check of again.toReversed()) check();
    }
  });

  it("share among equals by weight, and a carrier that leaves moves only its own share", async () => {
    const random = seeded(seedOf("shares"));
    const names = ["a", "b", "c", "d"];
    const weights: Readonly<Record<string, number>> = { a: 1, b: 1, c: 2, d: 4 };
    const routes = names.map((name) => ({ carrier: name, weight: weights[name] ?? 1 }));
    const decider = new Decider(await compile(tableOf({ carriers: names.map((name) => ({ name })), routes })));
    const without = healthOf(1, { c: { usable: false } });
    const rounds = 4_000;
    const counts: Record<string, number> = {};
    for (let at = 0; at < rounds; at += 1) {
      const asked = request({ to: `+1212${1_000_000 + Math.floor(random() * 9_000_000)}` });
      const [before = "", second] = decider.decide(asked, UNKNOWN_HEALTH, {}).ranking;
      const [after] = decider.decide(asked, without, {}).ranking;
      counts[before] = (counts[before] ?? 0) + 1;
      assert.equal(after, before === "c" ? second : before);
      assert.equal(
        decider.decide({ ...asked, trafficClass: "urgent", segments: 2 }, UNKNOWN_HEALTH, {}).ranking[0],
        before,
      );
    }
    for (const name of names) {
      const expected = (rounds * (weights[name] ?? 0)) / 8;
      const deviation = Math.abs((counts[name] ?? 0) - expected);
      assert.ok(deviation < 5 * Math.sqrt(expected), `${name}: ${counts[name]} for ${expected}`);
    }
  });

  it("stay the same for those who stay when the table gets another version", async () => {
    const five = Array.from({ length: 5 }, (_, at) => ({ name: `c${at}` }));
    const routes = five.map(({ name }) => ({ carrier: name }));
    const before = new Decider(await compile(tableOf({ carriers: five, routes }), 1));
    const after = new Decider(
      await compile(tableOf({ carriers: five.slice(1).toReversed(), routes: routes.slice(1) }), 2),
    );
    for (let at = 0; at < 500; at += 1) {
      const asked = request({ to: `+1212555${1_000 + at}` });
      const [old = "", next] = before.decide(asked, UNKNOWN_HEALTH, {}).ranking;
      assert.equal(after.decide(asked, UNKNOWN_HEALTH, {}).ranking[0], old === "c0" ? next : old);
    }
  });
});

describe("comparing tables", () => {
  it("adds up what moves, what it costs and what arrives, and stops at its limit", async () => {
    const networks = [{ code: "310260", prefixes: ["1212"] }];
    const carriers = abc;
    const from = await compile(tableOf({ carriers, networks, routes: [{ carrier: "a", priceMicros: 5_000 }] }), 1);
    const routes = [
      { carrier: "b", networks: ["310260"], priceMicros: 2_000 },
      { carrier: "a", countries: ["US"], priceMicros: 5_000 },
    ];
    const to = await compile(tableOf({ carriers, networks, routes, weights: { deliveryRatio: 0 } }), 2);
    const health = healthOf(3, { a: { quality: { deliveryRatio: 0.95 } }, b: { quality: { deliveryRatio: 0.5 } } });
    async function* traffic() {
      yield { ...request({ segments: 2 }), sid: "SM1", carrier: "a" };
      yield request({ to: "+14155550100" });
      yield request({ to: "+447700900123" });
      yield request();
    }
    const comparing = { traffic: traffic(), from, to, health, pause: () => Promise.resolve() };
    const compared = await compareTables({ ...comparing, maxMessages: 3 });
    assert.deepEqual([compared.messages, compared.isCut, compared.moved], [3, true, 2]);
    assert.deepEqual([compared.unroutableBefore, compared.unroutableAfter], [0, 1]);
    assert.equal(compared.before.costMicros, 20_000);
    assert.equal(compared.after.costMicros, 4_000 + 5_000);
    const row = compared.rows.find(({ carrier, country }) => carrier === "b" && country === "US");
    assert.deepEqual([row?.movedHere, row?.after.costMicros, row?.after.deliveryRatio], [1, 4_000, 0.5]);
    assert.deepEqual(compared.sample[0], { sid: "SM1", to: "+12125550123", carrier: "a", before: "a", after: "b" });
    const moved = compared.rows.reduce((sum, each) => sum + each.movedAway, 0);
    assert.equal(moved, 2);
  });
});
