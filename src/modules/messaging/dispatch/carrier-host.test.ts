import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessagingWorld, phone, type Neighbours } from "../../../../test/kit/messaging-world.ts";
import { ScriptedCarrier } from "../../../../test/kit/scripted-carrier.ts";
import type { CarrierHost } from "../carrier-book/index.ts";
import type { TableRouter } from "../../routing/index.ts";

/** Two carriers of which the first takes what it is given and leaves it open; the host is what a book would have. */
async function world(names = ["north", "south"]) {
  const carriers = names.map((name, priority) => Object.assign(new ScriptedCarrier(name), { priority }));
  const hosts: CarrierHost[] = [];
  // A book without rows: what the module does with it, and nothing else, is looked at here.
  const carrierBook = {
    attach: (host: CarrierHost) => void hosts.push(host),
    onChange: () => () => {},
    settled: () => Promise.resolve(),
  };
  const neighbours = (): Neighbours => ({ machines: [], carrierBook }) as unknown as Neighbours;
  const made = await MessagingWorld.start({ carriers, neighbours });
  const route = (...there: readonly string[]): void => (made.deps.router as TableRouter).useCarriers(new Set(there));
  const host = (): CarrierHost => hosts.at(-1) as CarrierHost;
  const sids = (carrier: ScriptedCarrier | undefined): string[] => (carrier?.submissions ?? []).map(({ sid }) => sid);
  const status = (sid: string): string => made.state.messages.get(sid)?.status ?? "gone";
  return { made, carriers, host, route, sids, status };
}

describe("a carrier that is taken away", () => {
  it("finishes what it was given, and what waits for it goes to another one, each once", async () => {
    const { made, carriers, host, route, sids, status } = await world();
    const [north, south] = carriers;
    assert.ok(north !== undefined && south !== undefined);
    north.window = 2;
    const sent: string[] = [];
    for (let n = 0; n < 6; n += 1) sent.push(await made.send({ to: phone(n) }));
    await made.settle();
    assert.equal(north.open.length, 2, "the others wait in front of it");
    route("south");
    // The carrier waits for its answers as a real one does.
    north.close = () => new Promise((resolve) => void made.clock.after(50, resolve));
    const removed = host().remove("north");
    await made.settle();
    north.answer();
    north.answer();
    await made.advance(100);
    await removed;
    assert.deepEqual(sids(north).toSorted(), sent.slice(0, 2).toSorted());
    assert.deepEqual(sids(south).toSorted(), sent.slice(2).toSorted());
    assert.deepEqual(sent.slice(0, 2).map(status), ["sent", "sent"]);
    await made.close();
  });

  it("gets nothing that was journalled for it and not handed over; that goes to another one", async () => {
    const { made, carriers, host, route, sids } = await world();
    const [north, south] = carriers;
    const sending = made.send();
    route("south");
    void host().remove("north");
    const sid = await sending;
    await made.advance(2_000);
    assert.deepEqual([sids(north), sids(south)].flat(), [sid], "it was sent once");
    assert.deepEqual(sids(north), []);
    await made.close();
  });

  it("leaves what has nowhere to go waiting, until a carrier comes, of the same name or another", async () => {
    const { made, host, route, sids } = await world(["north"]);
    await host().remove("north");
    const sid = await made.send().catch(() => undefined);
    assert.ok(sid !== undefined, "the router still names it");
    await made.settle();
    const again = new ScriptedCarrier("north");
    host().add(again);
    await host().route([{ name: "north", prefixes: [], priority: 0 }]);
    await made.settle();
    assert.deepEqual(sids(again), [sid]);
    route("north");
    await made.close();
  });

  it("is followed by its successor at once, which gets what waited", async () => {
    const { made, carriers, host, sids } = await world(["north"]);
    const [north] = carriers;
    assert.ok(north !== undefined);
    north.window = 1;
    const first = await made.send({ to: phone(1) });
    const second = await made.send({ to: phone(2) });
    const successor = new ScriptedCarrier("north");
    await host().remove("north", successor);
    await made.settle();
    assert.deepEqual([sids(north), sids(successor)], [[first], [second]]);
    await made.close();
  });

  it("may be gone after a crash with an attempt on it: the outcome is unknown, and nothing is sent twice", async () => {
    const { made, carriers } = await world();
    const [north, south] = carriers;
    const sid = await made.send();
    await made.settle();
    assert.equal(north?.open.length, 1);
    await made.crash();
    const after = made.with({ carriers: south === undefined ? [] : [south], limits: { unknownGraceMs: 1_000 } });
    await after.open();
    await after.advance(5_000);
    // Nobody will tell any more what became of it.
    assert.equal(after.state.messages.get(sid)?.status, "undelivered");
    assert.equal(south?.submissions.length, 0);
    const other = await after.send({ to: phone(3) });
    await after.settle();
    assert.deepEqual(
      south?.submissions.map((one) => one.sid),
      [other],
    );
    await after.close();
  });
});
