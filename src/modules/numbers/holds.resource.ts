import { AppError } from "../../kernel/errors.ts";
import { iso8601 } from "../../kernel/time.ts";
import { parseAddress } from "../../protocols/e164/index.ts";
import { defineListRoute, defineRoute, phone, type JsonObject, type Route } from "../../platform/http/index.ts";
import type { NumbersDeps } from "./deps.ts";
import { drawWanted } from "./draw-numbers.ts";
import { numberErrors } from "./errors.ts";
import { endHold, holdNumber, listHolds, MAX_HOLDS, type NumberHold } from "./hold.store.ts";

const LIST = "/trunkline/v1/NumberHolds";
const ITEM = "/trunkline/v1/NumberHolds/{Sid}";
const common = { product: "api", tag: "NumberHolds", access: "account" } as const;
/** Long enough to click, short enough that nobody empties the shop. */
const HOLD_MS = 60_000;

/** `NumberHolds`: for a minute only one account can buy a number that a search showed. */
export function holdRoutes(deps: NumbersDeps): Route[] {
  const { database, clock } = deps;
  return [
    createRoute(deps),
    defineListRoute({
      ...common,
      path: LIST,
      operationId: "ListNumberHold",
      summary: "List the numbers that the account holds",
      collection: "number_holds",
      page: async ({ call, limit }) => {
        return { records: (await listHolds(database, call.accountSid, clock.nowMs())).slice(0, limit) };
      },
      view: (hold, { baseUrl }) => viewHold(hold, baseUrl),
    }),
    defineRoute({
      ...common,
      method: "GET",
      path: ITEM,
      operationId: "FetchNumberHold",
      summary: "Fetch a hold that has not expired",
      success: 200,
      run: async (call) => {
        const holds = await listHolds(database, call.accountSid, clock.nowMs());
        const hold = holds.find(({ sid }) => sid === call.path.Sid);
        if (hold === undefined) throw call.notFound();
        return hold;
      },
      view: (hold, { baseUrl }) => viewHold(hold, baseUrl),
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: ITEM,
      operationId: "DeleteNumberHold",
      summary: "Let a number go before the hold expires",
      success: 204,
      run: async (call) => {
        const { accountSid, path } = call;
        if (!(await endHold(database, { accountSid, sid: path.Sid, atMs: clock.nowMs() }))) throw call.notFound();
      },
    }),
  ];
}

function createRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateNumberHold",
    summary: "Hold a free number for 60 seconds; again to hold it longer",
    success: 201,
    errors: [numberErrors.numberInvalid, numberErrors.numberNotAvailable, numberErrors.holdsExceeded],
    parameters: {
      PhoneNumber: phone({
        required: true,
        missing: numberErrors.numberRequired,
        invalid: numberErrors.numberInvalid,
        summary: "The number wanted, in E.164.",
      }),
    },
    run: async ({ accountSid, params }) => {
      const address = parseAddress(params.PhoneNumber);
      if (address.kind !== "e164") throw new AppError(numberErrors.numberInvalid, { value: params.PhoneNumber });
      const number = address.e164;
      const atMs = deps.clock.nowMs();
      // Looked at before a number is drawn from the shared inventory, where nobody else could have it meanwhile.
      const others = (await listHolds(deps.database, accountSid, atMs)).filter((known) => known.number !== number);
      if (others.length >= MAX_HOLDS) throw new AppError(numberErrors.holdsExceeded, { max: MAX_HOLDS });
      await drawWanted(deps, number, accountSid);
      const hold = { sid: deps.mintSid("NH"), accountSid, number, untilMs: atMs + HOLD_MS, atMs };
      const held = await deps.database.transaction((tx) => holdNumber(tx, hold));
      if (held === "full") throw new AppError(numberErrors.holdsExceeded, { max: MAX_HOLDS });
      if (held === "taken") throw new AppError(numberErrors.numberNotAvailable, { number });
      return held;
    },
    view: (hold, { baseUrl }) => viewHold(hold, baseUrl),
  });
}

function viewHold({ sid, accountSid, number, untilMs }: NumberHold, baseUrl: string): JsonObject {
  return {
    sid,
    account_sid: accountSid,
    phone_number: number,
    date_expires: iso8601(untilMs),
    url: `${baseUrl}${LIST}/${sid}`,
  };
}
