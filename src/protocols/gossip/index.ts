/** Gossip between processes of one system: packets, and what each knows of the others (Scuttlebutt reconciliation). */
export {
  isKey,
  isName,
  MAX_COUNT,
  MAX_KEY_OCTETS,
  MAX_KEYS_PER_OWNER,
  MAX_MEMBERS,
  MAX_NAME_LENGTH,
  MAX_PACKET_OCTETS,
  MAX_VALUE_OCTETS,
  valueOctets,
} from "./limits.ts";
export { composeDeltas } from "./compose-deltas.ts";
export type { AnswerRoom, Want } from "./compose-deltas.ts";
export { decodePacket } from "./decode.ts";
export { encodePacket, MAC_OCTETS } from "./encode.ts";
export { GossipState, MAX_ANSWER_PACKETS } from "./gossip-state.ts";
export type { StateEvents } from "./gossip-state.ts";
export { MAX_TOMBSTONES, OwnerState } from "./owner-state.ts";
export type { ApplyOutcome, DeltaStart, KeyChange, KeyState } from "./owner-state.ts";
export { ownerHash } from "./packet.ts";
export type {
  DeltaEntry,
  DigestEntry,
  Introduction,
  OwnerCondition,
  OwnerDelta,
  OwnerRole,
  Packet,
  PacketBody,
  PacketSender,
} from "./packet.ts";
