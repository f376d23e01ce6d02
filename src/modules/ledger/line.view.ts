import { microsToDecimal } from "../../kernel/money.ts";
import { iso8601 } from "../../kernel/time.ts";
import type { JsonObject } from "../../platform/http/index.ts";
import type { Line } from "./line.ts";

/**
 * A line as the API shows it. By which of his carriers a message left is the operator's affair;
 * the network that it went to is the account's too.
 */
export function viewLine(line: Line, { showsCarrier }: { readonly showsCarrier: boolean }): JsonObject {
  return {
    id: line.id,
    date: iso8601(line.atMs),
    kind: line.kind,
    account_sid: line.accountSid,
    owner_account_sid: line.wallet,
    category: line.category,
    amount: microsToDecimal(line.amountMicros),
    currency: line.currency,
    count: line.count,
    usage: line.usage,
    usage_unit: line.usageUnit === "" ? null : line.usageUnit,
    ref: line.ref,
    resource_sid: line.resourceSid,
    country: line.country,
    network: line.network,
    carrier: showsCarrier ? line.carrier : null,
    attempt: line.attempt,
    sender_kind: line.senderKind,
    outcome: line.outcome,
    paid_by_grants: microsToDecimal(line.grantsMicros),
    owed: microsToDecimal(line.owedMicros),
    reason: line.reason,
  };
}
