import { AppError } from "../../../kernel/errors.ts";
import { defineContentRoute, defineRoute, text, type Route } from "../../../platform/http/index.ts";
import { EVENT_COLUMNS, EXAMPLE_QUESTIONS } from "./columns.ts";
import { eventErrors } from "./errors.ts";
import { MAX_QUERY_MS, MAX_QUERY_OCTETS, MAX_QUERY_ROWS, type QueryDesk, type QueryRows } from "./query-desk.ts";

const PATH = "/trunkline/v1/Insights/Queries";
const MAX_SQL_CHARACTERS = 20_000;
const common = { product: "api", tag: "Insights", access: "main" } as const;

/** What the routes work with. */
export interface QueryRouteDeps {
  /** The name of the cell that answers. */
  readonly cell: string;
  readonly isOperator: (accountSid: string) => boolean;
  /** Absent where events are not written down. */
  readonly desk: QueryDesk | undefined;
}

/** `Insights/Queries`: questions in SQL about the events of this cell. For the operator. */
export function queryRoutes(deps: QueryRouteDeps): Route[] {
  return [askRoute(deps), schemaRoute(deps)];
}

function askRoute({ cell, isOperator, desk }: QueryRouteDeps): Route {
  return defineContentRoute({
    ...common,
    method: "POST",
    path: PATH,
    operationId: "CreateInsightsQuery",
    // It changes nothing.
    traffic: true,
    summary: "Answer a question in SQL about the changes of messages in this cell; for the operator",
    parameters: {
      Sql: text({ required: true, maxCharacters: MAX_SQL_CHARACTERS, summary: "One SELECT on the table messages." }),
    },
    errors: Object.values(eventErrors),
    run: async (call) => {
      if (!isOperator(call.accountSid)) throw call.notFound();
      if (desk === undefined) throw new AppError(eventErrors.eventsOff);
      const answer = await desk.ask(call.params.Sql);
      return { status: 200, headers: ["Content-Type", "application/json"], body: bodyOf(cell, answer) };
    },
  });
}

/** The rows are JSON already, and may be megabytes of it: they are put between what else is said. */
function bodyOf(cell: string, { columns, rowCount, isCut, rows, tookMs }: QueryRows): Uint8Array {
  const head = JSON.stringify({ cell, columns, row_count: rowCount, truncated: isCut, took_ms: tookMs });
  return Buffer.concat([Buffer.from(`${head.slice(0, -1)},"rows":`, "utf8"), rows, Buffer.from("}", "utf8")]);
}

function schemaRoute({ cell, isOperator, desk }: QueryRouteDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${PATH}/Schema`,
    operationId: "FetchInsightsQuerySchema",
    summary: "Say what can be asked in SQL, with examples; for the operator",
    success: 200,
    run: (call) => {
      if (!isOperator(call.accountSid)) throw call.notFound();
      return { isOn: desk !== undefined };
    },
    view: ({ isOn }) => ({
      cell,
      enabled: isOn,
      dialect: "duckdb",
      limits: { rows: MAX_QUERY_ROWS, octets: MAX_QUERY_OCTETS, seconds: MAX_QUERY_MS / 1_000 },
      tables: [
        {
          name: "messages",
          description: "One row for each change of a message in this cell, the newest included.",
          columns: EVENT_COLUMNS.map(({ name, kind, description }) => ({ name, type: SQL_TYPES[kind], description })),
        },
      ],
      examples: EXAMPLE_QUESTIONS.map(({ title, sql }) => ({ title, sql })),
      note: "A cell answers for itself: name another one with X-Trunkline-Cell.",
    }),
  });
}

const SQL_TYPES = { text: "VARCHAR", integer: "INTEGER", bigint: "BIGINT", moment: "TIMESTAMP" } as const;
