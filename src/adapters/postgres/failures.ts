import { AppError } from "../../kernel/errors.ts";
import type { ErrorSpec } from "../../kernel/errors.ts";

/** Nothing was done: the statement never reached the database, or was rolled back. */
export const databaseUnavailable: ErrorSpec = {
  code: 20503,
  status: 503,
  fault: "platform",
  retry: "later",
  message: "The service is temporarily unavailable. Please try again.",
};

/** The connection broke when the statement was already on its way: it may or may not have taken effect. */
export const databaseOutcomeUnknown: ErrorSpec = { ...databaseUnavailable, fault: "unknown", retry: "never" };

/** What a broken connection means: that nothing was done, or that nobody can tell. */
export type IfBroken = "nothing-done" | "unknown";

/** SQLSTATE codes of work that the server rolled back and that may be tried again as it is. */
const TRANSIENT = new Set([
  "40001", // serialization failure
  "40P01", // deadlock
  "53100", // disk full
  "53200", // out of memory
  "53300", // too many connections
  "55P03", // lock not available
  "57014", // statement time limit
  "57P03", // starting up or shutting down
]);

/** "Object not in prerequisite state": of a connection, `allow_connections false`. Of a statement it would be a mistake in it. */
const NOT_ACCEPTING = "55000";

/** SQLSTATE codes that end the connection: idle too long, broken, the server stopped or one of its processes crashed. */
const DISCONNECTING = /^(25P03|08...|57P0[125])$/;

/**
 * What a failure of `pg` means to the callers of the port. Errors of the SQL
 * itself stay as they are, with PostgreSQL's own `code` and `constraint`; so do
 * a wrong password and an unknown database, where waiting does not help.
 * Everything that says "not now" becomes an {@link AppError} with status 503.
 */
export function explainFailure(error: unknown, ifBroken: IfBroken): unknown {
  const options = { internal: `database: ${error instanceof Error ? error.message : String(error)}`, cause: error };
  if (TRANSIENT.has(sqlState(error) ?? "")) return new AppError(databaseUnavailable, {}, options);
  if (!breaksConnection(error)) return error;
  return new AppError(ifBroken === "unknown" ? databaseOutcomeUnknown : databaseUnavailable, {}, options);
}

/** As {@link explainFailure}, of a connection that was not made: there a database that takes no connections now says it with a code of its own. */
export function explainRefusal(error: unknown): unknown {
  if (sqlState(error) !== NOT_ACCEPTING) return explainFailure(error, "nothing-done");
  const internal = `database: ${error instanceof Error ? error.message : String(error)}`;
  return new AppError(databaseUnavailable, {}, { internal, cause: error });
}

/** Whether the connection cannot be used again after this error of `pg`. */
export function breaksConnection(error: unknown): boolean {
  const code = sqlState(error);
  return code === undefined || DISCONNECTING.test(code);
}

/** PostgreSQL's five characters (appendix A of its manual); Node's own errors have codes like `ECONNRESET` instead. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === "string" && code.length === 5 && severity !== undefined ? code : undefined;
}
