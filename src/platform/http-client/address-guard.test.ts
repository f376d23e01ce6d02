import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { systemNet } from "../../adapters/system/index.ts";
import { parseRequestUrl } from "../../protocols/http1/index.ts";
import type { Net } from "../ports.ts";
import { createAddressGuard, HttpClientError } from "./index.ts";
import type { AddressGuard, HttpClientStage } from "./index.ts";

interface World {
  readonly guard: AddressGuard;
  readonly clock: ManualClock;
  readonly names: Map<string, readonly string[] | Error>;
  readonly asked: string[];
}

function world(allowPrivateNetworks = false): World {
  const clock = new ManualClock();
  const names = new Map<string, readonly string[] | Error>();
  const asked: string[] = [];
  const resolve = async (name: string): Promise<string[]> => {
    asked.push(name);
    const found = names.get(name) ?? [];
    if (found instanceof Error) throw found;
    return [...found];
  };
  const net: Net = { ...systemNet, resolve };
  return { guard: createAddressGuard({ net, clock, allowPrivateNetworks }), clock, names, asked };
}

const refuses = (admit: () => unknown, stage: HttpClientStage, code: string): Promise<void> =>
  assert.rejects(
    async () => admit(),
    (error) => error instanceof HttpClientError && error.stage === stage && error.code === code && !error.bytesSent,
  );

describe("the address guard", () => {
  it("admits addresses at once and names after one look-up", async () => {
    const { guard, names, asked } = world();
    names.set("example.com", ["93.184.215.14"]);
    assert.equal(guard.admit("8.8.8.8"), "8.8.8.8");
    assert.deepEqual(await Promise.all([guard.admit("example.com"), guard.admit("example.com")]), [
      "93.184.215.14",
      "93.184.215.14",
    ]);
    assert.equal(guard.admit("example.com"), "93.184.215.14");
    assert.deepEqual(asked, ["example.com"]);
  });

  it("refuses every spelling of an address that a URL can have", async () => {
    const { guard } = world();
    const hosts = [
      "127.0.0.1",
      "127.1",
      "2130706433",
      "0x7f000001",
      "0177.1",
      "017700000001",
      "[::1]",
      "[::ffff:7f00:1]",
    ];
    for (const host of [
      ...hosts,
      "[::]",
      "0",
      "0.0.0.0",
      "10.1.2.3",
      "169.254.169.254",
      "0xa9fea9fe",
      "[fd00:ec2::254]",
    ]) {
      await refuses(() => guard.admit(parseRequestUrl(`http://${host}/`).host), "guard", "address-not-allowed");
    }
  });

  it("allows one's own networks when told to, but never metadata and the like", async () => {
    const { guard } = world(true);
    for (const host of ["127.0.0.1", "10.1.2.3", "::1", "fd12::1"]) assert.equal(guard.admit(host), host);
    for (const host of ["169.254.169.254", "0.0.0.0", "100.100.100.200", "224.0.0.1", "fe80::1"]) {
      await refuses(() => guard.admit(host), "guard", "address-not-allowed");
    }
  });

  it("leaves out the forbidden addresses of a name and refuses it where nothing is left", async () => {
    const { guard, names } = world();
    names.set("mixed.test", ["127.0.0.1", "::1", "1.1.1.1"]);
    names.set("inside.test", ["10.0.0.1", "fe80::1%eth0"]);
    assert.equal(await guard.admit("mixed.test"), "1.1.1.1");
    await refuses(() => guard.admit("inside.test"), "guard", "address-not-allowed");
  });

  it("believes an answer for half a minute and a refusal for two seconds", async () => {
    const { guard, clock, names, asked } = world();
    names.set("a.test", ["1.1.1.1"]);
    names.set("b.test", Object.assign(new Error("no such name"), { code: "ENOTFOUND" }));
    await guard.admit("a.test");
    await refuses(() => guard.admit("b.test"), "resolve", "ENOTFOUND");
    names.set("a.test", ["10.0.0.1"]);
    names.set("b.test", ["2.2.2.2"]);
    clock.advance(1_999);
    assert.equal(guard.admit("a.test"), "1.1.1.1");
    await refuses(() => guard.admit("b.test"), "resolve", "ENOTFOUND");
    assert.equal(asked.length, 2);
    clock.advance(1);
    assert.equal(await guard.admit("b.test"), "2.2.2.2");
    clock.advance(28_000);
    await refuses(() => guard.admit("a.test"), "guard", "address-not-allowed");
  });

  it("goes to the next address when one cannot be connected to, and stays there", async () => {
    const { guard, names } = world();
    names.set("two.test", ["1.1.1.1", "2.2.2.2"]);
    assert.equal(await guard.admit("two.test"), "1.1.1.1");
    assert.equal(guard.pass("two.test", "1.1.1.1"), "2.2.2.2");
    // Another request failed at the same address and does not turn the order back.
    assert.equal(guard.pass("two.test", "1.1.1.1"), "2.2.2.2");
    assert.equal(guard.admit("two.test"), "2.2.2.2");
    assert.equal(guard.pass("unknown.test", "1.1.1.1"), undefined);
    assert.equal(guard.pass("8.8.8.8", "8.8.8.8"), undefined);
  });

  it("refuses names without addresses, overlong ones, and too many at a time", async () => {
    const clock = new ManualClock();
    const net: Net = { ...systemNet, resolve: () => new Promise(() => {}) };
    const busy = createAddressGuard({ net, clock, allowPrivateNetworks: false });
    for (let n = 0; n < 1_000; n++) void busy.admit(`n${n}.test`);
    await refuses(() => busy.admit("one-more.test"), "resolve", "too-many-lookups");
    const { guard } = world();
    await refuses(() => guard.admit("empty.test"), "resolve", "ENOTFOUND");
    await refuses(() => guard.admit("a".repeat(255)), "resolve", "name-too-long");
  });

  it("keeps a bounded number of names", async () => {
    const { guard, names, asked } = world();
    for (let n = 0; n < 10_001; n++) {
      names.set(`n${n}.test`, ["1.1.1.1"]);
      await guard.admit(`n${n}.test`);
    }
    assert.equal(typeof guard.admit("n1.test"), "string");
    await guard.admit("n0.test");
    assert.equal(asked.length, 10_002);
  });
});
