import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "../../../test/kit/memory-log.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { AuditLog, HeadSigner, sha256, type AuditEntry, type SignedHead } from "../../platform/audit/index.ts";
import type { ApplyContext, CellRecord } from "../../platform/cell/index.ts";
import { MemoryGossip } from "../../platform/gossip/index.ts";
import { consistencyProof } from "../../protocols/merkle/index.ts";
import { GOSSIP_HEAD, Witness } from "./witness.ts";

const OPERATOR = `AC${"0".repeat(32)}`;
const context: ApplyContext = { offset: 0, atMs: 0, effect: () => undefined, emit: () => undefined };

/** A cell without a disk: what is committed is applied. */
class Node {
  readonly name: string;
  readonly log: AuditLog;
  readonly witness: Witness;
  readonly gossip: ReturnType<MemoryGossip["join"]>;
  readonly world: World;
  private entries = 0;

  constructor(world: World, name: string) {
    this.name = name;
    this.world = world;
    this.log = new AuditLog(name);
    this.gossip = world.bus.join({ id: name, role: "cell" });
    this.witness = new Witness({
      log: this.log,
      cell: () => ({ name, commit: (record) => Promise.resolve(this.apply(record)) as Promise<never> }),
      gossip: this.gossip,
      signer: world.signer,
      clock: world.clock,
      logger: silentLogger,
      mintSid: (prefix) => `${prefix}${String(world.minted++).padStart(32, "0")}`,
      operatorSid: () => OPERATOR,
      askConsistency: async (cell, first, second) => {
        const { log } = world.nodes.get(cell) as Node;
        const read = (nodes: readonly { level: number; index: number }[]) =>
          Promise.resolve(nodes.map(({ level, index }) => octets(log.nodes.get(`${level}/${index}`)?.hash ?? "")));
        return (await consistencyProof(sha256, read, { first, second })).map((hash) =>
          Buffer.from(hash).toString("base64"),
        );
      },
    });
  }

  apply(record: CellRecord): unknown {
    return this.log.machine.reducers[record.kind]?.(record, context);
  }

  write(text: string): void {
    const entry: AuditEntry = {
      sid: `AE${String(this.entries++).padStart(32, "0")}`,
      accountSid: OPERATOR,
      atMs: 0,
      actor: { type: "system", source: "system" },
      eventType: "thing.updated",
      resourceType: "thing",
      resourceSid: text,
      outcome: "done",
      before: null,
      after: null,
    };
    this.apply({ kind: "audit.recorded", entry } as CellRecord);
  }

  /** Events that this cell wrote about other cells' logs. */
  get findings(): string[] {
    const entries = [...this.log.entries.values()].map(({ entry }) => entry);
    return entries.filter(({ eventType }) => eventType === "audit-log.differs").map(({ reason }) => reason ?? "");
  }
}

class World {
  readonly clock = new ManualClock();
  readonly bus = new MemoryGossip({ clock: this.clock, intervalMs: 250 });
  readonly signer = new HeadSigner((cell) => sha256(Buffer.from(cell)));
  readonly nodes = new Map<string, Node>();
  minted = 0;

  add(name: string): Node {
    const node = new Node(this, name);
    this.nodes.set(name, node);
    return node;
  }

  async pass(ms: number): Promise<void> {
    for (let at = 0; at < ms; at += 250) {
      this.clock.advance(250);
      await settle();
    }
  }
}

function octets(base64: string): Uint8Array {
  return Buffer.from(base64, "base64");
}

async function threeCells(): Promise<{ world: World; a: Node; b: Node; c: Node }> {
  const world = new World();
  const [a, b, c] = ["cell-1", "cell-2", "cell-3"].map((name) => world.add(name)) as [Node, Node, Node];
  for (const node of [a, b, c]) {
    node.witness.start();
    for (let n = 0; n < 3; n += 1) node.write(`${node.name} ${n}`);
  }
  await world.pass(5_000);
  return { world, a, b, c };
}

test("cells remember how long the logs of their neighbours are, as they grow", async () => {
  const { world, a, b } = await threeCells();
  assert.equal(a.log.witnessed.get("cell-2")?.size, 3);
  for (let n = 0; n < 10; n += 1) b.write(`more ${n}`);
  await world.pass(5_000);
  assert.equal(a.log.witnessed.get("cell-2")?.size, 13);
  for (const node of world.nodes.values()) assert.deepEqual(node.findings, []);
});

test("a log that was cut off, rewritten or signed by another is told of by its neighbours, once", async () => {
  const { world, a, b, c } = await threeCells();
  b.witness.stop();
  const say = async (head: SignedHead): Promise<void> => {
    b.gossip.set(GOSSIP_HEAD, JSON.stringify(head));
    await world.pass(1_000);
  };
  const root = Buffer.alloc(32, 7).toString("base64");
  await say(world.signer.sign({ cell: "cell-2", size: 2, root, atMs: 1 }));
  await say(world.signer.sign({ cell: "cell-2", size: 2, root, atMs: 2 }));
  for (const node of [a, c]) assert.match(node.findings.join(), /^The audit log of cell-2 is shorter/);
  assert.equal(a.findings.length, 1);
  await say(world.signer.sign({ cell: "cell-2", size: 3, root, atMs: 3 }));
  assert.match(a.findings.at(-1) ?? "", /rewritten/);
  b.write("one more");
  await say(world.signer.sign({ cell: "cell-2", size: 4, root, atMs: 4 }));
  assert.equal(a.witness.findings.get("cell-2"), "rewritten");
  await say({ ...world.signer.sign({ cell: "cell-1", size: 4, root, atMs: 5 }), cell: "cell-2" });
  assert.match(a.findings.at(-1) ?? "", /forged/);
  await say(b.witness.ownHead());
  assert.equal(a.witness.findings.size, 0, "the honest log is believed again");
  assert.equal(a.log.witnessed.get("cell-2")?.size, b.log.head.size);
});
