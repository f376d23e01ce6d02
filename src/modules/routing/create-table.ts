import { AppError } from "../../kernel/errors.ts";
import type { RoutingDeps } from "./deps.ts";
import { routingErrors } from "./errors.ts";
import type { RouteTable } from "./route-table.ts";
import { completeTable, findTable, insertDraft, insertPart, readParts } from "./route-table.store.ts";
import { compileTable, partsOf, type CompiledTable } from "./table/index.ts";

type TableDeps = Pick<RoutingDeps, "database" | "clock" | "hash" | "pause">;

/** Many more than a table of the greatest size has. */
const MAX_PARTS = 20_000;
/** Somewhat more than a request body may have. */
const MAX_PART_CHARACTERS = 256 * 1024;

/** Starts a table that is given in parts. */
export function createDraft(
  { database, clock }: TableDeps,
  { note, createdBy }: { readonly note: string; readonly createdBy: string },
): Promise<RouteTable> {
  return insertDraft(database, { note, createdBy, atMs: clock.nowMs() });
}

/** Adds the next part to a draft. It is only read when the draft is completed. Throws 404, 409 and `tableInvalid`. */
export async function addPart(
  { database }: TableDeps,
  added: { readonly version: number; readonly part: number; readonly content: unknown },
): Promise<RouteTable> {
  const { version, part } = added;
  const content = JSON.stringify(added.content) ?? "null";
  if (part >= MAX_PARTS) refuse(`parts[${part}]`, `there are more than ${MAX_PARTS}`);
  if (content.length > MAX_PART_CHARACTERS) refuse(`parts[${part}]`, `it is longer than ${MAX_PART_CHARACTERS}`);
  return database.transaction(async (tx) => {
    const draft = await findTable(tx, version, true);
    if (draft === undefined) throw new AppError(routingErrors.tableUnknown, { version });
    if (draft.status !== "draft") throw new AppError(routingErrors.tableIsComplete, { version });
    if (draft.parts !== part) {
      throw new AppError(routingErrors.partTaken, { version, count: draft.parts, expected: draft.parts });
    }
    await insertPart(tx, { version, part, content });
    return { ...draft, parts: part + 1 };
  });
}

/** Reads and checks a draft as a whole; from then on it never changes. Throws 404, 409 and `tableInvalid`. */
export async function completeDraft(deps: TableDeps, version: number): Promise<RouteTable> {
  const { database, hash, pause } = deps;
  const draft = await findTable(database, version);
  if (draft === undefined) throw new AppError(routingErrors.tableUnknown, { version });
  if (draft.status === "complete") return draft;
  const compiled = await compileTable({ parts: readParts(database, version), version, hash: hash(), pause });
  requireRoutes(compiled);
  const completed = { version, parts: draft.parts, hash: compiled.hash, size: compiled.size };
  const table = await completeTable(database, completed);
  if (table === undefined) throw new AppError(routingErrors.tableIsDraft, { version });
  return table;
}

/** Makes a table of a document in one piece: cut, checked and complete. Throws `tableInvalid`. */
export async function createTable(
  deps: TableDeps,
  created: { readonly document: unknown; readonly note: string; readonly createdBy: string },
): Promise<RouteTable> {
  // Checked before anything is stored, so that a table with an error leaves no draft.
  const compiled = await compileTable({
    parts: partsOf(created.document),
    version: 0,
    hash: deps.hash(),
    pause: deps.pause,
  });
  requireRoutes(compiled);
  const { version } = await createDraft(deps, created);
  let part = 0;
  for (const content of partsOf(created.document)) {
    await addPart(deps, { version, part, content });
    part += 1;
  }
  return completeDraft(deps, version);
}

function requireRoutes({ size }: CompiledTable): void {
  if (size.routes === 0) refuse("routes", "there is none, so nothing would be sent");
}

function refuse(path: string, reason: string): never {
  throw new AppError(routingErrors.tableInvalid, { path, reason });
}

/** The longest note and reason. */
export const MAX_NOTE_CHARACTERS = 1_000;
