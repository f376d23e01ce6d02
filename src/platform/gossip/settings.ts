import { assert } from "../../kernel/assert.ts";
import { isName } from "../../protocols/gossip/index.ts";
import type { DatagramAddress } from "../ports.ts";
import type { MemberRole } from "./view.ts";

/** The most keys with which packets are accepted. */
export const MAX_PACKET_KEYS = 4;
const MIN_KEY_OCTETS = 16;
/** The most addresses to join by. */
const MAX_SEEDS = 16;

/** How a member gossips. Everything but who it is has a value when not told. */
export interface GossipSettings {
  /** For example `messaging-2`; no two processes have the same. */
  readonly id: string;
  readonly role: MemberRole;
  readonly region: string;
  /** Where to receive packets; port 0 is any free one. */
  readonly listen: DatagramAddress;
  /** The IP address by which others reach this member; needed where `listen` is a wildcard. The port, where it is not that of `listen`. */
  readonly advertise?: { readonly host: string; readonly port?: number };
  /** Packets are signed with the first key and accepted with each: 1 to 4, of 16 octets at least. */
  readonly keys: readonly Uint8Array[];
  /** IP addresses of members by which to join; one's own may be among them. */
  readonly seeds?: readonly DatagramAddress[];
  /** How often to gossip; 100 ms. The same in the whole system. */
  readonly intervalMs?: number;
  /** With how many members of the own region each time; 1. */
  readonly fanOut?: number;
  /** With how many after this member has said something new; 3. */
  readonly newsFanOut?: number;
  /** When a member is suspect, see `ArrivalWindow`; 8. */
  readonly suspectPhi?: number;
  /** How long a suspect is probed before it counts as dead; 30 intervals. */
  readonly suspicionMs?: number;
  /** How long the dead are remembered, half of it told to others; an hour. The same in the whole system. */
  readonly graceMs?: number;
  /** How long deletions are remembered; 15 minutes. */
  readonly tombstoneMs?: number;
  /** The most packets from one address that are looked at in an interval; 20. */
  readonly maxPacketsPerInterval?: number;
}

/** Settings with all that was not told. */
export type CompleteGossipSettings = Required<Omit<GossipSettings, "advertise">> & {
  readonly advertise: GossipSettings["advertise"] | undefined;
};

/** Fills in what was not told. Throws where something cannot be. */
export function completeSettings(given: GossipSettings): CompleteGossipSettings {
  const intervalMs = given.intervalMs ?? 100;
  assert(isName(given.id) && isName(given.region), `a member cannot be called ${given.id} in ${given.region}`);
  assert(intervalMs >= 10 && intervalMs <= 60_000, `a gossip interval of ${intervalMs} ms`);
  const settings: CompleteGossipSettings = {
    id: given.id,
    role: given.role,
    region: given.region,
    listen: given.listen,
    advertise: given.advertise,
    keys: checkKeys(given.keys),
    seeds: given.seeds ?? [],
    intervalMs,
    fanOut: given.fanOut ?? 1,
    newsFanOut: given.newsFanOut ?? Math.max(3, given.fanOut ?? 1),
    suspectPhi: given.suspectPhi ?? 8,
    suspicionMs: given.suspicionMs ?? 30 * intervalMs,
    graceMs: given.graceMs ?? 3_600_000,
    tombstoneMs: given.tombstoneMs ?? 900_000,
    maxPacketsPerInterval: given.maxPacketsPerInterval ?? 20,
  };
  assert(settings.seeds.length <= MAX_SEEDS, `more than ${MAX_SEEDS} gossip seeds`);
  return settings;
}

/** Checks the keys of packets. Throws where there are none, too many, or one is too short. */
export function checkKeys(keys: readonly Uint8Array[]): readonly Uint8Array[] {
  assert(keys.length > 0 && keys.length <= MAX_PACKET_KEYS, `${keys.length} gossip keys`);
  assert(
    keys.every((key) => key.length >= MIN_KEY_OCTETS),
    "a gossip key is too short",
  );
  return keys;
}
