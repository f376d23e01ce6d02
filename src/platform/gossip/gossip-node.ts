import { assert } from "../../kernel/assert.ts";
import type { DigestEntry, KeyChange, OwnerState as Owner, Packet, PacketBody } from "../../protocols/gossip/index.ts";
import { GossipState, MAX_COUNT, OwnerState, ownerHash } from "../../protocols/gossip/index.ts";
import type { Clock, DatagramAddress, Datagrams, DatagramSocket, Logger, Timer } from "../ports.ts";
import { Listeners } from "./listeners.ts";
import type { Peer } from "./membership.ts";
import { Membership } from "./membership.ts";
import { PacketGate } from "./packet-gate.ts";
import { PeerChoice } from "./peer-choice.ts";
import { Probes } from "./probes.ts";
import type { CompleteGossipSettings, GossipSettings } from "./settings.ts";
import { completeSettings } from "./settings.ts";
import type { GossipKnowledge, GossipStats } from "./stats.ts";
import type { GossipListener, GossipView, Member } from "./view.ts";

/** How much the time between two ticks varies, so that members do not tick in step. */
const JITTER = 0.2;
/** How often, in ticks, old deletions are looked for. */
const GARBAGE_TICKS = 100;
/** The most packets with digests that are sent to one member at a tick: with more members, the digest goes round. */
const MAX_DIGEST_PACKETS = 4;
/** The fewest ticks between two new generations: two processes of the same id must not chase each other without end. */
const GENERATION_TICKS = 10;
/** The most members that are told at once that one leaves; they tell the others. */
const MAX_TOLD_OF_LEAVING = 64;

/** What a gossip node works with. */
export interface GossipDeps {
  readonly clock: Clock;
  readonly datagrams: Datagrams;
  readonly logger: Logger;
  /** Gives 0 up to, not including 1; `Math.random` unless told. */
  readonly random?: () => number;
}

/**
 * A member of the system's gossip over UDP: says what this process says, and knows what
 * the others say. Every interval it reconciles with one member of its region and, as one
 * of the region's two delegates, with other regions. See docs/subsystems/gossip.md.
 */
export class GossipNode implements GossipView {
  readonly #settings: CompleteGossipSettings;
  readonly #deps: GossipDeps;
  readonly #random: () => number;
  readonly #own: OwnerState;
  readonly #state: GossipState;
  readonly #membership: Membership;
  readonly #choice: PeerChoice;
  readonly #probes: Probes;
  readonly #gate: PacketGate;
  readonly #listeners = new Listeners();
  readonly #counts = { ticks: 0, packetsIn: 0, packetsOut: 0, octetsIn: 0, octetsOut: 0, generations: 0 };
  #socket: DatagramSocket | undefined;
  #timer: Timer | undefined;
  #dueMs = 0;
  #newGenerationTick = -GENERATION_TICKS;
  #digestTurn = 0;
  /** What this member had said at its last tick. */
  #toldVersion = 0;

