import assert from "node:assert/strict";
import { GossipNode, type GossipSettings } from "../../src/platform/gossip/index.ts";
import { GossipNetwork } from "./gossip-network.ts";
import { silentLogger } from "./silent-logger.ts";

/** The port of every simulated member. */
const PORT = 7_946;
export const INTERVAL_MS = 100;
export const GOSSIP_KEY = new Uint8Array(32).fill(7);

interface Written {
  readonly value: string | undefined;
  readonly version: number;
}

/**
 * Members on a simulated network, with what each of them has really written beside it,
 * so that what the others know can be checked at any moment.
 */
export class GossipWorld {
  readonly network: GossipNetwork;
  readonly nodes = new Map<string, GossipNode>();
  readonly #settings: Partial<GossipSettings>;
  /** By member: its generation, and what counts of its writes. */
  readonly #truth = new Map<string, Map<string, Written>>();

  constructor(seed: number, settings: Partial<GossipSettings> = {}) {
    this.network = new GossipNetwork(seed);
    this.#settings = settings;
  }

  /** Adds members `<region>-<number>`, which all have the first two as seeds, and starts them. */
  async add(region: string, count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, (_, at) => `${region}-${String(at).padStart(2, "0")}`);
    for (const id of ids) await this.start(id, region);
    return ids;
  }

  /** Starts a member, for a second time as a process that has lost everything. */
  async start(id: string, region: string, skewMs = 0): Promise<GossipNode> {
    const host = this.network.host(id, skewMs);
    const [seed = id] = this.nodes.keys();
    const node = new GossipNode(
      {
        id,
        role: "edge",
        region,
        listen: { host: this.network.addressOf(id), port: PORT },
        keys: [GOSSIP_KEY],
        seeds: [{ host: this.network.addressOf(seed), port: PORT }],
        intervalMs: INTERVAL_MS,
        ...this.#settings,
      },
      { clock: host.clock, datagrams: host.datagrams, logger: silentLogger, random: this.network.random },
    );
    this.nodes.set(id, node);
    this.#truth.set(id, new Map());
    await node.start();
    return node;
  }

  node(id: string): GossipNode {
    const node = this.nodes.get(id);
    assert.ok(node, `no member ${id}`);
    return node;
  }

  /** A member writes, or with no value deletes. */
  write(id: string, key: string, value: string | undefined): void {
    const node = this.node(id);
    if (value === undefined) node.delete(key);
    else node.set(key, value);
    const version = node.knowledge().find((one) => one.id === id)?.version ?? 0;
    this.#truth.get(id)?.set(key, { value, version });
  }

  /** Moves time on by so many intervals. */
  rounds(count: number): void {
    this.network.time.advance(count * INTERVAL_MS);
  }

  /** After how many intervals something holds; fails when it does not within `most`. */
  roundsUntil(holds: () => boolean, most: number, what: string): number {
    for (let round = 0; ; round += 1) {
      if (holds()) return round;
      assert.ok(round < most, `not within ${most} rounds: ${what}`);
      this.rounds(1);
    }
  }

  /** Whether each of these knows all that each of these has written. */
  isConverged(ids: readonly string[] = [...this.nodes.keys()]): boolean {
    return ids.every((id) => ids.every((owner) => this.#lacks(id, owner) === undefined));
  }

  /** Whether each of `ids` finds each of `others` to be so. */
  allSee(status: string, ids: readonly string[], others: readonly string[]): boolean {
    return ids.every((id) => {
      const seen = new Map(
        this.node(id)
          .members()
          .map((member) => [member.id, member.status]),
      );
      return others.every((other) => seen.get(other) === status);
    });
  }

  /** Either one has what a key is now, or one does not claim to know the write that made it so. */
  checkInvariant(id: string): void {
    const node = this.node(id);
    for (const { id: owner, generation, version } of node.knowledge()) {
      const truth = this.#truth.get(owner);
      if (truth === undefined || this.node(owner).self.generation !== generation) continue;
      for (const [key, written] of truth) {
        if (version < written.version) continue;
        assert.equal(node.get(owner, key), written.value, `${id} knows ${owner} up to ${version}, but not ${key}`);
      }
    }
  }

  #lacks(id: string, owner: string): string | undefined {
    const node = this.node(id);
    for (const [key, { value }] of this.#truth.get(owner) ?? []) if (node.get(owner, key) !== value) return key;
    return node.members().some((member) => member.id === owner) ? undefined : owner;
  }
}
