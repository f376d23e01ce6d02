import type { GateCounts } from "./packet-gate.ts";
import type { MembershipCounts } from "./membership.ts";

/** What a gossip node counts since its start, and how many members it knows now, itself included. */
export interface GossipStats extends Readonly<GateCounts>, Readonly<MembershipCounts> {
  readonly members: { readonly alive: number; readonly suspect: number; readonly dead: number };
  /** Whether this member speaks for its region. */
  readonly isDelegate: boolean;
  readonly ticks: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly octetsIn: number;
  readonly octetsOut: number;
  /** How often this member had to take a newer generation than its clock gave: more than once a start, and two processes have one id. */
  readonly generations: number;
  /** Deltas that came too early, since one before them was lost or late. */
  readonly gaps: number;
  /** Members that were not taken in: too many, or with the hash of another one. */
  readonly refused: number;
}

/** How far one member is known. */
export interface GossipKnowledge {
  readonly id: string;
  readonly generation: number;
  /** Everything that counts up to this write is known. */
  readonly version: number;
  readonly keys: number;
  /** Deleted keys that are still remembered. */
  readonly tombstones: number;
}