  /** Throws where a setting cannot be. Nothing is sent before `start`. */
  constructor(settings: GossipSettings, deps: GossipDeps) {
    const complete = completeSettings(settings);
    const { id, role, region, listen, keys, seeds, fanOut, newsFanOut, intervalMs } = complete;
    this.#settings = complete;
    this.#deps = deps;
    this.#random = deps.random ?? Math.random;
    const random = this.#random;
    const generation = Math.min(Math.max(1, Math.floor(deps.clock.nowMs())), MAX_COUNT / 2);
    this.#own = new OwnerState({ id, role, region, host: listen.host, port: listen.port }, generation);
    this.#state = new GossipState(
      this.#own,
      {
        introduced: (owner) => this.#membership.introduced(owner, this.#nowMs()),
        changed: (owner, change) => this.#changed(owner, change),
        heard: (owner, entry) => this.#heard(owner, entry),
        outdated: (entry) => this.#outdated(entry),
      },
      random,
    );
    this.#membership = new Membership(complete, {
      statusChanged: (peer) => this.#memberChanged(peer),
      forgotten: (peer) => {
        this.#state.forget(peer.owner);
        this.#memberChanged(peer);
      },
    });
    this.#choice = new PeerChoice({ self: { id, region }, seeds, fanOut, newsFanOut, random });
    this.#probes = new Probes({
      membership: this.#membership,
      self: this.#own,
      send: (body, to) => this.#send(body, to),
      random,
    });
    this.#gate = new PacketGate({ keys, perInterval: complete.maxPacketsPerInterval, intervalMs });
  }

  /** Binds, and begins to gossip. Rejects where the address cannot be had. */
  async start(): Promise<void> {
    assert(this.#socket === undefined, "gossip is started twice");
    const { listen, advertise } = this.#settings;
    this.#socket = await this.#deps.datagrams.bind(listen, (payload, from) => this.#receive(payload, from));
    const host = advertise?.host ?? this.#socket.host;
    assert(host !== "0.0.0.0" && host !== "::", "gossip on a wildcard address needs an address to advertise");
    const port = advertise?.port ?? this.#socket.port;
    this.#own.introduction = Object.assign({}, this.#own.introduction, { host, port });
    this.#dueMs = this.#nowMs();
    this.#timer = this.#deps.clock.after(0, () => this.#tick());
  }

  /** Tells others that this member ends, and ends. What they know of it stays for a while, as of a dead one. */
  async stop(): Promise<void> {
    if (this.#socket !== undefined && this.#own.condition !== "left") this.#leave();
    await this.abandon();
  }

  /** Ends without a word, as a process that is killed. */
  async abandon(): Promise<void> {
    this.#timer?.cancel();
    await this.#socket?.close();
  }

  /** Where packets are received; undefined before `start`. */
  get address(): DatagramAddress | undefined {
    const { host, port } = this.#own.introduction;
    return this.#socket === undefined ? undefined : { host, port };
  }

  /**
   * From now on signs with the first key and accepts each. To change a key without a
   * gap: everybody accepts the new one, then everybody signs with it, then the old one goes.
   */
  useKeys(keys: readonly Uint8Array[]): void {
    this.#gate.useKeys(keys);
  }

  get self(): Member {
    const { id, role, region } = this.#settings;
    return { id, role, region, generation: this.#own.generation, status: "alive", ageMs: 0 };
  }

  set(key: string, value: string): void {
    if (this.#own.set(key, value)) this.#changed(this.#own, { key, value });
  }

  delete(key: string): void {
    if (this.#own.delete(key, this.#nowMs())) this.#changed(this.#own, { key, value: undefined });
  }

  get(memberId: string, key: string): string | undefined {
    const owner = this.#state.owner(ownerHash(memberId));
    return owner?.introduction.id === memberId ? owner.get(key) : undefined;
  }

  members(): readonly Member[] {
    return this.#state.owners.map((owner) => this.#memberOf(owner));
  }

  entries(prefix: string): readonly { readonly member: Member; readonly key: string; readonly value: string }[] {
    const found: { member: Member; key: string; value: string }[] = [];
    for (const owner of this.#state.owners) {
      if (this.#membership.peer(owner.hash)?.status === "dead") continue;
      const member = this.#memberOf(owner);
      for (const { key, value } of owner.live()) if (key.startsWith(prefix)) found.push({ member, key, value });
    }
    return found;
  }

  onChange(prefix: string, listener: GossipListener): () => void {
    return this.#listeners.onChange(prefix, listener);
  }

  onMember(listener: (member: Member) => void): () => void {
    return this.#listeners.onMember(listener);
  }

  /** How far each member is known, for diagnosis: the same everywhere once nothing changes any more. */
  knowledge(): readonly GossipKnowledge[] {
    return this.#state.owners.map(({ introduction, generation, version, size, tombstones }) => {
      return { id: introduction.id, generation, version, keys: size, tombstones };
    });
  }

  /** Figures for metrics. */
  stats(): GossipStats {
    const members = { alive: 1, suspect: 0, dead: 0 };
    for (const { status } of this.#membership.peers) members[status] += 1;
    return Object.assign({ members, isDelegate: this.#choice.isDelegate }, this.#counts, this.#gate.counts, {
      gaps: this.#state.gaps,
      refused: this.#state.refused,
      suspicions: this.#membership.counts.suspicions,
      deaths: this.#membership.counts.deaths,
      revivals: this.#membership.counts.revivals,
      pauses: this.#membership.counts.pauses,
    });
  }

  #tick(): void {
    const { clock } = this.#deps;
    const nowMs = this.#nowMs();
    this.#membership.noteLateness(nowMs - this.#dueMs, nowMs);
    const delayMs = this.#settings.intervalMs * (1 - JITTER / 2 + JITTER * this.#random());
    this.#dueMs = nowMs + delayMs;
    this.#timer = clock.after(delayMs, () => this.#tick());
    this.#counts.ticks += 1;
    this.#own.heartbeat += 1;
    this.#membership.judge(nowMs);
    this.#probes.tick();
    if (this.#counts.ticks % GARBAGE_TICKS === 0) {
      for (const owner of this.#state.owners) owner.collectGarbage(nowMs - this.#settings.tombstoneMs);
    }
    const addresses = this.#choice.choose(this.#membership.peers, this.#own.version !== this.#toldVersion);
    this.#toldVersion = this.#own.version;
    if (addresses.length === 0) return;
    const packets = this.#digestOfTick().map((body) => this.#seal(body));
    for (const address of addresses) for (const packet of packets) this.#sendSealed(packet, address);
  }

  /** The digest, or that part of a very long one whose turn it is. */
  #digestOfTick(): PacketBody[] {
    const parts = this.#state.digest();
    if (parts.length <= MAX_DIGEST_PACKETS) return parts;
    const chosen: PacketBody[] = [];
    for (let count = 0; count < MAX_DIGEST_PACKETS; count += 1) {
      this.#digestTurn = (this.#digestTurn + 1) % parts.length;
      chosen.push(parts[this.#digestTurn] as PacketBody);
    }
    return chosen;
  }

  #receive(payload: Uint8Array, from: DatagramAddress): void {
    this.#counts.packetsIn += 1;
    this.#counts.octetsIn += payload.length;
    const nowMs = this.#nowMs();
    const packet = this.#gate.open(payload, from, nowMs);
    // One's own address may be among the seeds.
    if (packet === undefined || packet.sender === this.#own.hash) return;
    this.#take(packet, this.#returnAddress(packet, from), nowMs);
  }

  #take(packet: Packet, from: DatagramAddress, nowMs: number): void {
    switch (packet.type) {
      case "syn":
        for (const body of this.#state.answerSyn(packet)) this.#send(body, from);
        return;
      case "ack":
        for (const body of this.#state.answerAck(packet, nowMs)) this.#send(body, from);
        return;
      case "delta":
        return this.#state.takeDelta(packet, nowMs);
      case "ping":
        return this.#probes.answerPing(packet, from);
      case "ping-request":
        return this.#probes.relay(packet, from);
      case "pong":
        return this.#probes.takePong(packet, nowMs);
      case "leave": {
        const owner = this.#state.owner(packet.sender);
        if (owner?.generation === packet.senderGeneration) this.#membership.left(owner, nowMs);
      }
    }
  }

  /**
   * Where to answer: to the address that a known member gave of itself, so that an old
   * packet sent again from elsewhere turns nothing on a stranger; else where it came from.
   */
  #returnAddress({ sender, senderGeneration }: Packet, from: DatagramAddress): DatagramAddress {
    const owner = this.#state.owner(sender);
    return owner?.generation === senderGeneration ? owner.introduction : from;
  }

  #leave(): void {
    this.#own.condition = "left";
    let told = 0;
    for (const { owner, status } of this.#membership.peers) {
      if (status === "dead" || told >= MAX_TOLD_OF_LEAVING) continue;
      this.#send({ type: "leave" }, owner.introduction);
      told += 1;
    }
  }

  #send(body: PacketBody, to: DatagramAddress): void {
    this.#sendSealed(this.#seal(body), to);
  }

  #seal(body: PacketBody): Uint8Array {
    const { hash, generation } = this.#own;
    return this.#gate.seal(Object.assign(body, { sender: hash, senderGeneration: generation }));
  }

  #sendSealed(packet: Uint8Array, to: DatagramAddress): void {
    this.#counts.packetsOut += 1;
    this.#counts.octetsOut += packet.length;
    this.#socket?.send(packet, to);
  }

  #heard(owner: Owner, entry: DigestEntry): void {
    if (owner !== this.#own) this.#membership.heard(owner, entry, this.#nowMs());
  }

  /** An earlier process of this id is remembered as newer than this one: be newer than that. */
  #outdated({ generation }: { readonly generation: number }): void {
    if (this.#counts.ticks - this.#newGenerationTick < GENERATION_TICKS || generation >= MAX_COUNT - 1) return;
    this.#newGenerationTick = this.#counts.ticks;
    this.#counts.generations += 1;
    this.#deps.logger.warn("gossip.generation", { id: this.#settings.id, generation: generation + 1 });
    this.#own.generation = generation + 1;
  }

  #changed(owner: Owner, { key, value }: KeyChange): void {
    if (this.#listeners.hears(key)) this.#listeners.changed(this.#memberOf(owner), key, value);
  }

  #memberChanged(peer: Peer): void {
    this.#choice.changed();
    const member = this.#membership.memberOf(peer, this.#nowMs());
    const { id, region, status } = member;
    const { logger } = this.#deps;
    // At a start everybody comes to be known to everybody; who goes is what somebody wants to read about.
    if (status === "alive") logger.debug("gossip.member", { id, region, status });
    else logger.info("gossip.member", { id, region, status });
    this.#listeners.memberChanged(member);
  }

  #memberOf(owner: Owner): Member {
    const peer = this.#membership.peer(owner.hash);
    return peer === undefined ? this.self : this.#membership.memberOf(peer, this.#nowMs());
  }

  #nowMs(): number {
    return this.#deps.clock.monotonicMs();
  }
}
