import type { DigestEntry, OwnerState } from "../../protocols/gossip/index.ts";
import { ArrivalWindow } from "./arrival-window.ts";
import type { Member, MemberStatus } from "./view.ts";

/** By how much this process's own lateness stretches its patience, at most: 1 + 8/4 = 3 times. */
const MAX_LATENESS = 8;
const LATENESS_STEP = 0.25;

/** Another member, as this one finds it. */
export interface Peer {
  readonly owner: OwnerState;
  readonly arrivals: ArrivalWindow;
  status: MemberStatus;
  /** When a heartbeat was last news. */
  heardMs: number;
  /** The same, moved on by pauses of this process, which are not the member's silence. */
  judgedMs: number;
  /** When it became suspect, moved on likewise; when it died. */
  sinceMs: number;
}

/** What decides when a member is suspect, dead, and forgotten. */
export interface MembershipOptions {
  readonly intervalMs: number;
  readonly suspectPhi: number;
  readonly suspicionMs: number;
  readonly graceMs: number;
}

/** Told of every change of a member's status, and that one is forgotten. */
export interface MembershipEvents {
  statusChanged(peer: Peer): void;
  forgotten(peer: Peer): void;
}

/** How often something happened since the start. */
export interface MembershipCounts {
  suspicions: number;
  deaths: number;
  revivals: number;
  pauses: number;
}

/**
 * Who is alive: alive → suspect when heartbeats stay away for long beside the usual
 * pace → dead when they stay away while it is probed → forgotten after a grace. A newer
 * heartbeat makes a suspect or dead member alive again, a newer generation also one that
 * had left. A pause of this process is nobody's silence (Lifeguard, arXiv 1707.00788).
 */
export class Membership {
  readonly counts: MembershipCounts = { suspicions: 0, deaths: 0, revivals: 0, pauses: 0 };
  readonly #options: MembershipOptions;
  readonly #events: MembershipEvents;
  readonly #peers = new Map<number, Peer>();
  #lateness = 0;

  constructor(options: MembershipOptions, events: MembershipEvents) {
    this.#options = options;
    this.#events = events;
  }

  get peers(): Iterable<Peer> {
    return this.#peers.values();
  }

  get size(): number {
    return this.#peers.size;
  }

  peer(hash: number): Peer | undefined {
    return this.#peers.get(hash);
  }

  /** A member is new, or began anew. */
  introduced(owner: OwnerState, nowMs: number): void {
    const known = this.#peers.get(owner.hash);
    const status = owner.condition === "alive" ? "alive" : "dead";
    const arrivals = known?.arrivals ?? new ArrivalWindow(this.#options.intervalMs);
    arrivals.clear();
    const peer: Peer = { owner, arrivals, status, heardMs: nowMs, judgedMs: nowMs, sinceMs: nowMs };
    this.#peers.set(owner.hash, peer);
    this.#events.statusChanged(peer);
  }

  /** Somebody has heard of a member. `entry` is of the generation that is known here. */
  heard(owner: OwnerState, entry: Pick<DigestEntry, "heartbeat" | "condition">, nowMs: number): void {
    const peer = this.#peers.get(owner.hash);
    if (peer === undefined) return;
    if (entry.condition === "left") this.left(owner, nowMs);
    if (entry.heartbeat <= owner.heartbeat || owner.condition === "left") return;
    owner.heartbeat = entry.heartbeat;
    if (peer.status === "dead") {
      // It lived longer than was known here, but is dead to who says so, too.
      if (entry.condition === "dead") return;
      owner.condition = "alive";
      owner.isAdvertised = true;
      this.counts.revivals += 1;
    } else {
      peer.arrivals.add(nowMs - peer.judgedMs);
    }
    peer.heardMs = nowMs;
    peer.judgedMs = nowMs;
    if (peer.status !== "alive") this.#setStatus(peer, "alive", nowMs);
  }

  /** A member said that it ends. */
  left(owner: OwnerState, nowMs: number): void {
    const peer = this.#peers.get(owner.hash);
    if (peer === undefined || owner.condition === "left") return;
    owner.condition = "left";
    if (peer.status !== "dead") this.#setStatus(peer, "dead", nowMs);
  }

  /** This process was on time, or so much later than it wanted to be. A pause counts for nobody's silence. */
  noteLateness(lateMs: number, nowMs: number): void {
    const { intervalMs } = this.#options;
    if (lateMs <= intervalMs) {
      this.#lateness = Math.max(0, this.#lateness - LATENESS_STEP);
      return;
    }
    this.#lateness = Math.min(MAX_LATENESS, this.#lateness + 1);
    this.counts.pauses += 1;
    for (const peer of this.#peers.values()) {
      peer.judgedMs = Math.min(nowMs, peer.judgedMs + lateMs);
      if (peer.status === "suspect") peer.sinceMs = Math.min(nowMs, peer.sinceMs + lateMs);
    }
  }

  /** Looks who has been silent for too long. */
  judge(nowMs: number): void {
    const { suspectPhi, suspicionMs, graceMs } = this.#options;
    const patience = 1 + this.#lateness / 4;
    for (const peer of this.#peers.values()) {
      if (peer.status === "alive") {
        if (peer.arrivals.phi(nowMs - peer.judgedMs) <= suspectPhi * patience) continue;
        this.counts.suspicions += 1;
        this.#setStatus(peer, "suspect", nowMs);
      } else if (peer.status === "suspect") {
        if (nowMs - peer.sinceMs <= suspicionMs * patience) continue;
        this.counts.deaths += 1;
        peer.owner.condition = "dead";
        this.#setStatus(peer, "dead", nowMs);
      } else {
        const deadMs = nowMs - peer.sinceMs;
        if (deadMs > graceMs / 2) peer.owner.isAdvertised = false;
        if (deadMs > graceMs) this.#forget(peer);
      }
    }
  }

  /** A member as others see it. */
  memberOf({ owner, status, heardMs }: Peer, nowMs: number): Member {
    const { introduction, generation } = owner;
    const { id, role, region } = introduction;
    return { id, role, region, generation, status, ageMs: Math.max(0, nowMs - heardMs) };
  }

  #setStatus(peer: Peer, status: MemberStatus, nowMs: number): void {
    peer.status = status;
    peer.sinceMs = nowMs;
    if (status === "dead") peer.arrivals.clear();
    this.#events.statusChanged(peer);
  }

  #forget(peer: Peer): void {
    this.#peers.delete(peer.owner.hash);
    this.#events.forgotten(peer);
  }
}
