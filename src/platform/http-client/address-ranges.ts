import { BlockList, isIP } from "node:net";

/** What an address is to a request made for somebody else. */
export type AddressKind = "public" | "private" | "forbidden";

/** Networks of one's own: loopback, RFC 1918, shared space (RFC 6598), unique local (RFC 4193). */
const PRIVATE = listOf([
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "::1/128",
  "fc00::/7",
]);

/** Nobody's web server, whatever the operator allows. IANA special-purpose registries, RFC 6890. */
const FORBIDDEN = listOf([
  "0.0.0.0/8", // This network; 0.0.0.0 reaches the host itself.
  "169.254.0.0/16", // Link-local, where most clouds keep their metadata.
  "192.0.0.0/24", // IETF protocol assignments, among them a cloud's metadata.
  "192.0.2.0/24", // Documentation.
  "192.88.99.0/24", // 6to4 relays, deprecated.
  "198.18.0.0/15", // Benchmarking.
  "198.51.100.0/24", // Documentation.
  "203.0.113.0/24", // Documentation.
  "224.0.0.0/4", // Multicast.
  "240.0.0.0/4", // Reserved, and broadcast.
  // Metadata of clouds outside the ranges above.
  "100.100.100.200/32",
  "168.63.129.16/32",
  "fd00:ec2::/32",
  "fd20:ce::254/128",
  "2001::/23", // IETF protocol assignments: benchmarking, ORCHID; Teredo is judged before.
  "2001:db8::/32", // Documentation.
  "3fff::/20", // Documentation.
]);

/** The only part of IPv6 that is handed out to networks (RFC 4291 §2.4). */
const GLOBAL_UNICAST = listOf(["2000::/3"]);

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits = ""] = network.split("/");
    list.addSubnet(address, Number(bits), address.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}

/**
 * Judges an address in its textual form. IPv6 addresses that carry an IPv4 address
 * (mapped, NAT64, 6to4, Teredo, ISATAP) are as bad as the worst of what they carry.
 * Anything that is no address, or has a zone, is forbidden.
 */
export function classifyAddress(address: string): AddressKind {
  const family = isIP(address);
  if (family === 4) return classifyV4(address);
  if (family !== 6 || address.includes("%")) return "forbidden";
  const words = readWords(address);
  const carried = carriedAddresses(words);
  const own = classifyV6(address, words);
  if (carried.length === 0 || own === "forbidden") return own;
  return carried.map(classifyV4).reduce(worse, own);
}

function classifyV4(address: string): AddressKind {
  if (FORBIDDEN.check(address, "ipv4")) return "forbidden";
  return PRIVATE.check(address, "ipv4") ? "private" : "public";
}

function classifyV6(address: string, words: readonly number[]): AddressKind {
  // A translated address is nothing by itself: what it carries decides.
  if (isMapped(words) || isNat64(words) || isTeredo(words)) return "public";
  if (FORBIDDEN.check(address, "ipv6")) return "forbidden";
  if (PRIVATE.check(address, "ipv6")) return "private";
  return GLOBAL_UNICAST.check(address, "ipv6") ? "public" : "forbidden";
}

function worse(left: AddressKind, right: AddressKind): AddressKind {
  if (left === "forbidden" || right === "forbidden") return "forbidden";
  return left === "private" ? left : right;
}

/** RFC 4291 §2.5.5.2. */
function isMapped(words: readonly number[]): boolean {
  return words[5] === 0xffff && words.slice(0, 5).every((word) => word === 0);
}

/** The well-known prefix, RFC 6052 §2.1. The local one (RFC 8215) lies outside global unicast and is refused. */
function isNat64(words: readonly number[]): boolean {
  return words[0] === 0x64 && words[1] === 0xff9b && words.slice(2, 6).every((word) => word === 0);
}

/** RFC 4380 §2.6. */
function isTeredo(words: readonly number[]): boolean {
  return words[0] === 0x2001 && words[1] === 0;
}

function carriedAddresses(words: readonly number[]): string[] {
  const at = (index: number): number => words[index] ?? 0;
  if (isMapped(words) || isNat64(words)) return [dotted(at(6), at(7))];
  // RFC 3056 §2.
  if (words[0] === 0x2002) return [dotted(at(1), at(2))];
  // The server, and the client with all bits inverted.
  if (isTeredo(words)) return [dotted(at(2), at(3)), dotted(at(6) ^ 0xffff, at(7) ^ 0xffff)];
  // ISATAP, RFC 5214 §6.1.
  if (words[5] === 0x5efe && (words[4] === 0 || words[4] === 0x200)) return [dotted(at(6), at(7))];
  return [];
}

function dotted(high: number, low: number): string {
  return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}

/** The eight words of an address that `isIP` accepted. */
function readWords(address: string): number[] {
  const [front = "", back] = address.split("::");
  const head = wordsOf(front);
  if (back === undefined) return head;
  const tail = wordsOf(back);
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

function wordsOf(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
