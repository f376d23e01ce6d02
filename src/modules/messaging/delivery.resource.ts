import { rfc2822 } from "../../kernel/time.ts";
import { defineRoute, type JsonObject, type Route } from "../../platform/http/index.ts";
import { viewExplanation, type Explanation } from "../routing/index.ts";
import type { MessagingDeps } from "./deps.ts";
import type { Attempt, Message, Part } from "./message.ts";
import { findMessageOfAny } from "./message.store.ts";
import { explainAttempt } from "./timeline/index.ts";

/** A message as the operator sees it: what was tried, why there, and what it cost. */
interface Delivery {
  readonly message: Readonly<Message>;
  /** The ranking that the latest attempt was chosen by, as far as table and health of that time are kept. */
  readonly explanation: Explanation | undefined;
}

/**
 * `GET /trunkline/v1/Messages/{Sid}/Delivery`, for the operator: why a message took this
 * carrier, how often it was tried, and what it cost.
 */
export function deliveryRoutes(options: {
  readonly deps: MessagingDeps;
  readonly isOperator: (accountSid: string) => boolean;
}): Route[] {
  const { deps, isOperator } = options;
  return [
    defineRoute({
      product: "api",
      tag: "Delivery",
      access: "main",
      method: "GET",
      path: "/trunkline/v1/Messages/{Sid}/Delivery",
      operationId: "FetchMessageDelivery",
      summary: "Say why a message took its carrier, how often it was tried and what it cost; for the operator",
      success: 200,
      run: async (call) => {
        if (!isOperator(call.accountSid)) throw call.notFound();
        const message = await findMessageOfAny(deps, call.path.Sid);
        if (message === undefined || message.direction === "inbound") throw call.notFound();
        return { message, explanation: await explain(deps, message) } satisfies Delivery;
      },
      view: viewDelivery,
    }),
  ];
}

async function explain(deps: MessagingDeps, message: Readonly<Message>): Promise<Explanation | undefined> {
  const last = message.tries?.at(-1);
  return last === undefined ? undefined : explainAttempt(deps, message, last);
}

function viewDelivery({ message, explanation }: Delivery): JsonObject {
  const tries = message.tries ?? [];
  const priceMicros = tries.reduce((sum, attempt) => sum + attempt.accepted * attempt.priceMicros, 0);
  return {
    sid: message.sid,
    account_sid: message.accountSid,
    status: message.status,
    error_code: message.errorCode ?? null,
    from: message.from,
    to: message.to,
    traffic_class: message.trafficClass ?? "transactional",
    parked: message.parked === true,
    possible_duplicate: message.possibleDuplicate === true,
    date_created: rfc2822(message.createdMs),
    date_sent: message.sentMs === undefined ? null : rfc2822(message.sentMs),
    attempts: tries.map(viewAttempt),
    parts: message.parts.map(viewPart),
    carrier_cost_micros: priceMicros,
    route: explanation === undefined ? null : viewExplanation(explanation),
  };
}

function viewAttempt(attempt: Readonly<Attempt>): JsonObject {
  return {
    number: attempt.number,
    carrier: attempt.carrier,
    at: new Date(attempt.atMs).toISOString(),
    routing_table_version: attempt.table,
    health_version: attempt.health,
    parts: attempt.parts,
    parts_accepted: attempt.accepted,
    outcome: attempt.outcome ?? "open",
    verdict: attempt.verdict ?? null,
    carrier_status: attempt.status ?? null,
    price_micros_per_part: attempt.priceMicros,
    resend: attempt.resend === true,
    repetitions_before: attempt.repeated ?? 0,
  };
}

function viewPart(part: Readonly<Part>, index: number): JsonObject {
  return { number: index + 1, state: part.state, carrier: part.via ?? null, carrier_message_id: part.id ?? null };
}
