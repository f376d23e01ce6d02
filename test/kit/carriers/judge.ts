import type { SandboxCarrier } from "./sandbox-carrier.ts";
import type { Repeatable, TakenSubmit } from "./ledger.ts";

/** A message as the system shows it in the end. */
export interface EndedMessage {
  readonly sid: string;
  readonly to: string;
  readonly parts: number;
  readonly status: string;
  readonly errorCode: number | null;
  readonly updatedMs: number;
}

/** What came of everything that went to one carrier. */
export interface Outcome {
  readonly accepted: number;
  delivered: number;
  undelivered: number;
  failed: number;
  /** Given up without knowing whether the carrier has them. */
  unknown: number;
  readonly duplicates: number;
  /** Accepted, and not there or not done. */
  readonly lost: number;
  readonly receiptsGiven: number;
  readonly receiptsTaken: number;
  /** Everything that must not be, in words. */
  readonly problems: string[];
}

export const UNKNOWN_OUTCOME = 30008;
const FINAL: ReadonlySet<string> = new Set(["delivered", "undelivered", "failed", "canceled"]);
/** Adopting a receipt, and the whole seconds in which the API tells times. */
const REFLECTED_WITHIN_MS = 4_000;

/**
 * Compares what the system says of its messages with what the carrier knows of them.
 * Each message has a recipient of its own, by which its submits are found.
 */
export function judge(
  carrier: Pick<SandboxCarrier, "ledger" | "kind">,
  accepted: readonly { readonly sid: string; readonly to: string }[],
  listed: ReadonlyMap<string, EndedMessage>,
  repeatable?: Repeatable,
): Outcome {
  const { ledger } = carrier;
  const problems: string[] = [];
  const duplicates = ledger.duplicates(repeatable);
  for (const { to, part, number } of duplicates) problems.push(`part ${part} to ${to} came again as submit ${number}`);
  const missing = accepted.filter(({ sid }) => !FINAL.has(listed.get(sid)?.status ?? ""));
  for (const { sid, to } of missing)
    problems.push(`${sid} to ${to} was accepted and is ${listed.get(sid)?.status ?? "gone"}`);
  const outcome: Outcome = {
    accepted: accepted.length,
    delivered: 0,
    undelivered: 0,
    failed: 0,
    unknown: 0,
    duplicates: duplicates.length,
    lost: missing.length,
    receiptsGiven: ledger.receiptsGiven,
    receiptsTaken: ledger.receiptsTaken,
    problems,
  };
  const submits = ledger.byRecipient();
  for (const message of listed.values()) {
    count(outcome, message);
    const problem = problemOf(message, submits.get(message.to.replace("+", "")) ?? []);
    if (problem !== undefined)
      problems.push(`${message.sid} to ${message.to} is ${message.status} (${message.errorCode}), but ${problem}`);
  }
  return outcome;
}

function count(outcome: Outcome, { status, errorCode }: EndedMessage): void {
  if (status === "undelivered" && errorCode === UNKNOWN_OUTCOME) outcome.unknown += 1;
  else if (status === "delivered" || status === "undelivered" || status === "failed") outcome[status] += 1;
}

/** What contradicts the status of a message, from what the carrier has of it. */
function problemOf(message: EndedMessage, submits: readonly TakenSubmit[]): string | undefined {
  const { status, errorCode, parts, updatedMs } = message;
  const taken = submits.filter(({ answer }) => answer?.kind !== "refused");
  const settled = taken.filter(({ receiptsTaken }) => receiptsTaken > 0);
  const isWhole = new Set(settled.map(({ part }) => part)).size === parts;
  const deliveredParts = new Set(settled.filter(({ state }) => state === "DELIVERED").map(({ part }) => part));
  if (status === "delivered")
    return deliveredParts.size === parts ? undefined : "the carrier has not said so of all of it";
  if (status === "failed" || status === "canceled")
    return taken.length > 0 && parts === 1 ? "the carrier has it" : undefined;
  if (status !== "undelivered") return undefined;
  if (errorCode !== UNKNOWN_OUTCOME) {
    const isDelivered = isWhole && settled.every(({ state }) => state === "DELIVERED");
    return isDelivered ? "the carrier has delivered all of it" : undefined;
  }
  if (!isWhole || settled.length < taken.length) return undefined;
  const lastMs = Math.max(...settled.map(({ firstTakenMs = 0 }) => firstTakenMs));
  return lastMs + REFLECTED_WITHIN_MS < updatedMs ? "its receipts were taken long before it was given up" : undefined;
}
