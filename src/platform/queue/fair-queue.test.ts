import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { seeded, seedOf } from "../../../test/kit/memory-log.ts";
import { FairQueue, type FairQueueOptions, type Flow, type QueuedItem } from "./index.ts";

function makeQueue(options: Partial<FairQueueOptions> = {}): { clock: ManualClock; queue: FairQueue } {
  const clock = new ManualClock();
  return { clock, queue: new FairQueue({ clock, lanes: 3, onReady: () => undefined, ...options }) };
}

function takeOne(queue: FairQueue): QueuedItem | undefined {
  const next = queue.peek();
  if (next !== undefined) queue.take();
  return next;
}

const flow = (account: string, sender = "s", lane = 0): Flow => ({ account, sender, lane });

/** What a fair queue must agree with, kept as plainly as can be. */
class Model {
  readonly lines = new Map<string, { item: string; cost: number }[]>();
  key({ lane, account, sender }: Flow): string {
    return `${lane}/${account}/${sender}`;
  }
  line(of: Flow): { item: string; cost: number }[] {
    const key = this.key(of);
    const line = this.lines.get(key) ?? [];
    this.lines.set(key, line);
    return line;
  }
  cost(matches: (key: string) => boolean): number {
    let cost = 0;
    for (const [key, line] of this.lines) if (matches(key)) for (const item of line) cost += item.cost;
    return cost;
  }
}

