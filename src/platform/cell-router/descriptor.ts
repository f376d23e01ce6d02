import { CELL_TYPES, MAX_CELLS, TIERS, type CellDescriptor, type CellState } from "../fleet/index.ts";

/** The key under which a cell says by gossip what it is; the value is {@link encodeDescriptor}. */
export const GOSSIP_DESCRIPTOR = "cell/descriptor";

const MAX_CHARACTERS = 1_024;
const MAX_PORT = 65_535;
const NAME = /^[a-z][a-z0-9-]{0,62}$/;
const REGION = /^[a-z][a-z0-9-]{0,31}$/;
/** A name, an IPv4 address or an IPv6 address without brackets. */
const HOST = /^[A-Za-z0-9.:_-]{1,253}$/;
const STATES: readonly CellState[] = ["open", "draining", "removed"];
const FIELDS = ["address", "name", "number", "region", "state", "tier", "type"];

/** True for what may be the name of a cell. */
export function isCellName(name: string): boolean {
  return NAME.test(name);
}

/** True for what may be the name of a region. */
export function isRegionName(name: string): boolean {
  return REGION.test(name);
}

/** True for a host name or an address, as it stands before a port. */
export function isHost(host: string): boolean {
  return HOST.test(host);
}

/** A descriptor as JSON, for gossip and for the snapshot. */
export function encodeDescriptor(cell: CellDescriptor): string {
  const { name, number, type, tier, region, address, state } = cell;
  return JSON.stringify({
    name,
    number,
    type,
    tier,
    region,
    address: { host: address.host, port: address.port },
    state,
  });
}

/** What {@link encodeDescriptor} wrote; `undefined` for anything else, be it one field too many. */
export function parseDescriptor(text: string): CellDescriptor | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!hasFields(value, FIELDS)) return undefined;
  const { name, number, type, tier, region, address, state } = value;
  if (!isText(name, NAME) || !isText(region, REGION) || !isWhole(number, MAX_CELLS)) return undefined;
  const known = { type: oneOf(type, CELL_TYPES), tier: oneOf(tier, TIERS), state: oneOf(state, STATES) };
  if (known.type === undefined || known.tier === undefined || known.state === undefined) return undefined;
  if (!hasFields(address, ["host", "port"])) return undefined;
  const { host, port } = address;
  if (!isText(host, HOST) || !isWhole(port, MAX_PORT)) return undefined;
  return { name, number, type: known.type, tier: known.tier, region, address: { host, port }, state: known.state };
}

function hasFields(value: unknown, fields: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const names = Object.keys(value).toSorted();
  return names.length === fields.length && names.every((name, at) => name === fields[at]);
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === "string" && pattern.test(value);
}

function isWhole(value: unknown, max: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= max;
}

function oneOf<T extends string>(value: unknown, known: readonly T[]): T | undefined {
  return known.find((each) => each === value);
}
