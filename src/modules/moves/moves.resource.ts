import type { AppError } from "../../kernel/errors.ts";
import {
  defineListRoute,
  defineRoute,
  enumeration,
  pageBySid,
  sid,
  text,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import { beginMove, cancelMove, type MoveDeps } from "./begin-move.ts";
import { moveErrors } from "./errors.ts";
import type { Move } from "./move.ts";
import { findMove, listMoves } from "./move.store.ts";

const LIST = "/trunkline/v1/Moves";
const ITEM = "/trunkline/v1/Moves/{Sid}";
const MAX_CELL_CHARACTERS = 60;
const common = { product: "api", tag: "Moves", access: "main" } as const;

export interface MoveRoutesDeps extends MoveDeps {
  readonly isOperator: (accountSid: string) => boolean;
}

/** `Moves`: begin, list, fetch, call off. For the operator; for everybody else there is nothing here. */
export function moveRoutes(deps: MoveRoutesDeps): Route[] {
  return [beginRoute(deps), listRoute(deps), fetchRoute(deps), cancelRoute(deps)];
}

function operatorOnly(
  { isOperator }: MoveRoutesDeps,
  call: { readonly accountSid: string; notFound(): AppError },
): void {
  if (!isOperator(call.accountSid)) throw call.notFound();
}

function beginRoute(deps: MoveRoutesDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateMove",
    summary: "Move an account with its subaccounts to another messaging cell; for the operator",
    parameters: {
      AccountSid: sid({ prefix: "AC", required: true, summary: "The main account." }),
      To: text({ maxCharacters: MAX_CELL_CHARACTERS, summary: "The cell; without it the least loaded one is chosen." }),
    },
    success: 201,
    errors: Object.values(moveErrors),
    run: (call) => {
      operatorOnly(deps, call);
      const { AccountSid: accountSid, To: to } = call.params;
      return beginMove(deps, { accountSid, to: to === "" ? undefined : to });
    },
    view: viewMove,
  });
}

function listRoute(deps: MoveRoutesDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListMove",
    summary: "List moves of accounts, newest first; for the operator",
    collection: "moves",
    parameters: { AccountSid: sid({ prefix: "AC", summary: "Only those of this main account." }) },
    page: ({ call, ...slice }) => {
      operatorOnly(deps, call);
      return pageBySid(slice, (part) => listMoves(deps.database, call.params.AccountSid, part));
    },
    view: viewMove,
  });
}

function fetchRoute(deps: MoveRoutesDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchMove",
    summary: "How far a move has come; for the operator",
    success: 200,
    run: async (call) => {
      operatorOnly(deps, call);
      const move = await findMove(deps.database, call.path.Sid);
      if (move === undefined) throw call.notFound();
      return move;
    },
    view: viewMove,
  });
}

function cancelRoute(deps: MoveRoutesDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateMove",
    summary: "Call a move off, as long as the account has not got its new home; for the operator",
    parameters: { Status: enumeration({ values: ["canceled"], required: true }) },
    success: 200,
    errors: [moveErrors.tooLate],
    run: async (call) => {
      operatorOnly(deps, call);
      const move = await cancelMove(deps, call.path.Sid);
      if (move === undefined) throw call.notFound();
      return move;
    },
    view: viewMove,
  });
}

function viewMove(move: Move): JsonObject {
  const { progress } = move;
  return {
    sid: move.sid,
    account_sid: move.accountSid,
    from: move.from,
    to: move.to,
    step: move.step,
    epoch: move.epoch,
    reason: move.reason ?? null,
    queued: progress.queued ?? null,
    left: progress.left ?? null,
    verified: { ...progress.verified },
    date_created: new Date(move.startedMs).toISOString(),
    date_step: new Date(move.stepStartedMs).toISOString(),
    date_updated: new Date(move.updatedMs).toISOString(),
  };
}
