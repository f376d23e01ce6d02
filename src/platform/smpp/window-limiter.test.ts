import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WindowLimiter } from "./window-limiter.ts";

/** What the simulated carrier is: messages served at one time one after the other, and the way there and back. */
interface Carrier {
  readonly perSecond: number;
  readonly travelMs: number;
  /** A random part of the way, at most. */
  readonly spreadMs?: number;
  /** Waiting messages beyond which it throttles. */
  readonly maxQueue?: number;
}

interface Phase {
  readonly served: number;
  readonly throttled: number;
  /** The latency that the slowest of a hundred had. */
  readonly p99Ms: number;
}

/** A saturated sender over a carrier with one queue, event by event. */
class Run {
  readonly limiter: WindowLimiter;
  nowMs = 0;
  private readonly due: { atMs: number; sentAtMs: number; isRefused: boolean }[] = [];
  private queueFreeMs = 0;
  private state = 7;

  constructor(limit: number, floor = 1) {
    this.limiter = new WindowLimiter({ limit, floor });
  }

  /** The sender fills the window for so long; `asked` bounds it to so many messages a second. */
  phase(carrier: Carrier, forMs: number, asked = Number.POSITIVE_INFINITY): Phase {
    const endMs = this.nowMs + forMs;
    const latencies: number[] = [];
    let throttled = 0;
    let credit = 0;
    while (this.nowMs < endMs) {
      while (this.due.length < this.limiter.size && (asked === Number.POSITIVE_INFINITY || credit >= 1)) {
        credit -= 1;
        this.send(carrier);
      }
      const next = this.due[0]?.atMs ?? Number.POSITIVE_INFINITY;
      const stepMs = asked === Number.POSITIVE_INFINITY ? next : Math.min(next, this.nowMs + 1_000 / asked);
      credit = Math.min(100, credit + ((Math.min(stepMs, endMs) - this.nowMs) * asked) / 1_000);
      this.nowMs = stepMs;
      if (stepMs !== next) continue;
      const outstanding = this.due.length;
      const done = this.due.shift();
      if (done === undefined) continue;
      if (done.isRefused) {
        throttled += 1;
        this.limiter.throttled(done.sentAtMs, this.nowMs);
      } else {
        latencies.push(this.nowMs - done.sentAtMs);
        this.limiter.answered(done.sentAtMs, this.nowMs, outstanding);
      }
    }
    latencies.sort((a, b) => a - b);
    return { served: latencies.length, throttled, p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0 };
  }

  private send(carrier: Carrier): void {
    const serviceMs = 1_000 / carrier.perSecond;
    const waiting = Math.max(0, this.queueFreeMs - this.nowMs) / serviceMs;
    const isRefused = waiting > (carrier.maxQueue ?? Number.POSITIVE_INFINITY);
    if (!isRefused) this.queueFreeMs = Math.max(this.nowMs, this.queueFreeMs) + serviceMs;
    this.state = (this.state * 48_271) % 2_147_483_647;
    const spread = (this.state / 2_147_483_647) * (carrier.spreadMs ?? 0);
    const atMs = (isRefused ? this.nowMs : this.queueFreeMs) + carrier.travelMs + spread;
    const entry = { atMs, sentAtMs: this.nowMs, isRefused };
    let at = this.due.length;
    while (at > 0 && (this.due[at - 1] as { atMs: number }).atMs > atMs) at -= 1;
    this.due.splice(at, 0, entry);
  }
}

