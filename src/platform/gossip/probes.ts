import type { Packet, PacketBody } from "../../protocols/gossip/index.ts";
import type { DatagramAddress } from "../ports.ts";
import type { Membership, Peer } from "./membership.ts";
import { addressOf, shuffle } from "./peer-choice.ts";

/** How many others are asked to look for a suspect (SWIM §4.1). */
const INDIRECT_PROBES = 3;
/** How often a suspect is probed, in ticks. */
const PROBE_TICKS = 5;
/** The most suspects that are probed at one tick: when more are silent at once, the fault is rather here or between. */
const MAX_SUSPECTS_AT_ONCE = 8;
/** The most probes for others that wait for an answer. */
const MAX_RELAYED = 256;
/** How long an answer is waited for, in ticks. */
const RELAY_TICKS = 20;

/** What probes are sent with. */
export interface ProbeInput {
  readonly membership: Membership;
  /** How one is known oneself. */
  readonly self: { readonly hash: number; readonly generation: number; readonly heartbeat: number };
  readonly send: (body: PacketBody, to: DatagramAddress) => void;
  readonly random: () => number;
}

type Body<T extends PacketBody["type"]> = Extract<PacketBody, { type: T }>;

/** Asks suspects for a sign of life, directly and through others, as SWIM does (Das, Gupta, Motivala 2002). */
export class Probes {
  readonly #input: ProbeInput;
  /** By the nonce that was sent on: for whom, and when it was. */
  readonly #relayed = new Map<number, { to: DatagramAddress; nonce: number; target: number; tick: number }>();
  #nonce = 0;
  #tick = 0;

  constructor(input: ProbeInput) {
    this.#input = input;
  }

  /** Probes those that are suspect, every so many ticks. */
  tick(): void {
    this.#tick += 1;
    for (const [nonce, { tick }] of this.#relayed) {
      if (this.#tick - tick <= RELAY_TICKS) break;
      this.#relayed.delete(nonce);
    }
    if (this.#tick % PROBE_TICKS !== 0) return;
    const suspects: Peer[] = [];
    for (const peer of this.#input.membership.peers) if (peer.status === "suspect") suspects.push(peer);
    if (suspects.length === 0) return;
    shuffle(suspects, this.#input.random);
    for (const suspect of suspects.slice(0, MAX_SUSPECTS_AT_ONCE)) this.#probe(suspect);
  }

  /** Answers whoever asks whether one is there. */
  answerPing({ nonce }: Body<"ping">, from: DatagramAddress): void {
    const { hash, generation, heartbeat } = this.#input.self;
    this.#input.send({ type: "pong", nonce, target: hash, generation, heartbeat }, from);
  }

  /** Looks for somebody for somebody else. */
  relay({ nonce, target }: Body<"ping-request">, from: DatagramAddress): void {
    const peer = this.#input.membership.peer(target);
    if (peer === undefined || this.#relayed.size >= MAX_RELAYED) return;
    const own = this.#nextNonce();
    this.#relayed.set(own, { to: from, nonce, target, tick: this.#tick });
    this.#input.send({ type: "ping", nonce: own }, addressOf(peer));
  }

  /** Takes in an answer, and passes it on to who wanted it. */
  takePong(pong: Packet & Body<"pong">, nowMs: number): void {
    const { nonce, target, generation, heartbeat } = pong;
    const peer = this.#input.membership.peer(target);
    if (peer !== undefined && peer.owner.generation === generation) {
      this.#input.membership.heard(peer.owner, { heartbeat, condition: "alive" }, nowMs);
    }
    const relayed = this.#relayed.get(nonce);
    if (relayed === undefined || relayed.target !== target || pong.sender !== target) return;
    this.#relayed.delete(nonce);
    this.#input.send({ type: "pong", nonce: relayed.nonce, target, generation, heartbeat }, relayed.to);
  }

  #probe(suspect: Peer): void {
    const { membership, send, random } = this.#input;
    const nonce = this.#nextNonce();
    send({ type: "ping", nonce }, addressOf(suspect));
    const others: Peer[] = [];
    for (const peer of membership.peers) if (peer.status === "alive") others.push(peer);
    shuffle(others, random);
    for (const other of others.slice(0, INDIRECT_PROBES)) {
      send({ type: "ping-request", nonce, target: suspect.owner.hash }, addressOf(other));
    }
  }

  #nextNonce(): number {
    this.#nonce = (this.#nonce + 1) % 2 ** 32;
    return this.#nonce;
  }
}
