import { AppError, type ErrorSpec } from "../../kernel/errors.ts";
import { MAX_CELLS, CELL_TYPES, TIERS } from "../../platform/fleet/index.ts";
import {
  BAD_PAGE_TOKEN,
  cutPage,
  defineListRoute,
  defineRoute,
  enumeration,
  integer,
  text,
  type Page,
  type Route,
  type Slice,
} from "../../platform/http/index.ts";
import type { Cell } from "./cell.ts";
import { findCell, listCells } from "./cell.store.ts";
import { registerCell, removeCell, setCellState } from "./change-cells.ts";
import type { CellsDeps } from "./deps.ts";
import { cellErrors } from "./errors.ts";
import { BASE_PATH, viewCell } from "./views.ts";

const LIST = `${BASE_PATH}/Cells`;
const ITEM = `${BASE_PATH}/Cells/{Name}`;
const common = { product: "api", tag: "Cells", access: "main" } as const;
const MAX_NAME_CHARACTERS = 63;
const MAX_REGION_CHARACTERS = 32;
const MAX_HOST_CHARACTERS = 253;
const MAX_PORT = 65_535;

/** Throws the 404 of the call unless the operator calls: for everybody else there are no cells. */
export function operatorOnly(
  { isOperator }: Pick<CellsDeps, "isOperator">,
  call: { readonly accountSid: string; notFound(): AppError },
): void {
  if (!isOperator(call.accountSid)) throw call.notFound();
}

/** `Cells`: list, fetch, create, drain and remove. For the operator. */
export function cellRoutes(deps: CellsDeps): Route[] {
  return [listRoute(deps), createRoute(deps), fetchRoute(deps), updateRoute(deps), removeRoute(deps)];
}

function listRoute(deps: CellsDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListCell",
    summary: "List the cells that are not removed, by number; for the operator",
    collection: "cells",
    page: ({ call, limit, cursor, direction }) => {
      operatorOnly(deps, call);
      return pageOfCells(deps, { limit, cursor, direction });
    },
    view: (cell, { baseUrl }) => viewCell(deps, cell, baseUrl),
  });
}

/** There are at most some thousands of cells, so that all are read and cut here. */
async function pageOfCells({ database }: CellsDeps, asked: Slice): Promise<Page<Cell>> {
  const { limit, cursor, direction } = asked;
  if (cursor !== undefined && !/^\d{1,4}$/.test(cursor)) throw new AppError(BAD_PAGE_TOKEN);
  const present = (await listCells(database)).filter(({ state }) => state !== "removed");
  const from = Number(cursor ?? 0);
  const beside = present.filter(({ number }) => (direction === "next" ? number > from : number < from));
  const records = direction === "next" ? beside.slice(0, limit + 1) : beside.slice(-(limit + 1));
  return cutPage(records, asked, ({ number }) => String(number));
}

function createRoute(deps: CellsDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateCell",
    summary: "Register a cell, or tell the new address of one; for the operator",
    parameters: {
      Name: text({ required: true, maxCharacters: MAX_NAME_CHARACTERS, summary: "For example messaging-2." }),
      Type: enumeration({ required: true, values: CELL_TYPES, summary: "What it runs." }),
      Tier: enumeration({ required: true, values: TIERS, summary: "For whom it is." }),
      Region: text({ required: true, maxCharacters: MAX_REGION_CHARACTERS, summary: "For example us1." }),
      Host: text({ required: true, maxCharacters: MAX_HOST_CHARACTERS, summary: "Where it takes requests." }),
      Port: integer({ required: true, min: 1, max: MAX_PORT, summary: "Where it takes requests." }),
      Number: integer({ min: 1, max: MAX_CELLS, summary: "What its SIDs carry; by default the next one." }),
    },
    success: 201,
    errors: creationErrors,
    run: (call) => {
      operatorOnly(deps, call);
      const { Name: name, Type: type, Tier: tier, Region: region, Host: host, Port: port } = call.params;
      return registerCell(deps, { name, number: call.params.Number, type, tier, region, address: { host, port } });
    },
    view: (cell, { baseUrl }) => viewCell(deps, cell, baseUrl),
  });
}

const creationErrors: readonly ErrorSpec[] = [
  cellErrors.nameInvalid,
  cellErrors.regionInvalid,
  cellErrors.hostInvalid,
  cellErrors.cellTaken,
  cellErrors.cellRemoved,
  cellErrors.numberTaken,
  cellErrors.tooManyCells,
];

function fetchRoute(deps: CellsDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchCell",
    summary: "Fetch a cell; for the operator",
    success: 200,
    run: async (call) => {
      operatorOnly(deps, call);
      const cell = await findCell(deps.database, call.path.Name);
      if (cell === undefined) throw call.notFound();
      return cell;
    },
    view: (cell, { baseUrl }) => viewCell(deps, cell, baseUrl),
  });
}

function updateRoute(deps: CellsDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateCell",
    summary: "Stop placing accounts in a cell, or go on; for the operator",
    parameters: {
      State: enumeration({
        required: true,
        values: ["open", "draining"],
        summary: "draining: no account is placed in it any more; those in it go on.",
      }),
    },
    success: 200,
    errors: [cellErrors.cellUnknown, cellErrors.cellRemoved],
    run: (call) => {
      operatorOnly(deps, call);
      return setCellState(deps, call.path.Name, call.params.State);
    },
    view: (cell, { baseUrl }) => viewCell(deps, cell, baseUrl),
  });
}

function removeRoute(deps: CellsDeps): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: ITEM,
    operationId: "DeleteCell",
    summary: "Remove a cell that is nobody's home; for the operator",
    success: 204,
    errors: [cellErrors.cellUnknown, cellErrors.cellNotEmpty],
    run: async (call) => {
      operatorOnly(deps, call);
      await removeCell(deps, call.path.Name);
    },
  });
}
