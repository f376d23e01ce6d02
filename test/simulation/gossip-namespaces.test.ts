/** Gossip between real processes in network namespaces, with delays of the kernel and a cable that is taken out. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { GossipNamespaces, untilReported, withoutNamespaces } from "../kit/gossip-namespaces.ts";

const DELAY_MS = 30;
/** Twice of what simulation allows, since other work may share the machine. */
const CRASH_LIMIT_MS = 16_000;

it(
  "three processes in three regions find each other, part, go on alone, and agree again",
  { skip: withoutNamespaces },
  async (t) => {
    const network = new GossipNamespaces(t);
    const [a, b, c] = [
      await network.add("us1", DELAY_MS),
      await network.add("ie1", DELAY_MS),
      await network.add("au1", DELAY_MS),
    ];
    const all = [a, b, c];
    if (!network.isDelayed) t.diagnostic("this kernel cannot delay packets (netem): tested without delay");
    await Promise.all(all.map((member) => member.report(`${member.id} 1`)));
    const together = await untilReported(all, "all know all", 5_000, (reports) =>
      reports.every(({ values }) => all.every(({ id }) => values[id] === `${id} 1`)),
    );
    c.link("down");
    await c.report("c alone");
    await a.report("a without c");
    await untilReported([b], "b hears a", 5_000, ([report]) => report?.values[a.id] === "a without c");
    const parted = await untilReported([a, b], "c is dead to a and b", CRASH_LIMIT_MS, (reports) =>
      reports.every(({ members, values }) => members[c.id] === "dead" && values[c.id] === undefined),
    );
    c.link("up");
    const healed = await untilReported(all, "all agree again", 5_000, (reports) =>
      reports.every(({ values }) => values[c.id] === "c alone" && values[a.id] === "a without c"),
    );
    assert.ok(together >= 0 && parted >= 0 && healed >= 0);
    t.diagnostic(`joined ${together.toFixed(0)} ms, dead ${parted.toFixed(0)} ms, agreed ${healed.toFixed(0)} ms`);
  },
);
