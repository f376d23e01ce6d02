import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { Buffer } from "node:buffer";
import type { Packet } from "../../protocols/gossip/index.ts";
import { decodePacket, encodePacket, MAC_OCTETS, MAX_PACKET_OCTETS } from "../../protocols/gossip/index.ts";
import type { DatagramAddress } from "../ports.ts";
import { checkKeys } from "./settings.ts";

/** The most senders that are counted each for itself; beyond them strangers share one count. */
const MAX_SOURCES = 2_048;
/** How many intervals' packets may come at once. */
const BURST_INTERVALS = 10;

/** What became of the packets that came and did not count. */
export interface GateCounts {
  /** Longer than packets are, or shorter than their beginning. */
  oversize: number;
  /** More from one address than are looked at. */
  limited: number;
  /** With no right authentication code: another key, or not from a member. */
  unauthenticated: number;
  /** From a member, but not as packets are. */
  malformed: number;
}

interface Source {
  left: number;
  atMs: number;
}

/**
 * Signs packets, and lets only those in that are as long as packets are, not too many
 * from one address, signed with a known key, and well-formed: in this order, so that
 * the work for whoever sends something else is bounded, and nothing of it is parsed.
 */
export class PacketGate {
  readonly counts: GateCounts = { oversize: 0, limited: 0, unauthenticated: 0, malformed: 0 };
  #keys: readonly KeyObject[] = [];
  readonly #perInterval: number;
  readonly #intervalMs: number;
  readonly #sources = new Map<string, Source>();
  readonly #strangers: Source;
  readonly #scratch = Buffer.allocUnsafe(MAX_PACKET_OCTETS);

  constructor(options: {
    readonly keys: readonly Uint8Array[];
    readonly perInterval: number;
    readonly intervalMs: number;
  }) {
    this.useKeys(options.keys);
    this.#perInterval = options.perInterval;
    this.#intervalMs = options.intervalMs;
    this.#strangers = { left: options.perInterval * BURST_INTERVALS, atMs: 0 };
  }

  /** From now on signs with the first and accepts each. */
  useKeys(keys: readonly Uint8Array[]): void {
    this.#keys = checkKeys(keys).map((key) => createSecretKey(key));
  }

  /** A packet as it is sent. */
  seal(packet: Packet): Buffer {
    const octets = encodePacket(packet, this.#scratch);
    const body = this.#scratch.subarray(MAC_OCTETS, octets);
    mac(this.#keys[0] as KeyObject, body).copy(this.#scratch, 0, 0, MAC_OCTETS);
    return Buffer.from(this.#scratch.subarray(0, octets));
  }

  /** What came as a packet, or undefined where it counts for nothing. */
  open(payload: Uint8Array, from: DatagramAddress, nowMs: number): Packet | undefined {
    const { counts } = this;
    if (payload.length > MAX_PACKET_OCTETS || payload.length <= MAC_OCTETS) {
      counts.oversize += 1;
      return undefined;
    }
    if (!this.#mayCome(from, nowMs)) {
      counts.limited += 1;
      return undefined;
    }
    const buffer = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    if (!this.#isAuthentic(buffer)) {
      counts.unauthenticated += 1;
      return undefined;
    }
    const packet = decodePacket(buffer);
    if (packet === undefined) counts.malformed += 1;
    return packet;
  }

  #isAuthentic(buffer: Buffer): boolean {
    const shown = buffer.subarray(0, MAC_OCTETS);
    const body = buffer.subarray(MAC_OCTETS);
    return this.#keys.some((key) => timingSafeEqual(mac(key, body).subarray(0, MAC_OCTETS), shown));
  }

  /** A token bucket for each address. */
  #mayCome({ host, port }: DatagramAddress, nowMs: number): boolean {
    const name = `${host} ${port}`;
    let source = this.#sources.get(name);
    if (source === undefined) {
      if (this.#sources.size >= MAX_SOURCES) this.#forgetIdle(nowMs);
      source = this.#strangers;
      if (this.#sources.size < MAX_SOURCES) {
        source = { left: this.#perInterval * BURST_INTERVALS, atMs: nowMs };
        this.#sources.set(name, source);
      }
    }
    const earned = ((nowMs - source.atMs) * this.#perInterval) / this.#intervalMs;
    source.left = Math.min(source.left + earned, this.#perInterval * BURST_INTERVALS);
    source.atMs = nowMs;
    if (source.left < 1) return false;
    source.left -= 1;
    return true;
  }

  /** Room for new senders. Looks once in a burst's time, because the whole table is walked. */
  #forgetIdle(nowMs: number): void {
    const idleMs = BURST_INTERVALS * this.#intervalMs;
    if (nowMs - this.#sweptMs < idleMs) return;
    this.#sweptMs = nowMs;
    for (const [name, { atMs }] of this.#sources) if (nowMs - atMs > idleMs) this.#sources.delete(name);
  }

  #sweptMs = -Infinity;
}

function mac(key: KeyObject, body: Uint8Array): Buffer {
  return createHmac("sha256", key).update(body).digest();
}
