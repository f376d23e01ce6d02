/** Trace contexts as W3C Trace Context (Level 1, with the random part of Level 2) writes them, and ids that follow from what they are for. */
import { hash, randomBytes } from "node:crypto";

/** Where in which trace something stands. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits, not all zero. */
  readonly spanId: string;
  /** Whether whoever wrote it may have recorded its own part (bit 0 of the flags). */
  readonly sampled: boolean;
  /** `tracestate` as it came, where it is well formed. */
  readonly state?: string;
}

/** Names of the header fields, lower case. */
export const TRACEPARENT = "traceparent";
export const TRACESTATE = "tracestate";

const PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = "0".repeat(32);
const NO_SPAN = "0".repeat(16);
const SAMPLED_FLAG = 1;

/** W3C Trace Context §3.3.1.5: what should be passed on at least, and what we pass on at most. */
const MAX_STATE_CHARACTERS = 512;
const MAX_STATE_MEMBERS = 32;
const STATE_MEMBER =
  /^[a-z0-9][a-z0-9_*/@-]{0,255}=[\x21-\x2b\x2d-\x3c\x3e-\x7e]$|^[a-z0-9][a-z0-9_*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** Reads the two header fields. `undefined` for what is no context (W3C Trace Context §3.2); a bad `tracestate` alone is left out. */
export function readContext(parent: string | undefined, state?: string): TraceContext | undefined {
  // A longer one can come of a later version; nothing beyond this is looked at.
  if (parent === undefined || parent.length > MAX_STATE_CHARACTERS) return undefined;
  const match = PARENT.exec(parent.trim());
  if (match === null) return undefined;
  const [, version = "", traceId = "", spanId = "", flags = "", more] = match;
  if (version === "ff" || traceId === NO_TRACE || spanId === NO_SPAN) return undefined;
  if (version === "00" && more !== undefined) return undefined;
  const sampled = (Number.parseInt(flags, 16) & SAMPLED_FLAG) !== 0;
  const known = state === undefined ? undefined : readState(state);
  return known === undefined ? { traceId, spanId, sampled } : { traceId, spanId, sampled, state: known };
}

/** A `tracestate` that can be passed on as it is; `undefined` for an empty or a broken one, or one that is too long. */
function readState(state: string): string | undefined {
  if (state.length > MAX_STATE_CHARACTERS) return undefined;
  const members = state.split(",").map((member) => member.trim());
  const present = members.filter((member) => member !== "");
  if (present.length === 0 || present.length > MAX_STATE_MEMBERS) return undefined;
  return present.every((member) => STATE_MEMBER.test(member)) ? present.join(",") : undefined;
}

/** The value of `traceparent`, version 00. */
export function writeParent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/** A context as one text, for records: `traceparent`, and after a space `tracestate` where there is one. */
export function packContext(context: TraceContext): string {
  return context.state === undefined ? writeParent(context) : `${writeParent(context)} ${context.state}`;
}

/** Reads what {@link packContext} wrote; `undefined` for anything else. */
export function unpackContext(packed: string | undefined): TraceContext | undefined {
  if (packed === undefined) return undefined;
  const space = packed.indexOf(" ");
  return space < 0 ? readContext(packed) : readContext(packed.slice(0, space), packed.slice(space + 1));
}

/** The trace of something that came without one: the same for the same SID, in every process and after every restart. */
export function traceIdOf(sid: string): string {
  return hash("sha256", `trunkline trace ${sid}`, "hex").slice(0, 32);
}

/** The span of one step of something: the same for the same SID and step, in every process and after every restart. */
export function spanIdOf(sid: string, step: string): string {
  return hash("sha256", `trunkline span ${sid} ${step}`, "hex").slice(0, 16);
}

const POOL_OCTETS = 4_096;
let pool = Buffer.alloc(0);
let taken = 0;

/** Random hexadecimal digits, of a pool, because asking the system for 8 octets costs more than for 4,096. */
function randomHex(octets: number): string {
  if (taken + octets > pool.length) {
    pool = randomBytes(POOL_OCTETS);
    taken = 0;
  }
  taken += octets;
  return pool.toString("hex", taken - octets, taken);
}

/** A new trace id. */
export function newTraceId(): string {
  return randomHex(16);
}

/** A new span id. */
export function newSpanId(): string {
  return randomHex(8);
}

/**
 * Whether a trace is one of those that are kept whatever happens: one in `keepOneIn`, by the last
 * 52 bits of its id (of the 56 that W3C Trace Context Level 2 says are random), so that every
 * process decides the same.
 */
export function isChosen(traceId: string, keepOneIn: number): boolean {
  if (keepOneIn <= 1) return true;
  return Number.parseInt(traceId.slice(-13), 16) < 2 ** 52 / keepOneIn;
}
