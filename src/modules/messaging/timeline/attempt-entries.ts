import type { JsonObject } from "../../../platform/http/index.ts";
import { viewExplanation, type Explanation } from "../../routing/index.ts";
import { routeRequest } from "../dispatch/route-chooser.ts";
import { decodeHealth } from "../health-record.ts";
import type { Attempt, Message } from "../message.ts";
import { findHealth } from "../message.store.ts";
import type { MessagingDeps } from "../deps.ts";
import { errorMessageOf } from "../message.view.ts";
import type { TracedPdu } from "../pdu-trace.ts";
import type { TimelineEntry } from "./entry.ts";
import { eventsOf, viewPdu, type Story } from "./story.ts";

/** Attempts whose choice is explained: the latest. Each asks the database for the health of its time. */
const MAX_EXPLAINED = 8;

/** Why each carrier was chosen, what it was given, and what it said. */
export async function attemptEntries(story: Story): Promise<TimelineEntry[]> {
  const { message, isOperator, deps } = story;
  const tries = message.tries ?? [];
  const entries: TimelineEntry[] = [];
  for (const [at, attempt] of tries.entries()) {
    if (isOperator && at >= tries.length - MAX_EXPLAINED) {
      const explanation = await explainAttempt(deps, message, attempt);
      const route = explanation === undefined ? null : viewExplanation(explanation);
      const data = { attempt: attempt.number, carrier: attempt.carrier, route };
      entries.push({ atMs: attempt.atMs, kind: "routed", kept: route !== null, data });
    }
    entries.push(attemptEntry(story, attempt));
  }
  for (const { atMs, event } of eventsOf(story, "retries")) {
    entries.push({ atMs, kind: "retry", kept: true, data: { at: new Date(event.atMs).toISOString() } });
  }
  return entries;
}

/** The ranking that an attempt was chosen by, as far as table and health of that time are kept. */
export async function explainAttempt(
  deps: MessagingDeps,
  message: Readonly<Message>,
  attempt: Readonly<Attempt>,
): Promise<Explanation | undefined> {
  const health = decodeHealth(attempt.health, await findHealth(deps, attempt.health));
  // Those that had refused it by then came after all others.
  const refusals = message.tries?.filter(({ number, verdict }) => number < attempt.number && verdict === "other-route");
  const excluded = refusals?.map(({ carrier }) => carrier);
  return deps.router.explain(routeRequest(message), health, {
    tableVersion: attempt.table,
    atMs: attempt.atMs,
    excluded,
  });
}

function attemptEntry(story: Story, attempt: Readonly<Attempt>): TimelineEntry {
  const { isOperator, pdus, isComplete, sources } = story;
  const own = pdus.filter((pdu) => pdu.attempt === attempt.number && isSubmission(pdu));
  const known: JsonObject = {
    number: attempt.number,
    parts: attempt.parts,
    parts_accepted: attempt.accepted,
    outcome: attempt.outcome ?? "open",
    verdict: attempt.verdict ?? null,
    resend: attempt.resend === true,
    repetitions_before: attempt.repeated ?? 0,
    answers: answersOf(story, attempt),
    answers_kept: isComplete,
  };
  const operators: JsonObject = {
    carrier: attempt.carrier,
    carrier_status: attempt.status ?? null,
    price_micros_per_part: attempt.priceMicros,
    currency: attempt.currency ?? "USD",
    routing_table_version: attempt.table,
    health_version: attempt.health,
    pdus: own.map(viewPdu),
    pdus_kept: own.length > 0 || (sources.pdus !== undefined && attempt.atMs >= sources.pdus.completeSinceMs),
  };
  return {
    atMs: attempt.atMs,
    kind: "attempt",
    kept: isComplete,
    data: isOperator ? { ...known, ...operators } : known,
  };
}

/** Whether a PDU hands over a part or answers that, and is no receipt. */
export function isSubmission({ protocol, direction, name }: TracedPdu): boolean {
  if (protocol === "smpp") return name.startsWith("submit_") || name.startsWith("data_sm");
  return direction === "out" || name.startsWith("HTTP ");
}

function answersOf(story: Story, attempt: Readonly<Attempt>): JsonObject[] {
  const own = eventsOf(story, "answered").filter(({ event }) => event.attempt === attempt.number);
  return own.map(({ atMs, event: { part, outcome } }) => ({
    at: new Date(atMs).toISOString(),
    part: part + 1,
    outcome: outcome.kind,
    ...(outcome.kind === "refused"
      ? {
          verdict: outcome.verdict,
          error_code: outcome.errorCode,
          error_message: errorMessageOf(outcome.errorCode),
          ...(story.isOperator ? { carrier_status: outcome.status } : {}),
        }
      : {}),
    ...(story.isOperator && outcome.kind === "accepted" ? { carrier_message_id: outcome.id } : {}),
    ...(outcome.kind === "unknown" || outcome.kind === "not-sent" ? { reason: outcome.reason } : {}),
  }));
}
