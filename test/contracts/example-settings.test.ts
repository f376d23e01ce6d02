/** The settings files of `examples/settings` say what they seem to say. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { carrierSettings } from "../../src/entry/carriers.ts";
import { loadSettings } from "../../src/platform/config/index.ts";
import { findRoot } from "../tidy/tree.ts";

const config = join(findRoot(import.meta.dirname), "examples", "settings", "operator.yaml");

describe("the operator's settings", () => {
  const settings = loadSettings({ flags: { config }, env: {}, cwd: dirname(config), carrierTypes: carrierSettings });

  it("have rates for each kind of sender, and one for what is left", () => {
    const { senderRates, accountRates, senderQueueSeconds } = settings.messaging;
    const perSecond = senderRates.map(({ kind, country, segmentsPerMinute }) => [
      kind,
      country,
      segmentsPerMinute / 60,
    ]);
    assert.deepEqual(perSecond, [
      ["shortcode", undefined, 100],
      ["tollfree", undefined, 3],
      ["local", "US", 1],
      ["local", "CA", 1],
      ["alphanumeric", undefined, 10],
      [undefined, undefined, 10],
    ]);
    assert.deepEqual(accountRates, [{ accountSid: undefined, segmentsPerMinute: 15_000 }]);
    assert.equal(senderQueueSeconds, 36_000);
  });

  it("have carriers in their order, and files beside them", () => {
    const [north, south] = settings.carriers;
    assert.deepEqual([north?.name, north?.priority, south?.name, south?.priority], ["north", 100, "south", 200]);
    assert.deepEqual(north?.maintenance, [{ days: [0], fromMinute: 360, toMinute: 480 }]);
    assert.equal(settings.simulator.enabled, false);
    assert.equal(settings.routing.portedNumbers, join(dirname(config), "ported.csv"));
    assert.deepEqual(settings.routing.lookupPath.steps, ["results", 0, "mccmnc"]);
    assert.equal(settings.smpp.port, 2776);
  });
});

describe("the settings of a system on many machines", () => {
  const load = (name: string) => {
    const file = join(dirname(config), name);
    return loadSettings({ flags: { config: file }, env: {}, cwd: dirname(file), carrierTypes: carrierSettings });
  };

  it("agree on the operator, the key and where to hear of each other", () => {
    const roles = ["edge.yaml", "cell.yaml", "control.yaml"].map(load);
    assert.equal(new Set(roles.map(({ operatorSid }) => operatorSid)).size, 1);
    assert.equal(new Set(roles.map(({ masterKeyFile }) => masterKeyFile)).size, 1);
    assert.equal(new Set(roles.map(({ gossip }) => gossip.seeds.join())).size, 1);
    assert.equal(new Set(roles.map(({ name }) => name)).size, 3);
  });

  it("give a cell its number, its database and numbers of its own", () => {
    const { name, cell, databaseUrl, controlDatabaseUrl, numbers } = load("cell.yaml");
    assert.equal(cell.number, 2);
    assert.notEqual(databaseUrl, undefined);
    assert.equal(controlDatabaseUrl, undefined);
    assert.deepEqual(
      numbers.map((number) => number.cell),
      [name],
    );
  });
});
