import { Buffer } from "node:buffer";
import { COMMANDS, COMMAND_NAMES, TLVS } from "../../src/protocols/smpp/index.ts";
import type { AnyPdu, CommandName, TlvName, Tlvs, UnknownTlv } from "../../src/protocols/smpp/index.ts";

/** A small seeded generator (mulberry32): the same seed gives the same values on every machine. */
export class SeededRandom {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A 32-bit unsigned integer. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + (this.next() % (high - low + 1));
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.next() % times === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.next() % list.length] as T;
  }

  octets(count: number): Buffer {
    const buffer = Buffer.alloc(count);
    for (let i = 0; i < count; i += 1) buffer[i] = this.next() & 0xff;
    return buffer;
  }
}

/** The seed of this run: `SEED` if it is set, otherwise a new one. Tests print it. */
export function runSeed(): number {
  const given = process.env["SEED"];
  return given === undefined || given === "" ? (Date.now() ^ (process.pid << 16)) >>> 0 : Number(given) >>> 0;
}

interface LooseField {
  readonly kind: string;
  readonly octets?: number;
  readonly minOctets?: number;
  readonly maxOctets?: number;
}

function integer(random: SeededRandom, octets: number): number {
  const max = 2 ** (8 * octets) - 1;
  return random.oneIn(4) ? random.pick([0, 1, max]) : random.next() % (max + 1);
}

/** ASCII text of up to `maxOctets` less its NUL, often as long as it may be. */
function text(random: SeededRandom, maxOctets: number): string {
  const length = random.oneIn(6) ? maxOctets - 1 : random.between(0, Math.min(maxOctets - 1, 20));
  let value = "";
  for (let i = 0; i < length; i += 1) value += String.fromCharCode(random.between(1, 0x7f));
  return value;
}

function smppTime(random: SeededRandom): string {
  if (random.oneIn(2)) return "";
  let digits = "";
  for (let i = 0; i < 15; i += 1) digits += String(random.between(0, 9));
  return digits + random.pick(["R", "+", "-"]);
}

function destination(random: SeededRandom): unknown {
  if (random.oneIn(3)) return { dest_flag: 2, dl_name: text(random, 21) };
  return {
    dest_flag: 1,
    dest_addr_ton: integer(random, 1),
    dest_addr_npi: integer(random, 1),
    destination_addr: text(random, 21),
  };
}

function failure(random: SeededRandom): unknown {
  return {
    dest_addr_ton: integer(random, 1),
    dest_addr_npi: integer(random, 1),
    destination_addr: text(random, 21),
    error_status_code: integer(random, 4),
  };
}

function fieldValue(random: SeededRandom, field: LooseField): unknown {
  switch (field.kind) {
    case "integer":
      return integer(random, field.octets ?? 1);
    case "text":
      return text(random, field.maxOctets ?? 1);
    case "time":
      return smppTime(random);
    case "short-message":
      return random.octets(random.oneIn(8) ? 254 : random.between(0, 160));
    case "destinations":
      return Array.from({ length: random.oneIn(20) ? 254 : random.between(1, 5) }, () => destination(random));
    case "failures":
      return Array.from({ length: random.oneIn(20) ? 255 : random.between(0, 5) }, () => failure(random));
    default:
      throw new Error(`no generator for ${field.kind}`);
  }
}

function tlvValue(random: SeededRandom, spec: LooseField): unknown {
  switch (spec.kind) {
    case "octets": {
      const least = spec.minOctets ?? 0;
      return random.octets(random.between(least, Math.min(spec.maxOctets ?? 0, 600)));
    }
    case "network-error":
      return { network_type: integer(random, 1), error_code: integer(random, 2) };
    case "flag":
      return true;
    default:
      return fieldValue(random, spec);
  }
}

const TLV_NAMES = Object.keys(TLVS) as TlvName[];

/** A valid value for one optional parameter. */
export function randomTlv(random: SeededRandom, name: TlvName): unknown {
  const spec: LooseField & { readonly repeated?: true } = TLVS[name];
  if (spec.repeated !== true) return tlvValue(random, spec);
  return Array.from({ length: random.between(1, 3) }, () => tlvValue(random, spec));
}

/** A few optional parameters, sometimes with a vendor's. */
export function randomTlvs(random: SeededRandom, count: number): Tlvs {
  const tlvs: Record<string, unknown> = {};
  for (let i = 0; i < count; i += 1) {
    const name = random.pick(TLV_NAMES);
    tlvs[name] = randomTlv(random, name);
  }
  if (random.oneIn(3)) {
    const unknown: UnknownTlv[] = [];
    for (let i = random.between(1, 3); i > 0; i -= 1) {
      unknown.push({ tag: random.between(0x1400, 0x3fff), value: random.octets(random.between(0, 40)) });
    }
    tlvs["unknown"] = unknown;
  }
  return tlvs;
}

const BARE_ON_ERROR = new Set<CommandName>([
  "bind_receiver_resp",
  "bind_transmitter_resp",
  "bind_transceiver_resp",
  "submit_sm_resp",
]);

/** A valid PDU of `command` with every field present, as the decoder would return it. */
export function randomPdu(random: SeededRandom, command: CommandName = random.pick(COMMAND_NAMES)): AnyPdu {
  const fields: Readonly<Record<string, LooseField>> = COMMANDS[command].fields;
  const isResponse = COMMANDS[command].id >= 0x80000000;
  const body: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) body[name] = fieldValue(random, field);
  if (random.oneIn(2)) {
    const tlvs = randomTlvs(random, random.between(1, 4));
    if (tlvs.message_payload !== undefined && "short_message" in body) body["short_message"] = Buffer.alloc(0);
    body["tlvs"] = tlvs;
  }
  return {
    command,
    status: isResponse && !BARE_ON_ERROR.has(command) && random.oneIn(2) ? integer(random, 4) : 0,
    sequence: isResponse ? integer(random, 4) : random.between(1, 0x7fffffff),
    body,
  } as unknown as AnyPdu;
}
