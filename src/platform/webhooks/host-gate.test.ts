import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { seeded } from "../../../test/kit/memory-log.ts";
import { HostGate } from "./host-gate.ts";

function makeGate(maxInFlight: number, maxInFlightPerHost: number) {
  const clock = new ManualClock();
  const running: string[] = [];
  const gate = new HostGate({
    clock,
    maxInFlight,
    maxInFlightPerHost,
    run: (host, item) => running.push(`${host} ${item}`),
  });
  return { clock, gate, running };
}

describe("a host gate", () => {
  it("keeps to both limits, keeps the order of a host, and lets the hosts take turns", () => {
    const { gate, running } = makeGate(3, 2);
    for (let n = 0; n < 4; n += 1) gate.enter("a", String(n));
    for (let n = 0; n < 3; n += 1) gate.enter("b", String(n));
    gate.enter("c", "0");
    assert.deepEqual(running, ["a 0", "a 1", "b 0"]);
    const ended = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => {
      gate.leave(running[n]?.split(" ")[0] ?? "", "up");
      return running.length;
    });
    assert.deepEqual(running.slice(3), ["b 1", "c 0", "a 2", "b 2", "a 3"]);
    assert.deepEqual(ended, [4, 5, 6, 7, 8, 8, 8, 8]);
    assert.equal(gate.inFlight, 0);
  });

  it("runs everything once, in the order of each host, at any mixture, seeds 1 to 20", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seeded(seed);
      const below = (limit: number): number => Math.floor(random() * limit);
      const [maxInFlight, maxPerHost] = [1 + below(6), 1 + below(3)];
      const active: string[] = [];
      const begun = new Map<string, number>();
      const gate = new HostGate({
        clock: new ManualClock(),
        maxInFlight,
        maxInFlightPerHost: maxPerHost,
        run: (host, item) => {
          active.push(host);
          assert.equal(Number(item), begun.get(host) ?? 0, "in order");
          begun.set(host, Number(item) + 1);
          assert.ok(active.length <= maxInFlight);
          assert.ok(active.filter((one) => one === host).length <= maxPerHost);
        },
      });
      const entered = new Map<string, number>();
      for (let step = 0; step < 400; step += 1) {
        const host = `h${below(5)}`;
        if (step < 300 && below(2) === 0) {
          const count = entered.get(host) ?? 0;
          entered.set(host, count + 1);
          gate.enter(host, String(count));
        } else if (active.length > 0) {
          const [ended] = active.splice(below(active.length), 1);
          gate.leave(ended as string, below(2) === 0 ? "up" : "not-asked");
        }
      }
      while (active.length > 0) gate.leave(active.shift() as string, "up");
      assert.deepEqual(Object.fromEntries(begun), Object.fromEntries(entered), `seed ${seed}`);
    }
  });

  it("leaves a host alone after fifty failures in a row, but for one request in ten seconds, until it answers", () => {
    const { clock, gate, running } = makeGate(100, 100);
    const fail = (host: "up" | "down" | "not-asked"): void => {
      gate.enter("dead", String(running.length));
      gate.leave("dead", host);
    };
    for (let n = 0; n < 49; n += 1) fail("down");
    fail("up");
    for (let n = 0; n < 49; n += 1) fail("down");
    assert.equal(gate.isOpen("dead"), false);
    fail("down");
    assert.equal(gate.isOpen("dead"), true);
    assert.equal(gate.isOpen("other"), false);
    // What was refused without being asked says nothing about the host.
    for (let n = 0; n < 5; n += 1) fail("not-asked");
    assert.equal(gate.isOpen("dead"), true);
    clock.advance(10_000);
    assert.deepEqual([gate.isOpen("dead"), gate.isOpen("dead")], [false, true]);
    fail("down");
    assert.equal(gate.isOpen("dead"), true);
    clock.advance(10_000);
    assert.equal(gate.isOpen("dead"), false);
    fail("up");
    assert.equal(gate.isOpen("dead"), false);
  });

  it("closes without running what waits, however much that is", () => {
    const clock = new ManualClock();
    let runs = 0;
    const gate = new HostGate({ clock, maxInFlight: 1, maxInFlightPerHost: 1, run: () => (runs += 1) });
    for (let n = 0; n < 50_000; n += 1) gate.enter("a", String(n));
    gate.close();
    gate.leave("a", "up");
    gate.enter("a", "late");
    assert.deepEqual([runs, gate.inFlight], [1, 0]);
  });
});
