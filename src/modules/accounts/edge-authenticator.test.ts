import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import type { AccountStatus } from "../../platform/http/index.ts";
import { SecretBox } from "../../platform/secrets/index.ts";
import { accountCredential, keyCredential } from "./credential-record.ts";
import { edgeAuthenticator } from "./index.ts";

const MAIN = `AC${"1".repeat(32)}`;
const SUB = `AC${"2".repeat(32)}`;
const OTHER = `AC${"3".repeat(32)}`;
const KEY = `SK${"1".repeat(32)}`;
const secrets = new SecretBox(new Uint8Array(32).fill(1));

/** An edge, and the cells that it asks. */
function sample() {
  const clock = new ManualClock();
  const records = new Map<string, unknown>();
  const asked: string[] = [];
  const down = new Set<string>();
  const put = (sid: string, token: string, more: { parentSid?: string; status?: AccountStatus } = {}): void => {
    const { parentSid, status = "active" } = more;
    records.set(sid, accountCredential({ sid, parentSid, status, digests: [secrets.digest(token, sid)] }));
  };
  const edge = edgeAuthenticator({
    clock,
    logger: silentLogger,
    secrets,
    laneOf: (sid) => (sid === OTHER ? "cell-2" : "cell-1"),
    fetchRecord: (sid) => {
      asked.push(sid);
      if (down.has(sid)) return Promise.reject(new Error("refused"));
      if (down.has(`hangs ${sid}`)) return new Promise(() => undefined);
      // As it comes over the wire.
      const record = records.get(sid);
      return Promise.resolve(record === undefined ? undefined : JSON.parse(JSON.stringify(record)));
    },
  });
  const login = async (username: string, password: string) => edge.authenticate({ username, password });
  return { clock, records, asked, down, put, edge, login };
}

describe("the authenticator of an edge", () => {
  it("knows accounts, subaccounts and keys by the records of their home cell, and asks once", async () => {
    const { records, put, login, asked } = sample();
    put(MAIN, "token");
    put(SUB, "own", { parentSid: MAIN });
    records.set(KEY, keyCredential({ sid: KEY, accountSid: MAIN, kind: "standard", digest: secrets.digest("s", KEY) }));
    const main = await login(MAIN, "token");
    assert.deepEqual([main?.accountSid, main?.credential, await main?.canAccess(SUB)], [MAIN, "token", true]);
    const key = await login(KEY, "s");
    assert.deepEqual([key?.accountSid, key?.keyKind, await key?.canAccess(SUB)], [MAIN, "standard", false]);
    assert.equal(await login(MAIN, "wrong"), undefined);
    assert.equal(await login(OTHER, "token"), undefined);
    assert.equal(await login(OTHER, "token"), undefined);
    assert.deepEqual(asked.toSorted(), [MAIN, MAIN, SUB, OTHER, KEY].toSorted(), "MAIN once more for the wrong one");
  });

  it("knows a token that was made a moment ago, and asks once a second for those that are wrong", async () => {
    const { put, login, asked, clock } = sample();
    put(MAIN, "token");
    await login(MAIN, "token");
    put(MAIN, "another");
    assert.ok((await login(MAIN, "another")) !== undefined);
    for (let guess = 0; guess < 20; guess += 1) assert.equal(await login(MAIN, `guess ${guess}`), undefined);
    assert.equal(asked.length, 2);
    clock.advance(1_000);
    await login(MAIN, "guess");
    assert.equal(asked.length, 3);
  });

  it("answers at once what it has proven before", async () => {
    const { put, login, edge } = sample();
    put(MAIN, "token");
    await login(MAIN, "token");
    assert.ok(!(edge.authenticate({ username: MAIN, password: "token" }) instanceof Promise));
  });

  it("asks again after 5 s while it goes on with what it knows", async () => {
    const { clock, put, login, asked } = sample();
    put(MAIN, "token");
    await login(MAIN, "token");
    put(MAIN, "another");
    clock.advance(4_999);
    assert.ok((await login(MAIN, "token")) !== undefined);
    assert.equal(asked.length, 1);
    clock.advance(1);
    assert.ok((await login(MAIN, "token")) !== undefined, "the old record once more");
    await clock.advanceSettling(0);
    assert.equal(await login(MAIN, "token"), undefined);
    assert.ok((await login(MAIN, "another")) !== undefined);
  });

  it("reads a record that nobody used for 15 s before it believes it, so that what was revoked opens nothing", async () => {
    const { clock, put, login } = sample();
    put(MAIN, "token");
    await login(MAIN, "token");
    put(MAIN, "another");
    clock.advance(15_000);
    assert.equal(await login(MAIN, "token"), undefined);
  });

  it("goes on for as long as the home cell cannot be asked, which cannot tell of other passwords meanwhile", async () => {
    const { clock, put, login, down } = sample();
    put(MAIN, "token");
    await login(MAIN, "token");
    down.add(MAIN);
    for (let hour = 0; hour < 24; hour += 1) {
      clock.advance(3_600_000);
      assert.ok((await login(MAIN, "token")) !== undefined, `after ${hour + 1} hours`);
    }
    await clock.advanceSettling(0);
    await assert.rejects(login(MAIN, "wrong"), "it may be right by now: nobody can tell");
    down.delete(MAIN);
    clock.advance(10_000);
    assert.equal(await login(MAIN, "wrong"), undefined);
  });

  it("holds nobody up because another cell hangs", async () => {
    const { clock, put, login, down } = sample();
    put(MAIN, "token");
    down.add(`hangs ${OTHER}`);
    const waiting = Array.from({ length: 100 }, () => assert.rejects(login(OTHER, "x"), /in 2000 ms/));
    assert.ok((await login(MAIN, "token")) !== undefined);
    await clock.advanceSettling(2_000);
    await Promise.all(waiting);
  });

  it("sees within a second that a suspension was lifted", async () => {
    const { clock, put, login } = sample();
    put(MAIN, "token", { status: "suspended" });
    assert.equal((await login(MAIN, "token"))?.status, "suspended");
    put(MAIN, "token");
    clock.advance(1_000);
    assert.equal((await login(MAIN, "token"))?.status, "active");
  });

  it("takes no record that it does not understand", async () => {
    const { records, put, login } = sample();
    put(MAIN, "token");
    const good = records.get(MAIN) as object;
    for (const bad of [
      null,
      1,
      "x",
      {},
      { ...good, sid: OTHER },
      { ...good, status: "fine" },
      { ...good, digests: [1] },
    ]) {
      const fresh = sample();
      fresh.records.set(MAIN, bad);
      await assert.rejects(fresh.login(MAIN, "token"), /cannot be read/);
    }
    assert.ok((await login(MAIN, "token")) !== undefined);
  });

  it("forgets what it is told to forget", async () => {
    const { put, login, edge } = sample();
    put(MAIN, "token");
    await login(MAIN, "token");
    put(MAIN, "another");
    edge.forget(MAIN);
    assert.equal(await login(MAIN, "token"), undefined);
  });
});
