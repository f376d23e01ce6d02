import { AppError } from "../../kernel/errors.ts";
import { MessageState } from "../../protocols/smpp/index.ts";
import type { MessageStateName } from "../../protocols/smpp/index.ts";
import { INVALID_SIMULATOR_PARAMETER } from "./errors.ts";

/**
 * What the simulated carrier does wrong, on purpose. Shares are from 0 (never) to
 * 1 (always) and are drawn for each message from the seeded generator. The zero
 * of each is good behaviour.
 */
export interface Faults {
  /** Seed of the generator; setting it starts the sequence again. */
  readonly seed: number;
  /** Wait before a submit is answered, and a random wait of at most this on top. */
  readonly responseDelayMs: number;
  readonly responseSpreadMs: number;
  /** Wait before a receipt is sent, and a random wait of at most this on top. */
  readonly receiptDelayMs: number;
  readonly receiptSpreadMs: number;
  /** Receipts that are never sent. */
  readonly lostReceiptShare: number;
  /** Receipts that are sent twice. */
  readonly duplicateReceiptShare: number;
  /** Receipts that are sent before the response to their submit. */
  readonly earlyReceiptShare: number;
  /** Receipts that name an id which no response ever gave. */
  readonly wrongIdShare: number;
  /** Responses that are held back until another one of their session has overtaken them, or for 100 ms. */
  readonly reorderShare: number;
  /** Command statuses that submits are refused with, each with its share. */
  readonly errors: readonly { readonly status: number; readonly share: number }[];
  /** Final states other than DELIVERED, each with its share. */
  readonly receiptStates: readonly { readonly state: MessageStateName; readonly share: number }[];
  /** Messages a second of one bind above which submits are refused with ESME_RTHROTTLED; 0 for no limit. */
  readonly throttlePerSecond: number;
  /** Submits that are swallowed: no phone gets them and nobody answers. */
  readonly swallowShare: number;
  /** Submits that are taken, with a receipt where asked for, but never answered. */
  readonly noResponseShare: number;
  /** Submits at which the connection breaks before any answer; the message is taken. */
  readonly disconnectShare: number;
  /** The connection breaks at every so many submits of one session, before the answer; 0 for never. */
  readonly disconnectAfter: number;
  /** Submits at which the connection breaks in the middle of the response; the message is taken. */
  readonly midPduShare: number;
  /** Stops reading from every connection, which then is half open: the peer's writes stall. */
  readonly stopReading: boolean;
  /** Lets everybody connect and bind, and answers nothing after that: neither submits nor enquire_link. */
  readonly blackHole: boolean;
}

/** A carrier without faults. A receipt takes as long as a good network does. */
export const NO_FAULTS: Faults = {
  seed: 1,
  responseDelayMs: 0,
  responseSpreadMs: 0,
  receiptDelayMs: 300,
  receiptSpreadMs: 0,
  lostReceiptShare: 0,
  duplicateReceiptShare: 0,
  earlyReceiptShare: 0,
  wrongIdShare: 0,
  reorderShare: 0,
  errors: [],
  receiptStates: [],
  throttlePerSecond: 0,
  swallowShare: 0,
  noResponseShare: 0,
  disconnectShare: 0,
  disconnectAfter: 0,
  midPduShare: 0,
  stopReading: false,
  blackHole: false,
};

const MAX_DELAY_MS = 24 * 60 * 60 * 1_000;
const MAX_RATE = 1_000_000;
const MAX_SHARES = 32;
const MAX_STATUS = 0xffffffff;

type Check = (value: unknown) => string | undefined;

const CHECKS: Readonly<Record<keyof Faults, Check>> = {
  seed: (value) => wholeNumber(value, MAX_STATUS),
  responseDelayMs: (value) => wholeNumber(value, MAX_DELAY_MS),
  responseSpreadMs: (value) => wholeNumber(value, MAX_DELAY_MS),
  receiptDelayMs: (value) => wholeNumber(value, MAX_DELAY_MS),
  receiptSpreadMs: (value) => wholeNumber(value, MAX_DELAY_MS),
  lostReceiptShare: share,
  duplicateReceiptShare: share,
  earlyReceiptShare: share,
  wrongIdShare: share,
  reorderShare: share,
  errors: (value) => shares(value, "status", (status) => status !== 0 && wholeNumber(status, MAX_STATUS) === undefined),
  receiptStates: (value) =>
    shares(value, "state", (state) => typeof state === "string" && Object.hasOwn(MessageState, state)),
  throttlePerSecond: (value) => wholeNumber(value, MAX_RATE),
  swallowShare: share,
  noResponseShare: share,
  disconnectShare: share,
  disconnectAfter: (value) => wholeNumber(value, MAX_RATE),
  midPduShare: share,
  stopReading: yesOrNo,
  blackHole: yesOrNo,
};

/** `current` with the faults that `change` names. Throws an AppError for a name or a value that does not exist. */
export function changeFaults(current: Faults, change: Readonly<Record<string, unknown>>): Faults {
  for (const [name, value] of Object.entries(change)) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name as keyof Faults] : undefined;
    const problem = check === undefined ? "there is no such fault" : check(value);
    if (problem !== undefined)
      throw new AppError(INVALID_SIMULATOR_PARAMETER, { parameter: name.slice(0, 64), problem });
  }
  return { ...current, ...(change as Partial<Faults>) };
}

function wholeNumber(value: unknown, max: number): string | undefined {
  const fits = typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max;
  return fits ? undefined : `it must be a whole number from 0 to ${max}`;
}

function yesOrNo(value: unknown): string | undefined {
  return typeof value === "boolean" ? undefined : "it must be true or false";
}

function share(value: unknown): string | undefined {
  return typeof value === "number" && value >= 0 && value <= 1 ? undefined : "it must be a share from 0 to 1";
}

function shares(value: unknown, key: string, isKey: (key: unknown) => boolean): string | undefined {
  if (!Array.isArray(value) || value.length > MAX_SHARES) return `it must be a list of at most ${MAX_SHARES}`;
  let sum = 0;
  for (const item of value as unknown[]) {
    const entry = item as Record<string, unknown> | null;
    if (typeof entry !== "object" || entry === null) return `its items must be { ${key}, share }`;
    if (!isKey(entry[key]) || share(entry["share"]) !== undefined) return `its items must be { ${key}, share }`;
    sum += entry["share"] as number;
  }
  return sum <= 1 + 1e-9 ? undefined : "its shares must not exceed 1 together";
}
