/** What the processes of a system tell each other: membership, load, configuration roots, counters. */
export type { GossipListener, GossipView, Member, MemberRole, MemberStatus } from "./view.ts";
export { MemoryGossip } from "./memory-gossip.ts";
export type { MemoryGossipOptions, MemoryMember } from "./memory-gossip.ts";
export { GossipNode } from "./gossip-node.ts";
export type { GossipDeps } from "./gossip-node.ts";
export type { GossipSettings } from "./settings.ts";
export type { GossipKnowledge, GossipStats } from "./stats.ts";
