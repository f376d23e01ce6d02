import { BlockList, isIP } from "node:net";
import type { Socket } from "node:net";

/** Bounds of an {@link Admission}. */
export interface AdmissionLimits {
  /** Connections at once of one client: an IPv4 address, or an IPv6 network of 64 bits. */
  readonly maxConnectionsPerPeer: number;
  /** Connections at once that have not said what they are, or whose TLS handshake is not over. */
  readonly maxOpening: number;
}

/** How many connections were turned away, and why. */
export interface Refused {
  /** The address listened on had as many as it may. */
  readonly full: number;
  /** The client had as many as it may. */
  readonly perPeer: number;
  /** They had not got further when others came, and had waited for longest. */
  readonly slowest: number;
}

/** Who may have any number of connections unless told: this machine, where a proxy or a load generator may be. */
export const LOOPBACK_NETWORKS: readonly string[] = ["127.0.0.0/8", "::1"];

/**
 * Which connections are let in. One client cannot take all places; and those that open
 * connections and say nothing cannot take the places of others, because when there is no
 * room for one more, the one that has said nothing for longest goes.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #unlimited = new BlockList();
  readonly #perPeer = new Map<string, number>();
  /** In the order in which they came. */
  readonly #opening = new Map<string, Socket>();
  readonly #refused = { full: 0, perPeer: 0, slowest: 0 };

  /** `unlimited` holds addresses and networks (`10.0.0.0/8`), such as those of load balancers. Throws for what is none. */
  constructor(limits: AdmissionLimits, unlimited: readonly string[]) {
    this.#limits = limits;
    for (const network of unlimited) addNetwork(this.#unlimited, network);
  }

  get refused(): Refused {
    return this.#refused;
  }

  /** Lets a connection in, or destroys it. */
  enter(socket: Socket): boolean {
    const address = plainAddress(socket.remoteAddress);
    const peer = this.#isUnlimited(address) ? undefined : peerOf(address);
    if (peer !== undefined) {
      const count = (this.#perPeer.get(peer) ?? 0) + 1;
      if (count > this.#limits.maxConnectionsPerPeer) {
        this.#refused.perPeer += 1;
        socket.destroy();
        return false;
      }
      this.#perPeer.set(peer, count);
    }
    if (this.#opening.size >= this.#limits.maxOpening) this.#endSlowest();
    const key = keyOf(socket);
    this.#opening.set(key, socket);
    socket.once("close", () => {
      if (this.#opening.get(key) === socket) this.#opening.delete(key);
      if (peer !== undefined) this.#leave(peer);
    });
    return true;
  }

  /** It is clear what a connection is. Takes the connection, or the TLS on it. */
  settle(socket: Socket): void {
    this.#opening.delete(keyOf(socket));
  }

  /** Notes that a connection was turned away before it got here. */
  noteFull(): void {
    this.#refused.full += 1;
  }

  #endSlowest(): void {
    for (const [key, slowest] of this.#opening) {
      this.#opening.delete(key);
      this.#refused.slowest += 1;
      slowest.destroy();
      return;
    }
  }

  #leave(peer: string): void {
    const count = (this.#perPeer.get(peer) ?? 1) - 1;
    if (count === 0) this.#perPeer.delete(peer);
    else this.#perPeer.set(peer, count);
  }

  #isUnlimited(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#unlimited.check(address, version === 4 ? "ipv4" : "ipv6");
  }
}

/** What a TLS socket and the socket below it have in common. */
function keyOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress} ${socket.localPort}`;
}

/** Without the prefix of an IPv4-mapped address (RFC 4291 §2.5.5.2). */
function plainAddress(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
}

/** Whoever has one IPv6 address has 2^64 of them (RFC 4291 §2.5.1), so its network is what counts. */
function peerOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail = ""] = address.split("%", 1)[0]?.split("::") ?? [];
  const first = head === "" ? [] : head.split(":");
  const last = tail === "" ? [] : tail.split(":");
  const zeros = address.includes("::") ? Array<string>(Math.max(0, 8 - first.length - last.length)).fill("0") : [];
  return first
    .concat(zeros, last)
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

function addNetwork(list: BlockList, network: string): void {
  const [address = "", bits] = network.split("/");
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(bits), family);
}