describe("a fair queue", () => {
  const seed = seedOf(31);

  it(`agrees with a model: order, counts, costs and gates, nothing lost, nothing twice, seed ${seed}`, () => {
    const random = seeded(seed);
    const pick = (count: number): number => Math.floor(random() * count);
    const openAt = new Map<string, number>();
    const gateKey = (of: { account: string; sender: string }): string => `${of.account}/${of.sender}`;
    let readies = 0;
    const { clock, queue } = makeQueue({
      gate: (of, _cost, nowMs) => Math.max(0, (openAt.get(gateKey(of)) ?? 0) - nowMs),
      onReady: () => (readies += 1),
      weightOf: (account) => Number(account) + 0.5,
    });
    const model = new Model();
    let total = 0;
    for (let step = 0; step < 20_000; step += 1) {
      const of = flow(String(pick(5)), String(pick(4)), pick(3));
      const cost = 1 + pick(4);
      const choice = random();
      if (choice < 0.42) {
        queue.push(String(step), of, cost);
        model.line(of).push({ item: String(step), cost });
        total += 1;
      } else if (choice < 0.46) {
        queue.pushFront(String(step), of, cost);
        model.line(of).unshift({ item: String(step), cost });
        total += 1;
      } else if (choice < 0.9) {
        const next = queue.peek();
        assert.deepEqual(queue.peek()?.item, next?.item, "what is next stays the same");
        if (next === undefined) continue;
        const first = model.line(next.flow).shift();
        assert.deepEqual({ item: next.item, cost: next.cost }, first);
        assert.ok((openAt.get(gateKey(next.flow)) ?? 0) <= clock.nowMs(), "its gate is open");
        openAt.set(gateKey(next.flow), clock.nowMs() + pick(40));
        total -= 1;
        if (random() < 0.2) queue.drop();
        else queue.take();
      } else if (choice < 0.97) clock.advance(pick(30));
      else if (choice < 0.9995) {
        openAt.delete(gateKey(of));
        queue.wake(of);
      } else {
        const drained = queue.drain();
        assert.equal(drained.length, total);
        assert.ok(drained.every((one, n) => n === 0 || one.flow.lane >= (drained[n - 1]?.flow.lane ?? 0)));
        for (const one of drained) assert.equal(model.line(one.flow).shift()?.item, one.item);
        total = 0;
      }
      assert.equal(queue.length, total);
      if (step % 50 > 0) continue;
      assert.equal(
        queue.costOfLane(of.lane),
        model.cost((key) => key.startsWith(`${of.lane}/`)),
      );
      assert.equal(
        queue.costOf(of.account, of.sender),
        model.cost((key) => key.endsWith(`/${gateKey(of)}`)),
      );
      assert.equal(queue.lengthOfLane(0) + queue.lengthOfLane(1) + queue.lengthOfLane(2), total);
    }
    assert.ok(readies > 100);
    openAt.clear();
    clock.advance(60);
    for (; takeOne(queue) !== undefined; total -= 1);
    assert.equal(total, 0);
    assert.equal(clock.pendingTimers, 0);
  });

  it(`gives backlogged accounts their shares within a quantum, over any window, seed ${seed}`, () => {
    const random = seeded(seed);
    const weights: Readonly<Record<string, number>> = { a: 1, b: 1, c: 2, d: 0.5 };
    const { queue } = makeQueue({ weightOf: (account) => weights[account] ?? 1, quantum: 4 });
    for (const account of Object.keys(weights)) {
      for (let n = 0; n < 4_000; n += 1)
        queue.push(String(n), flow(account, String(n % 7)), 1 + Math.floor(random() * 4));
    }
    const served: Record<string, number>[] = [{ a: 0, b: 0, c: 0, d: 0 }];
    for (let n = 0; n < 4_000; n += 1) {
      const next = takeOne(queue);
      const sofar = { ...served.at(-1) };
      const account = next?.flow.account ?? "";
      sofar[account] = (sofar[account] ?? 0) + (next?.cost ?? 0);
      served.push(sofar);
    }
    const over = (account: string, from: number, to: number): number =>
      ((served[to]?.[account] ?? 0) - (served[from]?.[account] ?? 0)) / (weights[account] ?? 1);
    for (let n = 0; n < 2_000; n += 1) {
      const from = Math.floor(random() * 4_000);
      const to = from + Math.floor(random() * (4_000 - from));
      for (const account of ["b", "c", "d"]) {
        // A quantum and what is carried over, which is less than the dearest item, for each of the two.
        const difference = Math.abs(over("a", from, to) - over(account, from, to));
        assert.ok(difference <= 4 + 4 + 4 / (weights[account] ?? 1), `${account} from ${from} to ${to}: ${difference}`);
      }
    }
  });

  it("delays an account by at most a quantum of each other one, however long their backlogs are", () => {
    const { queue } = makeQueue({ quantum: 3 });
    for (let n = 0; n < 100_000; n += 1) queue.push(String(n), flow(`big ${n % 4}`, String(n % 50)), 1);
    for (let n = 0; n < 1_001; n += 1) takeOne(queue);
    queue.push("mine", flow("small"), 1);
    let before = 0;
    while (takeOne(queue)?.item !== "mine") before += 1;
    assert.ok(before <= 4 * 3, `${before} went before`);
  });

  it("takes the senders of an account in turn", () => {
    const { queue } = makeQueue();
    for (let n = 0; n < 3; n += 1)
      for (const sender of ["x", "y", "z"]) queue.push(`${sender}${n}`, flow("a", sender), 1);
    const order = Array.from({ length: 9 }, () => takeOne(queue)?.item);
    assert.deepEqual(order, ["x0", "y0", "z0", "x1", "y1", "z1", "x2", "y2", "z2"]);
  });

  it("serves a more urgent lane first, and gives each other one its minimum share of the takes", () => {
    const { queue } = makeQueue({ minimumShare: 0.05 });
    for (const lane of [0, 1, 2]) for (let n = 0; n < 3_000; n += 1) queue.push(`${lane}`, flow("a", "s", lane), 1);
    const counts = [0, 0, 0];
    for (let n = 0; n < 2_000; n += 1) {
      const lane = takeOne(queue)?.flow.lane ?? 0;
      counts[lane] = (counts[lane] ?? 0) + 1;
      if (n % 100 === 99) {
        assert.ok(Math.abs((counts[1] ?? 0) - (n + 1) / 20) <= 1, `${counts.join(" ")} of ${n + 1}`);
        assert.ok(Math.abs((counts[2] ?? 0) - (n + 1) / 20) <= 1, `${counts.join(" ")} of ${n + 1}`);
      }
    }
    const strict = makeQueue({ minimumShare: 0 }).queue;
    for (const lane of [2, 1, 0]) for (let n = 0; n < 50; n += 1) strict.push(`${lane}`, flow("a", "s", lane), 1);
    const order = Array.from({ length: 150 }, () => takeOne(strict)?.flow.lane ?? 9);
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
  });

  it("gives the takes of empty lanes to the others", () => {
    const { queue } = makeQueue({ minimumShare: 0.2 });
    for (let n = 0; n < 100; n += 1) queue.push("low", flow("a", "s", 2), 1);
    for (let n = 0; n < 50; n += 1) assert.equal(takeOne(queue)?.item, "low");
    queue.push("urgent", flow("b"), 1);
    assert.equal(takeOne(queue)?.item, "urgent", "what was taken for want of others is not owed again");
  });

  it("puts what comes back in front of its sender, and takes what is dropped for nothing", () => {
    const { queue } = makeQueue();
    for (const item of ["1", "2", "3"]) queue.push(item, flow("a"), 2);
    const first = takeOne(queue);
    const second = takeOne(queue);
    assert.ok(first !== undefined && second !== undefined);
    queue.pushFront(second.item, second.flow, second.cost);
    queue.pushFront(first.item, first.flow, first.cost);
    assert.equal(queue.costOf("a", "s"), 6);
    assert.equal(queue.peek()?.item, "1");
    queue.drop();
    assert.deepEqual(
      queue.drain().map(({ item }) => item),
      ["2", "3"],
    );
    assert.equal(queue.peek(), undefined);
    assert.throws(() => queue.take(), /looked at/);
  });

  it("asks the gate of a shut sender again after its time, after an hour at most, or when it is woken", () => {
    let waitMs = 5_000;
    let asked = 0;
    let readies = 0;
    const { clock, queue } = makeQueue({
      gate: () => {
        asked += 1;
        return waitMs;
      },
      onReady: () => (readies += 1),
    });
    queue.push("1", flow("a"), 1);
    for (let n = 0; n < 5; n += 1) assert.equal(queue.peek(), undefined);
    assert.equal(asked, 1);
    clock.advance(4_999);
    assert.equal(readies, 0);
    clock.advance(11);
    assert.equal(readies, 1);
    waitMs = Infinity;
    assert.equal(queue.peek(), undefined);
    clock.advance(3_600_010);
    assert.equal(readies, 2);
    assert.equal(queue.peek(), undefined);
    waitMs = 0;
    queue.wake({ account: "a", sender: "s" });
    queue.wake({ account: "a", sender: "s" });
    queue.wake({ account: "b", sender: "s" });
    assert.equal(readies, 3);
    assert.equal(queue.peek()?.item, "1");
    queue.close();
    assert.equal(clock.pendingTimers, 0);
  });

  it("does constant work for a take, whatever the number of accounts, senders and blocked senders", () => {
    for (const accounts of [1, 100, 3_000]) {
      let looks = 0;
      let grants = 0;
      const { queue } = makeQueue({
        gate: (of) => {
          looks += 1;
          return of.sender === "blocked" ? 1_000_000 : 0;
        },
        weightOf: () => {
          grants += 1;
          return 1;
        },
      });
      for (let n = 0; n < 20_000; n += 1) queue.push("b", flow(`${n}`, "blocked"), 1);
      for (let n = 0; n < 6_000; n += 1) queue.push("i", flow(`a${n % accounts}`, `s${n % 7}`), 1 + (n % 3));
      assert.ok(takeOne(queue) !== undefined);
      assert.ok(looks <= 20_001, `the blocked are looked at once: ${looks}`);
      looks = 0;
      grants = 0;
      for (let n = 1; n < 6_000; n += 1) assert.equal(takeOne(queue)?.item, "i");
      assert.equal(looks, 5_999);
      assert.ok(grants <= 3 * 6_000, `${grants} grants with ${accounts} accounts`);
      assert.equal(queue.peek(), undefined);
      assert.equal(queue.length, 20_000);
    }
  });

  it("needs no rounds for dear items of an account that is alone", () => {
    let grants = 0;
    const { queue } = makeQueue({
      weightOf: () => {
        grants += 1;
        return 0;
      },
    });
    for (let n = 0; n < 10; n += 1) queue.push(String(n), flow("a"), 1_000_000);
    for (let n = 0; n < 10; n += 1) assert.equal(takeOne(queue)?.item, String(n));
    assert.ok(grants <= 20, `${grants}`);
  });

  it("forgets senders and accounts that have nothing, but for the latest", () => {
    const { queue } = makeQueue();
    const accounts = (queue as unknown as { accounts: Map<string, { lines: Map<string, unknown> }> }).accounts;
    const lines = (): number => [...accounts.values()].reduce((sum, account) => sum + account.lines.size, 0);
    for (let n = 0; n < 5_000; n += 1) {
      for (const lane of [0, 2, 1]) queue.push("i", flow(`${n >> 1}`, `${n}`, lane), 1);
    }
    while (takeOne(queue) !== undefined);
    assert.ok(lines() <= 1_024, `${lines()} lines`);
    assert.ok(accounts.size <= 1_024, `${accounts.size} accounts`);
    assert.equal(queue.costOf("1", "1"), 0);
    assert.equal(queue.costOfLane(2), 0);
    for (let n = 0; n < 3_000; n += 1) queue.push(String(n), flow("a", `${n}`), 1);
    assert.equal(queue.drain().length, 3_000);
    assert.equal(accounts.size, 0);
  });

  it("does not make a sender who comes and goes find its place again among many", () => {
    const { queue } = makeQueue({ gate: ({ sender }) => (sender.startsWith("blocked") ? 1_000_000 : 0) });
    for (let n = 0; n < 5_000; n += 1) queue.push("b", flow("a", `blocked ${n}`), 1);
    assert.equal(queue.peek(), undefined);
    const { lines } = (queue as unknown as { accounts: Map<string, { lines: Map<string, unknown> }> }).accounts.get(
      "a",
    ) ?? { lines: new Map<string, unknown>() };
    let deletions = 0;
    const remove = lines.delete.bind(lines);
    lines.delete = (key) => {
      deletions += 1;
      return remove(key);
    };
    for (let n = 0; n < 5_000; n += 1) {
      queue.push(String(n), flow("a", `open ${n % 10}`), 1);
      assert.equal(takeOne(queue)?.item, String(n));
    }
    assert.equal(deletions, 0);
  });

  it("tells what gates hold back from what is ready", () => {
    const clock = new ManualClock();
    let openMs = 1_000;
    const queue = new FairQueue({
      clock,
      lanes: 1,
      gate: ({ sender }, _cost, nowMs) => (sender === "slow" ? Math.max(0, openMs - nowMs) : 0),
      onReady: () => {},
    });
    openMs += clock.nowMs();
    queue.push("a", { lane: 0, account: "A", sender: "slow" }, 2);
    queue.push("b", { lane: 0, account: "A", sender: "fast" }, 3);
    queue.peek();
    queue.take();
    assert.equal(queue.peek(), undefined);
    queue.push("c", { lane: 0, account: "A", sender: "slow" }, 5);
    assert.deepEqual([queue.costOfLane(0), queue.readyCostOfLane(0)], [7, 0]);
    clock.advance(1_000);
    assert.deepEqual([queue.costOfLane(0), queue.readyCostOfLane(0)], [7, 7]);
    queue.peek();
    queue.take();
    assert.deepEqual([queue.costOfLane(0), queue.readyCostOfLane(0)], [5, 5]);
  });
});
