import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "../../../test/kit/memory-log.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { MemoryGossip } from "../gossip/index.ts";
import { ConfigTree, describeDifferences, DriftWatch, GOSSIP_CONFIG_DRIFT, GOSSIP_CONFIG_ROOT } from "./index.ts";

interface Settings {
  readonly limits: number;
  readonly carriers: readonly { readonly name: string; readonly port: number }[];
}

const DESIRED: Settings = { limits: 100, carriers: [{ name: "acme", port: 2_775 }] };

function world(own: Settings) {
  const clock = new ManualClock();
  const bus = new MemoryGossip({ clock, intervalMs: 250 });
  const control = bus.join({ id: "control", role: "control" });
  const told: string[] = [];
  const state = { desired: new ConfigTree(DESIRED), isDeaf: false };
  const say = (settings: Settings): void => {
    state.desired = new ConfigTree(settings);
    control.set(GOSSIP_CONFIG_ROOT, state.desired.root);
  };
  const gossip = bus.join({ id: "cell-1", role: "cell" });
  const watch = new DriftWatch({
    gossip,
    tree: new ConfigTree(own),
    clock,
    logger: silentLogger,
    ask: (_, path) =>
      state.isDeaf ? Promise.reject(new Error("away")) : Promise.resolve(state.desired.children(path)),
    onDrift: (found) => told.push(describeDifferences(found)),
  });
  watch.start();
  const pass = async (ms: number): Promise<void> => {
    for (let at = 0; at < ms; at += 250) {
      clock.advance(250);
      await settle();
    }
  };
  return { control, gossip, state, say, told, watch, pass };
}

test("a difference is named within ten seconds of either side's change, and taken back when it is gone", async () => {
  const { control, say, told, pass } = world(DESIRED);
  say(DESIRED);
  await pass(10_000);
  assert.deepEqual(told, []);
  say({ ...DESIRED, carriers: [{ name: "acme", port: 2_776 }] });
  await pass(10_000);
  assert.deepEqual(told, ["carriers.acme.port (another value)"]);
  assert.equal(control.get("cell-1", GOSSIP_CONFIG_DRIFT), told[0]);
  say(DESIRED);
  await pass(10_000);
  assert.deepEqual(told.slice(1), [""]);
  assert.equal(control.get("cell-1", GOSSIP_CONFIG_DRIFT), undefined);
});

test("a control process that cannot be asked is asked again until it answers", async () => {
  const { state, say, told, watch, pass } = world({ ...DESIRED, limits: 7 });
  state.isDeaf = true;
  say(DESIRED);
  await pass(5_000);
  assert.deepEqual(told, []);
  state.isDeaf = false;
  await pass(5_000);
  assert.deepEqual(told, ["limits (another value)"]);
  assert.equal(watch.differences.length, 1);
});
