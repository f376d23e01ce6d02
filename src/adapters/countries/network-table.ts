import { isIP } from "node:net";

/** Lines of a file at most; all networks of the world are about half a million. */
const MAX_LINES = 4_000_000;

interface Range {
  readonly first: bigint;
  readonly last: bigint;
  readonly country: string;
}

/** Networks and their countries from a CSV, found by bisection. IPv6 by its first 64 bits, which no country shares. */
export class NetworkTable {
  private readonly four: Ranges;
  private readonly six: Ranges;

  /** Throws a sentence with the line where the text is no such table. */
  constructor(name: string, text: string) {
    const four: Range[] = [];
    const six: Range[] = [];
    let number = 0;
    for (const line of text.split("\n")) {
      number += 1;
      if (number > MAX_LINES) throw new Error(`${name} has more than ${MAX_LINES} lines.`);
      const trimmed = line.trim();
      if (trimmed === "" || trimmed.startsWith("#") || /^network\b/i.test(trimmed)) continue;
      const [network = "", country = ""] = trimmed.split(",").map((field) => field.trim().replaceAll('"', ""));
      const range = rangeOf(network, country.toUpperCase());
      if (range === undefined)
        throw new Error(`${name}, line ${number}: expected a network and a country, as in 192.0.2.0/24,DE.`);
      (network.includes(":") ? six : four).push(range);
    }
    this.four = new Ranges(four);
    this.six = new Ranges(six);
  }

  /** The country of an IP address. */
  find(address: string): string | undefined {
    return isIP(address) === 6 ? this.six.find(bitsOfSix(address)) : this.four.find(bitsOfFour(address));
  }
}

/** Ranges that do not overlap, in order. */
class Ranges {
  private readonly firsts: BigUint64Array;
  private readonly lasts: BigUint64Array;
  private readonly countries: readonly string[];

  constructor(ranges: Range[]) {
    ranges.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
    this.firsts = BigUint64Array.from(ranges, ({ first }) => first);
    this.lasts = BigUint64Array.from(ranges, ({ last }) => last);
    this.countries = ranges.map(({ country }) => country);
  }

  find(bits: bigint): string | undefined {
    let low = 0;
    let high = this.firsts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.firsts[middle] ?? 0n) <= bits) low = middle + 1;
      else high = middle;
    }
    const at = low - 1;
    return at >= 0 && bits <= (this.lasts[at] ?? 0n) ? this.countries[at] : undefined;
  }
}

function rangeOf(network: string, country: string): Range | undefined {
  const [address = "", length = ""] = network.split("/");
  const version = isIP(address);
  if (version === 0 || !/^[A-Z]{2}$/.test(country) || !/^\d{1,3}$/.test(length)) return undefined;
  const width = version === 4 ? 32 : 64;
  const bits = Number(length);
  if (bits > (version === 4 ? 32 : 128)) return undefined;
  const free = BigInt(Math.max(0, width - bits));
  const start = version === 4 ? bitsOfFour(address) : bitsOfSix(address);
  const first = (start >> free) << free;
  return { first, last: first + (1n << free) - 1n, country };
}

function bitsOfFour(address: string): bigint {
  return address.split(".").reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

/** The first 64 bits of an IPv6 address. */
function bitsOfSix(address: string): bigint {
  // The URL parser writes every IPv6 address in its one canonical form, without dots.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [left = "", right] = canonical.split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const [head, tail] = [groups(left), groups(right ?? "")];
  const zeros = right === undefined ? [] : Array<string>(Math.max(0, 8 - head.length - tail.length)).fill("0");
  const all = [...head, ...zeros, ...tail].slice(0, 4);
  return all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}
