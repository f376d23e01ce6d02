import pg from "pg";
import { AppError } from "../../kernel/errors.ts";
import { assert, present } from "../../kernel/assert.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";
import { breaksConnection, databaseUnavailable, explainFailure, explainRefusal, sqlState } from "./failures.ts";
import { StatementNames } from "./statement-names.ts";
import { columnTypes } from "./value-types.ts";

const DEFAULT_POOL_SIZE = 10;
const DEFAULT_STATEMENT_TIMEOUT_MS = 15_000;
const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
/** Callers that wait for a connection; one more is turned away at once. */
const MAX_WAITING = 2_000;
const IDLE_CONNECTION_MS = 30_000;
/** A transaction that does nothing for longer holds back everybody's vacuum. */
const IDLE_IN_TRANSACTION_MS = 60_000;
/** How much longer than the server's own limit we wait for a server that does not answer at all. */
const ANSWER_MARGIN_MS = 5_000;

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most. Ten unless said otherwise. */
  readonly poolSize?: number;
  /** The server cancels a statement that takes longer. Zero is no limit, for migrations. 15 s unless said otherwise. */
  readonly statementTimeoutMs?: number;
  /** For opening a connection, and for waiting for a free one. */
  readonly connectTimeoutMs?: number;
}

/** A {@link Database} that holds connections and has to be closed. */
export interface PooledDatabase extends Database {
  /** Waits for what runs, then closes every connection. */
  close(): Promise<void>;
}

/**
 * A pool of connections to one PostgreSQL. Connects when first used, and anew
 * whenever needed. Errors are those that {@link explainFailure} describes.
 * Parameters: `Date`, `Uint8Array` (bytea), arrays and `bigint` go as their own
 * kind, other objects as JSON, `undefined` as null.
 */
export function openDatabase(options: DatabaseOptions): PooledDatabase {
  return new PostgresDatabase(options);
}

class PostgresDatabase implements PooledDatabase {
  readonly #pool: pg.Pool;
  readonly #names = new StatementNames();
  readonly #answerLimitMs: number;

  constructor(options: DatabaseOptions) {
    const statementTimeoutMs = options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS;
    this.#answerLimitMs = statementTimeoutMs === 0 ? 0 : statementTimeoutMs + ANSWER_MARGIN_MS;
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolSize ?? DEFAULT_POOL_SIZE,
      connectionTimeoutMillis: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      application_name: "trunkline",
      // Rows of two databases are compared as texts, which hold moments in the zone of the session.
      options: "-c TimeZone=UTC",
      keepAlive: true,
      allowExitOnIdle: true,
      types: columnTypes,
    });
    // An idle connection that breaks has already left the pool; the next query opens another.
    this.#pool.on("error", () => {});
    // One that breaks while it is used fails its query; the event would only end the process.
    this.#pool.on("connect", (client) => client.on("error", () => {}));
  }

  async query<R extends Row = Row>(sql: string, values?: readonly unknown[]): Promise<R[]> {
    const client = await this.#connect();
    try {
      const result = await this.#runPrepared(client, sql, values);
      client.release();
      return lastOf(result).rows as R[];
    } catch (error) {
      client.release(breaksConnection(error));
      throw explainFailure(error, /^\s*select\b/i.test(sql) ? "nothing-done" : "unknown");
    }
  }

  async transaction<T>(work: (tx: DatabaseSession) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    const session = new TransactionSession((sql, values) => this.#run(client, { sql, values }));
    let result: T;
    try {
      await session.query("begin");
      result = await work(session);
      await session.end();
    } catch (error) {
      await session.end();
      const rolledBack = await this.#run(client, { sql: "rollback" }).then(
        () => true,
        () => false,
      );
      client.release(!rolledBack);
      throw error;
    }
    await this.#commit(client);
    return result;
  }

  async close(): Promise<void> {
    if (!this.#pool.ended && !this.#pool.ending) await this.#pool.end();
  }

  async #connect(): Promise<pg.PoolClient> {
    if (this.#pool.waitingCount >= MAX_WAITING) {
      throw new AppError(
        databaseUnavailable,
        {},
        { internal: `database: ${MAX_WAITING} callers wait for a connection` },
      );
    }
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw explainRefusal(error);
    }
  }

  async #commit(client: pg.PoolClient): Promise<void> {
    let outcome: pg.QueryResult;
    try {
      outcome = await this.#run(client, { sql: "commit" });
    } catch (error) {
      client.release(breaksConnection(error));
      throw explainFailure(error, "unknown");
    }
    client.release();
    // PostgreSQL answers so when a statement had failed and the work went on as if it had not.
    assert(outcome.command !== "ROLLBACK", "a transaction committed after one of its statements had failed");
  }

  /** A statement that was prepared before its table changed fails once, before it did anything. */
  async #runPrepared(
    client: pg.PoolClient,
    sql: string,
    values: readonly unknown[] | undefined,
  ): Promise<pg.QueryResult> {
    try {
      return await this.#run(client, { sql, values });
    } catch (error) {
      if (sqlState(error) !== "0A000" || !/cached plan/.test((error as Error).message)) throw error;
      return this.#run(client, { sql, values, unnamed: true });
    }
  }

  #run(
    client: pg.PoolClient,
    statement: { sql: string; values?: readonly unknown[] | undefined; unnamed?: boolean },
  ): Promise<pg.QueryResult> {
    const { sql, values, unnamed = false } = statement;
    // Without values the text may be several statements, which cannot be prepared.
    const name = unnamed || values === undefined ? undefined : this.#names.nameOf(sql);
    const config = {
      text: sql,
      ...(values === undefined ? {} : { values: values as unknown[] }),
      ...(name === undefined ? {} : { name }),
      ...(this.#answerLimitMs === 0 ? {} : { query_timeout: this.#answerLimitMs }),
    };
    return client.query(config);
  }
}

/** Runs statements one after the other, and none after the transaction is over. */
class TransactionSession implements DatabaseSession {
  readonly #run: (sql: string, values: readonly unknown[] | undefined) => Promise<pg.QueryResult>;
  #last: Promise<unknown> = Promise.resolve();
  #over = false;

  constructor(run: (sql: string, values: readonly unknown[] | undefined) => Promise<pg.QueryResult>) {
    this.#run = run;
  }

  query<R extends Row = Row>(sql: string, values?: readonly unknown[]): Promise<R[]> {
    assert(!this.#over, "a transaction was used after its end");
    const answer = this.#last.then(async () => {
      try {
        const result = await this.#run(sql, values);
        return lastOf(result).rows as R[];
      } catch (error) {
        // The server rolls back when the connection breaks before the commit.
        throw explainFailure(error, "nothing-done");
      }
    });
    this.#last = answer.catch(() => {});
    return answer;
  }

  async end(): Promise<void> {
    this.#over = true;
    await this.#last;
  }
}

/** Several statements in one text give several results. */
function lastOf(result: pg.QueryResult | pg.QueryResult[]): pg.QueryResult {
  return Array.isArray(result) ? present(result.at(-1), "the result of a statement") : result;
}
