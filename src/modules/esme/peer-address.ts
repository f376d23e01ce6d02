/** The host of a peer as the connection names it: `192.0.2.1:4711`, `[2001:db8::1]:4711` or, without brackets, the same. */
export function hostOfPeer(peer: string): string {
  const colon = peer.lastIndexOf(":");
  const host = colon === -1 ? peer : peer.slice(0, colon);
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  // An IPv4 peer of a socket that listens for both families.
  return bare.toLowerCase().startsWith("::ffff:") && bare.includes(".") ? bare.slice("::ffff:".length) : bare;
}

/** True for an address, or a range of addresses such as `192.0.2.0/24` or `2001:db8::/32`. */
export function isCidr(text: string): boolean {
  return parseCidr(text) !== undefined;
}

/** True where one of the ranges holds the address. What is no address is in no range. */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  const bits = parseAddressBits(address);
  if (bits === undefined) return false;
  return ranges.some((text) => {
    const range = parseCidr(text);
    if (range === undefined || range.width !== bits.width) return false;
    const shift = BigInt(range.width - range.prefix);
    return bits.value >> shift === range.value >> shift;
  });
}

interface AddressBits {
  readonly value: bigint;
  readonly width: 32 | 128;
}

function parseCidr(text: string): (AddressBits & { readonly prefix: number }) | undefined {
  const match = /^([0-9a-f:.]{2,45})(?:\/(\d{1,3}))?$/i.exec(text);
  const bits = match === null ? undefined : parseAddressBits(match[1] ?? "");
  if (bits === undefined) return undefined;
  const prefix = match?.[2] === undefined ? bits.width : Number(match[2]);
  return prefix <= bits.width ? { ...bits, prefix } : undefined;
}

function parseAddressBits(text: string): AddressBits | undefined {
  if (!text.includes(":")) {
    const value = parseV4(text);
    return value === undefined ? undefined : { value, width: 32 };
  }
  const value = parseV6(text);
  return value === undefined ? undefined : { value, width: 128 };
}

function parseV4(text: string): bigint | undefined {
  const octets = text.split(".");
  if (octets.length !== 4 || !octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255))
    return undefined;
  return octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsOf);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])];
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  for (const [index, part] of text.split(":").entries()) {
    if (part.includes(".") && index === text.split(":").length - 1) {
      const v4 = parseV4(part);
      if (v4 === undefined) return undefined;
      groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else return undefined;
  }
  return groups;
}
