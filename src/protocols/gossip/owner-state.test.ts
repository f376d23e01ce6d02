import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../../test/kit/seeded-random.ts";
import { composeDeltas, MAX_KEYS_PER_OWNER, MAX_TOMBSTONES, OwnerState } from "./index.ts";
import type { KeyChange, OwnerDelta } from "./index.ts";

const SEED = Number(process.env["SEED"] ?? 42);
const WHO = { id: "a", role: "edge", region: "us1", host: "10.0.0.1", port: 7_946 } as const;

/** What one who knows as much as `theirs` is sent, in packets of so many octets. */
function deltasFor(owner: OwnerState, theirs: OwnerState, octets: number, maxPackets = 1): OwnerDelta[] {
  const start = owner.missingFor(theirs);
  if (start === undefined) return [];
  const wants = [{ owner, start, isNew: theirs.generation < owner.generation }];
  return composeDeltas(wants, { firstOctets: octets, maxPackets, random: () => 0 }).flat();
}

function contentOf(state: OwnerState): unknown {
  return { version: state.version, keys: Array.from(state.live(), ({ key, value, version }) => [key, value, version]) };
}

function stranger(): OwnerState {
  return new OwnerState(WHO, 0);
}

/** An owner that writes and deletes by chance, with a copy of every delta that somebody could have been sent. */
function history(random: () => number): { readonly owner: OwnerState; readonly deltas: OwnerDelta[] } {
  const owner = new OwnerState(WHO, 1);
  const deltas: OwnerDelta[] = [];
  const readers = [stranger(), stranger(), stranger()];
  for (let step = 0; step < 120; step += 1) {
    const key = `k${Math.floor(random() * 10)}`;
    if (random() < 0.3) owner.delete(key, step);
    else owner.set(key, `${step}${"x".repeat(Math.floor(random() * 60))}`);
    if (random() < 0.1) owner.collectGarbage(step - 20);
    for (const reader of readers) {
      if (random() < 0.8) continue;
      for (const delta of deltasFor(owner, reader, 100 + Math.floor(random() * 300), 2)) {
        deltas.push(delta);
        reader.apply(delta, step, []);
      }
    }
  }
  return { owner, deltas };
}

