/** What a process is in the system. */
export type MemberRole = "edge" | "cell" | "control";

/** Whether others hear of a member: `alive`; not lately, and it is asked for by others: `suspect`; `dead` until it is heard of again. */
export type MemberStatus = "alive" | "suspect" | "dead";

/** A process of the system, as this one knows it. */
export interface Member {
  /** For example `edge-us1-1` or `messaging-2`. One owner of keys. */
  readonly id: string;
  readonly role: MemberRole;
  readonly region: string;
  /** Grows with every start of the process: what an earlier one said counts no more. */
  readonly generation: number;
  readonly status: MemberStatus;
  /** How long ago this member was last known to be there: the age of its newest heartbeat here, in milliseconds. 0 for oneself. */
  readonly ageMs: number;
}

/** Told of every change of what a member says, once it is known here; `value` is absent when the key was deleted. */
export type GossipListener = (member: Member, key: string, value: string | undefined) => void;

/**
 * What the processes of a system tell each other: each owns a small map of texts,
 * which reaches all others in the end. What is read here is as old as its member's
 * `ageMs`, at least. Implemented by the gossip node, and by a memory one for tests.
 */
export interface GossipView {
  /** This process. */
  readonly self: Member;
  /** Says something. Throws where key or value are longer than the limits, or there are too many keys. */
  set(key: string, value: string): void;
  delete(key: string): void;
  /** What a member last said, also a dead one until it is forgotten. */
  get(memberId: string, key: string): string | undefined;
  /** All members that are known, this one included, dead ones until they are forgotten. */
  members(): readonly Member[];
  /** Every (member, key, value) whose key begins with `prefix`, of members that are not dead. */
  entries(prefix: string): readonly { readonly member: Member; readonly key: string; readonly value: string }[];
  /** Adds a listener for keys that begin with `prefix`; returns what removes it. */
  onChange(prefix: string, listener: GossipListener): () => void;
  /** Adds a listener for members that come, change their status or are forgotten; returns what removes it. */
  onMember(listener: (member: Member) => void): () => void;
}
