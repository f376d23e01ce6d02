import type { Faults } from "../modules/simulator/index.ts";
import { UsageError, type OptionSpec, type OptionValues } from "../platform/cli/index.ts";
import { CommandStatus, MessageState, type MessageStateName } from "../protocols/smpp/index.ts";

const MAX_DELAY_MS = 86_400_000;

const share = (description: string): OptionSpec & { type: "text" } => ({
  type: "text",
  placeholder: "share",
  description,
});

const count = (placeholder: string, max: number, description: string): OptionSpec & { type: "integer" } => ({
  type: "integer",
  placeholder,
  min: 0,
  max,
  description,
});

/** What a simulated carrier does wrong, as options. Shares are from 0 (never) to 1 (always). */
export const faultOptions = {
  seed: count("number", 0xffffffff, "Where the dice begin: the same seed, the same luck."),
  "response-delay-ms": count("ms", MAX_DELAY_MS, "Wait before a submit is answered."),
  "response-spread-ms": count("ms", MAX_DELAY_MS, "A random wait on top, at most."),
  "receipt-delay-ms": count("ms", MAX_DELAY_MS, "Wait before a receipt; 300 without it."),
  "receipt-spread-ms": count("ms", MAX_DELAY_MS, "A random wait on top, at most."),
  "lose-receipts": share("Receipts that are never sent, such as 0.1."),
  "double-receipts": share("Receipts that are sent twice."),
  "early-receipts": share("Receipts that come before the response to their submit."),
  error: {
    type: "list",
    placeholder: "status:share",
    description: "Submits that are refused, such as 0x58:0.1 or ESME_RTHROTTLED:0.1.",
  },
  state: {
    type: "list",
    placeholder: "state:share",
    description: "Receipts with another state than DELIVERED, such as UNDELIVERABLE:0.05.",
  },
  throttle: count("per-second", 1_000_000, "Submits a second on one bind above which 0x58 is answered."),
  swallow: share("Submits that vanish: nobody gets them and nobody answers."),
  unanswered: share("Submits that are taken and never answered."),
  disconnect: share("Submits at which the connection breaks before the answer."),
  "disconnect-after": count("count", 1_000_000, "The connection breaks at every so many submits of a session."),
  "break-response": share("Submits at which the connection breaks within the answer."),
  "wrong-ids": share("Receipts with an id that was never given."),
  reorder: share("Responses that come after the one to the next submit."),
  "black-hole": { type: "switch", description: "Takes binds and answers nothing after them." },
  "stop-reading": { type: "switch", description: "Reads nothing from any connection." },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** The faults that were asked for. Throws a UsageError for what cannot be read; shares are checked by the simulator as well. */
export function faultsOf(options: OptionValues<typeof faultOptions>): Partial<Faults> {
  const errors = options.error.map((text) => {
    const { name, share } = readPair("error", text);
    return { status: readStatus(name), share };
  });
  const receiptStates = options.state.map((text) => {
    const { name, share } = readPair("state", text);
    return { state: readState(name), share };
  });
  const given = {
    seed: options.seed,
    responseDelayMs: options["response-delay-ms"],
    responseSpreadMs: options["response-spread-ms"],
    receiptDelayMs: options["receipt-delay-ms"],
    receiptSpreadMs: options["receipt-spread-ms"],
    lostReceiptShare: readShare("lose-receipts", options["lose-receipts"]),
    duplicateReceiptShare: readShare("double-receipts", options["double-receipts"]),
    earlyReceiptShare: readShare("early-receipts", options["early-receipts"]),
    errors: errors.length === 0 ? undefined : errors,
    receiptStates: receiptStates.length === 0 ? undefined : receiptStates,
    throttlePerSecond: options.throttle,
    swallowShare: readShare("swallow", options.swallow),
    noResponseShare: readShare("unanswered", options.unanswered),
    disconnectShare: readShare("disconnect", options.disconnect),
    disconnectAfter: options["disconnect-after"],
    midPduShare: readShare("break-response", options["break-response"]),
    wrongIdShare: readShare("wrong-ids", options["wrong-ids"]),
    reorderShare: readShare("reorder", options.reorder),
    blackHole: options["black-hole"] ? true : undefined,
    stopReading: options["stop-reading"] ? true : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function readShare(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d*\.?\d+$/.test(text) && value <= 1) return value;
  throw new UsageError(`--${option} expects a share from 0 to 1, such as 0.1, got “${text}”`);
}

function readPair(option: string, text: string): { name: string; share: number } {
  const colon = text.indexOf(":");
  if (colon < 1)
    throw new UsageError(`--${option} expects a name, a colon and a share, such as “…:0.1”, got “${text}”`);
  return { name: text.slice(0, colon), share: readShare(option, text.slice(colon + 1)) ?? 0 };
}

function readStatus(name: string): number {
  const named: unknown = Object.hasOwn(CommandStatus, name) ? Reflect.get(CommandStatus, name) : undefined;
  if (typeof named === "number") return named;
  if (/^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(name)) return Number(name);
  throw new UsageError(`--error expects a status such as 0x58 or ESME_RTHROTTLED, got “${name}”`);
}

function readState(name: string): MessageStateName {
  const upper = name.toUpperCase();
  if (Object.hasOwn(MessageState, upper)) return upper as MessageStateName;
  throw new UsageError(`--state expects one of ${Object.keys(MessageState).join(", ")}, got “${name}”`);
}