describe("the adaptive window", () => {
  it("stays at its limit on a healthy carrier, near or far, even or uneven", () => {
    for (const travelMs of [0.2, 5, 80, 300]) {
      for (const spreadMs of [0, travelMs]) {
        const run = new Run(50);
        run.phase({ perSecond: 30_000, travelMs, spreadMs }, Math.max(500, 40 * travelMs));
        assert.equal(run.limiter.size, 50, `${travelMs} ms and up to ${spreadMs} ms`);
      }
    }
  });

  it("keeps a slow carrier busy to at least 95 % and its latency bounded, where the whole window would make it wait", () => {
    for (const [perSecond, travelMs] of [
      [100, 5],
      [500, 20],
      [1_000, 50],
      [200, 150],
    ] as const) {
      const carrier = { perSecond, travelMs };
      const run = new Run(1_000);
      // The first window goes out before anything is known; it is the price of a quick start.
      run.phase(carrier, 120_000);
      const steady = run.phase(carrier, 240_000);
      const boundMs = 3 * (travelMs + 1_000 / perSecond) + 50;
      assert.ok(steady.served >= 0.95 * perSecond * 240, `${perSecond}/s: ${steady.served / 240}/s`);
      assert.ok(steady.p99Ms <= boundMs, `${perSecond}/s, ${travelMs} ms: p99 ${steady.p99Ms} ms over ${boundMs} ms`);
    }
  });

  it("shrinks in a slow phase and is back at full throughput soon after it", () => {
    const good = { perSecond: 5_000, travelMs: 20 };
    const run = new Run(200);
    run.phase(good, 10_000);
    assert.equal(run.limiter.size, 200);
    run.phase({ perSecond: 100, travelMs: 20 }, 30_000);
    assert.ok(run.limiter.size <= 10, `${run.limiter.size} in the slow phase`);
    run.phase(good, 5_000);
    const after = run.phase(good, 10_000);
    assert.ok(after.served >= 0.95 * 5_000 * 10, `${after.served / 10}/s after the slow phase`);
  });

  it("takes a carrier whose way became longer as it is, and gives it the window that this needs", () => {
    const run = new Run(100);
    run.phase({ perSecond: 100_000, travelMs: 20 }, 10_000);
    run.phase({ perSecond: 100_000, travelMs: 600 }, 120_000);
    assert.equal(run.limiter.size, 100);
  });

  it("finds what a throttling carrier takes: little is refused and most of its rate is used", () => {
    const run = new Run(500);
    run.phase({ perSecond: 200, travelMs: 100, maxQueue: 5 }, 30_000);
    const steady = run.phase({ perSecond: 200, travelMs: 100, maxQueue: 5 }, 60_000);
    assert.ok(steady.served >= 0.8 * 200 * 60, `${steady.served / 60}/s`);
    assert.ok(steady.throttled <= 0.1 * steady.served, `${steady.throttled} throttled, ${steady.served} served`);
  });

  it("does not grow while it is not used, nor shrink for want of work", () => {
    const run = new Run(100);
    run.phase({ perSecond: 20, travelMs: 20 }, 20_000);
    const { size } = run.limiter;
    run.phase({ perSecond: 10_000, travelMs: 20 }, 10_000, 5);
    assert.ok(run.limiter.size <= size + 2);
    const idle = new Run(100);
    idle.phase({ perSecond: 10_000, travelMs: 20 }, 10_000, 5);
    assert.equal(idle.limiter.size, 100);
  });

  it("halves at a congestion_state of 90, trims at 80, grows at neither, and counts one burst once", () => {
    const limiter = new WindowLimiter({ limit: 100 });
    for (let n = 0; n < 20; n += 1) limiter.congested(95, 0, 10);
    assert.equal(limiter.size, 50);
    limiter.congested(85, 11, 12);
    assert.equal(limiter.size, 45);
    for (let n = 0; n < 100; n += 1) limiter.answered(13 + n, 14 + n, 45);
    assert.equal(limiter.size, 45);
    limiter.congested(30, 200, 201);
    for (let n = 0; n < 100; n += 1) limiter.answered(201 + n, 202 + n, 45);
    assert.ok(limiter.size > 45);
  });

  it("never leaves its bounds, whatever it is told", () => {
    const limiter = new WindowLimiter({ limit: 20, floor: 3 });
    for (let n = 0; n < 50; n += 1) limiter.timedOut(n, n);
    assert.equal(limiter.size, 3);
    for (let n = 0; n < 2_000; n += 1) limiter.answered(100 + n, 101 + n, 20);
    assert.equal(limiter.size, 20);
    const least = new WindowLimiter({ limit: 1 });
    least.throttled(0, 0);
    assert.equal(least.size, 1);
  });
});
