import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../test/kit/seeded-random.ts";
import { ConfigTree, differences } from "./index.ts";

const SEED = Number(process.env["TRUNKLINE_TEST_SEED"] ?? Date.now() % 1_000_000);
const MUTATIONS = 10_000;

/** Whole numbers from 0 on, below a bound. */
interface Random {
  below(bound: number): number;
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Something like what an operator writes: carriers, rates, numbers, a few switches. */
function configuration(random: Random): { [name: string]: Json } {
  return {
    messaging: { senderRates: [{ kind: "tollfree", segmentsPerMinute: 180 }], statusCallbacks: "all" },
    carriers: Array.from({ length: 3 }, (_, n) => ({
      name: `carrier-${n}`,
      host: `10.0.0.${n}`,
      port: 2_775 + n,
      window: random.below(100),
      tls: n % 2 === 0 ? { verify: true, ca: null } : {},
      countries: ["US", "CA", "GB"].slice(0, random.below(4)),
    })),
    numbers: Array.from({ length: 4 }, (_, n) => ({ number: `+1500555${1_000 + n}`, sms: true, mms: n % 3 === 0 })),
    limits: { perSecond: 100, tiers: { smb: 10, enterprise: 1_000 } },
    empty: [],
    none: {},
  };
}

/** Changes one place, and says which. */
function mutate(value: Json, random: Random): Json {
  if (typeof value === "object" && value !== null) {
    const entries = Array.isArray(value) ? value.map((item, at) => [String(at), item] as const) : Object.entries(value);
    const choice = entries.length === 0 ? 0 : random.below(4);
    if (choice > 1) {
      const [name, part] = entries[random.below(entries.length)] as readonly [string, Json];
      if (Array.isArray(value)) return value.map((item, at) => (String(at) === name ? mutate(item, random) : item));
      return { ...value, [name]: mutate(part, random) };
    }
    if (Array.isArray(value)) return choice === 0 ? [...value, random.below(1_000_000)] : value.slice(1);
    if (choice === 0) return { ...value, [`added-${random.below(1_000_000)}`]: random.below(10) };
    return Object.fromEntries(entries.slice(1));
  }
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  if (typeof value === "string") return `${value}.`;
  return "was null";
}

/** The same, written in another way. */
function rewritten(value: Json, random: Random): Json {
  if (Array.isArray(value)) {
    const parts = value.map((item) => rewritten(item, random));
    const isNamed =
      parts.length > 0 && value.every((item) => item !== null && typeof item === "object" && "name" in item);
    return isNamed ? shuffled(parts, random) : parts;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, rewritten(part, random)] as const);
  return Object.fromEntries(shuffled(entries, random));
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  return items.map(() => rest.splice(random.below(rest.length), 1)[0] as T);
}

test(`${MUTATIONS} random changes are all found and named, and as many rewritings raise no alarm, seed ${SEED}`, async () => {
  const next = seededRandom(SEED);
  const random: Random = { below: (bound) => Math.floor(next() * bound) };
  const desired = configuration(random);
  const own = new ConfigTree(desired);
  for (let n = 0; n < MUTATIONS; n += 1) {
    const same = new ConfigTree(rewritten(desired, random));
    assert.equal(same.root, own.root, `rewriting ${n}`);
    const changed = mutate(desired, random);
    const other = new ConfigTree(changed);
    assert.notEqual(other.root, own.root, `change ${n}: ${JSON.stringify(changed)}`);
    const named = await differences(own, (path) => Promise.resolve(other.children(path)));
    assert.ok(named.length > 0, `change ${n} is named`);
  }
});

test("a difference is named by its deepest place, and parts of named things by their name", async () => {
  const own = new ConfigTree({
    carriers: [
      { name: "a", port: 1 },
      { name: "b", port: 2 },
    ],
    switches: { x: true },
  });
  const other = new ConfigTree({ carriers: [{ name: "c" }, { name: "b", port: 3 }], switches: { x: true, y: 1 } });
  const named = await differences(own, (path) => Promise.resolve(other.children(path)));
  const texts = named.map(({ path, kind }) => `${kind} ${path.join(".")}`).toSorted();
  assert.deepEqual(texts, ["extra carriers.c", "extra switches.y", "missing carriers.a", "other carriers.b.port"]);
});

test("what each process sets itself is no difference", () => {
  const isOwned = (path: readonly string[]): boolean => path[0] !== "port";
  const roots = [1, 2].map((port) => new ConfigTree({ port, limits: 3 }, isOwned).root);
  assert.equal(roots[0], roots[1]);
});
