import { AppError } from "../../../kernel/errors.ts";
import { parseAddress } from "../../../protocols/e164/index.ts";
import { defineRoute, type JsonObject, type Route } from "../../../platform/http/index.ts";
import { disclaimNumbers } from "../sync-inventory.ts";
import type { NumbersDeps } from "../deps.ts";
import { removeNumber } from "../number.store.ts";
import { portingErrors } from "./errors.ts";
import { keepPortOut } from "./webhooks.ts";

/** A number that has left. */
interface PortedOut {
  readonly number: string;
  readonly accountSid: string | null;
  readonly sid: string | null;
  /** The settings name it still, so that it would be back at the next start. */
  readonly isConfigured: boolean;
}

/** `Numbers/{PhoneNumber}/PortOut`: a number goes to another operator, at once and for good. For the operator. */
export function portOutRoute(deps: NumbersDeps, wake: () => void): Route {
  return defineRoute({
    product: "api",
    tag: "Numbers",
    access: "main",
    method: "POST",
    path: "/trunkline/v1/Numbers/{PhoneNumber}/PortOut",
    operationId: "PortOutNumber",
    summary: "Take a number that another operator has now out of the inventory, whoever had it; for the operator",
    success: 200,
    errors: [portingErrors.numberInvalid, portingErrors.notOurs],
    run: async (call) => {
      if (!deps.isOperator(call.accountSid)) throw call.notFound();
      const address = parseAddress(call.path.PhoneNumber);
      if (address.kind !== "e164") {
        throw new AppError(portingErrors.numberInvalid, { value: call.path.PhoneNumber.slice(0, 64) });
      }
      const left = await portOut(deps, address.e164);
      wake();
      return left;
    },
    view: ({ number, accountSid, sid, isConfigured }): JsonObject => ({
      phone_number: number,
      account_sid: accountSid,
      phone_number_sid: sid,
      still_in_settings: isConfigured,
    }),
  });
}

async function portOut(deps: NumbersDeps, number: string): Promise<PortedOut> {
  const { database, clock, book } = deps;
  const rows = await database.query<{ account_sid: string | null; is_configured: boolean }>(
    "select account_sid, (configured and source = 'configuration') as is_configured from phone_numbers where number = $1",
    [number],
  );
  const [seen] = rows;
  if (seen === undefined) throw new AppError(portingErrors.notOurs, { number });
  const mainSid = seen.account_sid === null ? undefined : await deps.mainAccount(seen.account_sid);
  const removed = await database.transaction(async (tx) => {
    const removed = await removeNumber(tx, number);
    const accountSid = removed?.accountSid ?? null;
    const sid = removed?.sid ?? null;
    if (mainSid !== undefined && accountSid !== null && sid !== null) {
      await keepPortOut(tx, mainSid, { accountSid, sid, number, atMs: clock.nowMs() });
    }
    return removed;
  });
  if (removed === undefined) throw new AppError(portingErrors.notOurs, { number });
  book.removeNumber({ number, revision: removed.revision });
  await disclaimNumbers(deps, [number]);
  return { number, accountSid: removed.accountSid, sid: removed.sid, isConfigured: seen.is_configured };
}