describe("OwnerState", () => {
  it("numbers writes by one counter, and counts nothing that changes nothing", () => {
    const owner = new OwnerState(WHO, 1);
    assert.ok(owner.set("a", "1"));
    assert.ok(!owner.set("a", "1"));
    assert.ok(owner.set("b", "1"));
    assert.ok(owner.delete("a", 0));
    assert.ok(!owner.delete("a", 0));
    assert.equal(owner.version, 3);
    assert.equal(owner.size, 1);
    assert.equal(owner.tombstones, 1);
  });

  it("has limits on keys, values and their number, which deleted keys do not count for", () => {
    const owner = new OwnerState(WHO, 1);
    for (let at = 0; at < MAX_KEYS_PER_OWNER; at += 1) owner.set(`k${at}`, "v");
    assert.throws(() => owner.set("more", "v"));
    for (let at = 0; at < MAX_TOMBSTONES; at += 1) {
      owner.delete(`k${at}`, 0);
      owner.set(`n${at}`, "v");
    }
    assert.ok(owner.tombstones <= MAX_TOMBSTONES);
    owner.delete("n0", 0);
    owner.delete("n1", 0);
    assert.ok(owner.tombstones <= MAX_TOMBSTONES);
    assert.ok(owner.gcVersion > 0);
    assert.throws(() => owner.set("a b", "v"));
    assert.throws(() => owner.set("k4096", "x".repeat(769)));
  });

  it(`is the same after deltas in any order, twice or not at all, once the rest is asked for (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    for (let run = 0; run < 40; run += 1) {
      const { owner, deltas } = history(random);
      const reader = stranger();
      for (let at = 0; at < deltas.length; at += 1) {
        const delta = deltas[Math.floor(random() * deltas.length)] as OwnerDelta;
        const before = reader.version;
        const outcome = reader.apply(delta, at, []);
        assert.equal(reader.apply(delta, at, []), outcome === "gap" ? "gap" : "stale", "a second time changes nothing");
        if (!delta.reset) assert.ok(reader.version >= before);
        checkInvariant(owner, reader);
      }
      for (let asked = 0; asked < 200 && owner.missingFor(reader) !== undefined; asked += 1) {
        for (const delta of deltasFor(owner, reader, 150)) reader.apply(delta, 1_000, []);
        checkInvariant(owner, reader);
      }
      assert.deepEqual(contentOf(reader), contentOf(owner));
    }
  });

  it(`tells every change once: who follows them has what the state has (seed ${SEED})`, () => {
    const random = seededRandom(SEED + 1);
    for (let run = 0; run < 40; run += 1) {
      const { deltas } = history(random);
      const reader = stranger();
      const followed = new Map<string, string>();
      for (const delta of deltas) {
        const changes: KeyChange[] = [];
        reader.apply(delta, 0, changes);
        for (const { key, value } of changes) {
          assert.notEqual(followed.get(key), value, "told of no change");
          if (value === undefined) followed.delete(key);
          else followed.set(key, value);
        }
        assert.deepEqual(followed, new Map(Array.from(reader.live(), ({ key, value }) => [key, value])));
      }
    }
  });

  it("sends the oldest writes first and, after one that does not fit, nothing newer", () => {
    const owner = new OwnerState(WHO, 1);
    const reader = stranger();
    for (let at = 0; at < 10; at += 1) owner.set(`k${at}`, "x".repeat(300));
    const [first, ...more] = deltasFor(owner, reader, 1_300);
    assert.equal(more.length, 0);
    assert.deepEqual(
      first?.entries.map(({ version }) => version),
      [1, 2, 3, 4],
    );
    assert.equal(first?.to, 4);
    const two = deltasFor(owner, reader, 1_300, 2);
    assert.deepEqual(
      two.map(({ from, to }) => [from, to]),
      [
        [0, 4],
        [4, 8],
      ],
    );
    assert.equal(reader.apply(two[1] as OwnerDelta, 0, []), "gap");
    assert.equal(reader.version, 0);
  });

  it("makes who missed forgotten deletions begin anew, and nobody else, also over many packets", () => {
    const owner = new OwnerState(WHO, 1);
    const [late, timely] = [stranger(), stranger()];
    for (let at = 0; at < 20; at += 1) owner.set(`k${at}`, "x".repeat(100));
    for (const reader of [late, timely]) {
      for (const delta of deltasFor(owner, reader, 1_300, 4)) reader.apply(delta, 0, []);
    }
    for (let at = 0; at < 10; at += 1) owner.delete(`k${at}`, 0);
    for (const delta of deltasFor(owner, timely, 1_300)) timely.apply(delta, 0, []);
    owner.collectGarbage(1);
    assert.equal(owner.missingFor(timely), undefined);
    assert.deepEqual(owner.missingFor(late), { from: 0, reset: true });
    for (let packets = 0; owner.missingFor(late) !== undefined; packets += 1) {
      assert.ok(packets < 8);
      for (const delta of deltasFor(owner, late, 300)) late.apply(delta, 0, []);
      checkInvariant(owner, late);
    }
    assert.deepEqual(contentOf(late), contentOf(owner));
  });

  it("lets a newer generation take the place of an older one, never the other way round", () => {
    const reader = stranger();
    const old = new OwnerState(WHO, 5);
    old.set("old", "1");
    old.set("both", "1");
    const oldDeltas = deltasFor(old, reader, 1_300);
    for (const delta of oldDeltas) reader.apply(delta, 0, []);
    const restarted = new OwnerState(Object.assign({}, WHO, { port: 9 }), 6);
    restarted.set("both", "1");
    const changes: KeyChange[] = [];
    for (const delta of deltasFor(restarted, reader, 1_300)) reader.apply(delta, 0, changes);
    assert.deepEqual(changes, [{ key: "old", value: undefined }]);
    assert.equal(reader.introduction.port, 9);
    assert.equal(reader.apply(oldDeltas[0] as OwnerDelta, 0, []), "stale");
    assert.equal(reader.generation, 6);
  });
});

/** Either one has what a key is now, or one does not claim to know the write that made it so. */
function checkInvariant(owner: OwnerState, reader: OwnerState): void {
  if (reader.generation !== owner.generation) return;
  for (const { key, value, version } of owner.live()) {
    if (reader.version >= version) assert.equal(reader.get(key), value, `version ${reader.version} without ${key}`);
  }
  if (reader.version < owner.version) return;
  for (const { key } of reader.live()) assert.notEqual(owner.get(key), undefined, `${key} is not deleted`);
}
