/**
 * The packets of gossip. An exchange is `syn` (what I know) → `ack` (what I know less
 * or later of, and what you do not have) → `delta` (what you do not have), as van
 * Renesse, Dumitriu, Gough and Thomas describe it (Efficient Reconciliation and Flow
 * Control for Anti-Entropy Protocols, 2008). The layout stands in docs/subsystems/gossip.md.
 */

/** What a member is. */
export type OwnerRole = "edge" | "cell" | "control";

/** What somebody holds of a member: it may be alive; it is dead to them; it has said that it leaves. */
export type OwnerCondition = "alive" | "dead" | "left";

/** Who a member is: the same for all of one generation. */
export interface Introduction {
  readonly id: string;
  readonly role: OwnerRole;
  readonly region: string;
  /** Where it receives packets: an IP address. */
  readonly host: string;
  readonly port: number;
}

/** How far somebody knows one owner. */
export interface DigestEntry {
  /** {@link ownerHash} of the owner's id. */
  readonly hash: number;
  /** 0 where nothing is known. */
  readonly generation: number;
  readonly heartbeat: number;
  /** Up to which version everything is known that still counts. */
  readonly version: number;
  /** Deletions up to this version are carried out and forgotten; 0 for none. */
  readonly gcVersion: number;
  readonly condition: OwnerCondition;
}

/** One key as its owner wrote it with a version. `undefined` says that it was deleted. */
export interface DeltaEntry {
  readonly key: string;
  readonly value: string | undefined;
  readonly version: number;
}

/** Everything of one owner that was written after version `from` and up to version `to`, and still counts, by version. */
export interface OwnerDelta {
  readonly hash: number;
  readonly generation: number;
  readonly from: number;
  readonly to: number;
  /** Deletions up to here are left out: only who knows them, or begins anew, may take this in. */
  readonly gcVersion: number;
  /** Whether who has not carried out deletions up to `gcVersion` has to begin anew; `from` is 0 then. */
  readonly reset: boolean;
  /** Given with `from` 0, to who does not know this owner in this generation. */
  readonly introduction:
    | (Introduction & { readonly heartbeat: number; readonly condition: OwnerCondition })
    | undefined;
  readonly entries: readonly DeltaEntry[];
}

/** What every packet begins with, after its authentication code. */
export interface PacketSender {
  /** {@link ownerHash} of the sender's id. */
  readonly sender: number;
  readonly senderGeneration: number;
}

/** What a packet says. */
export type PacketBody =
  /** All that the sender knows of the owners whose hash is `first` to `last`, by hash. */
  | { readonly type: "syn"; readonly first: number; readonly last: number; readonly entries: readonly DigestEntry[] }
  | { readonly type: "ack"; readonly entries: readonly DigestEntry[]; readonly deltas: readonly OwnerDelta[] }
  | { readonly type: "delta"; readonly deltas: readonly OwnerDelta[] }
  /** Asks who receives it for a `pong`. */
  | { readonly type: "ping"; readonly nonce: number }
  /** Asks who receives it to ping somebody else. */
  | { readonly type: "ping-request"; readonly nonce: number; readonly target: number }
  | {
      readonly type: "pong";
      readonly nonce: number;
      readonly target: number;
      readonly generation: number;
      readonly heartbeat: number;
    }
  /** The sender ends by itself. */
  | { readonly type: "leave" };

/** A packet without its authentication code. */
export type Packet = PacketSender & PacketBody;

/** The hash with the highest value. */
export const MAX_HASH = 2 ** 48 - 1;

/**
 * What stands for an owner in packets: 48 bits of its id (FNV-1a in two halves), 0 never.
 * Members are authenticated, so that nobody looks for two ids with the same hash; by
 * chance two of 1,000 have one in 10⁸ systems.
 */
export function ownerHash(id: string): number {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let at = 0; at < id.length; at += 1) {
    low = Math.imul(low ^ id.charCodeAt(at), 0x01000193);
    high = Math.imul(high ^ id.charCodeAt(id.length - 1 - at) ^ (low >>> 24), 0x85ebca6b);
    high ^= high >>> 13;
  }
  return Math.max(1, ((high ^ (high >>> 16)) & 0xffff) * 2 ** 32 + (low >>> 0));
}
