/** Accounts over a real database, for this folder's tests. It holds no tests itself. */
import { randomBytes } from "node:crypto";
import { migrate } from "../../adapters/postgres/index.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { AppError } from "../../kernel/errors.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { FleetKey } from "../../platform/fleet/index.ts";
import { defineRoute, HttpServer, type InjectedRequest } from "../../platform/http/index.ts";
import { SecretBox } from "../../platform/secrets/index.ts";
import type { Database, LogFields, Logger } from "../../platform/ports.ts";
import { startTestPostgres } from "../../../test/kit/postgres.ts";
import { accountsModule, type AccountsModule } from "./index.ts";

export const MASTER_KEY = new Uint8Array(32).fill(1);

/** A route that every credential of an account may use, as other modules have them. */
const BALANCE = defineRoute({
  product: "api",
  tag: "Balance",
  access: "account",
  method: "GET",
  path: "/2010-04-01/Accounts/{AccountSid}/Balance",
  operationId: "FetchBalance",
  summary: "Stands for the routes of other modules",
  success: 200,
  run: ({ accountSid }) => accountSid,
  view: (accountSid) => ({ account_sid: accountSid }),
});

/** The real database, with a switch that makes it as unreachable as a cut cable, and a count of statements. */
export class CuttableDatabase implements Database {
  readonly #database: Database;
  isCut = false;
  statements = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  query: Database["query"] = async (sql, values) => {
    this.#use();
    return this.#database.query(sql, values);
  };

  transaction: Database["transaction"] = async (work) => {
    this.#use();
    return this.#database.transaction(work);
  };

  #use(): void {
    this.statements += 1;
    if (!this.isCut) return;
    throw new AppError({ code: 20503, status: 503, fault: "platform", retry: "later", message: "unreachable" });
  }
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** One program with the accounts module in it. */
export interface Program {
  readonly module: AccountsModule;
  readonly log: { readonly event: string; readonly fields: LogFields }[];
  request(auth: Credentials | undefined, call: string, form?: Record<string, string>): Promise<Answer>;
  /** A request of another process. */
  internal(call: string, body: string, headers: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- what the API says is checked by the tests, not by the compiler
  readonly json: any;
}

export interface World {
  readonly database: CuttableDatabase;
  readonly clock: ManualClock;
  /** Another program over the same database; the first one is `program`. */
  start(options?: { masterKey?: Uint8Array; maxSubaccounts?: number }): Program;
  readonly program: Program;
  stop(): Promise<void>;
}

/** An empty database with the tables of this module, and a program over it. */
export async function startWorld(): Promise<World> {
  const postgres = await startTestPostgres();
  const clock = new ManualClock();
  const database = new CuttableDatabase(postgres.database);
  const start: World["start"] = (options = {}) => program({ database, clock, ...options });
  const first = start();
  await migrate(postgres.database, first.module.migrations);
  return { database, clock, start, program: first, stop: () => postgres.stop() };
}

interface ProgramOptions {
  readonly database: Database;
  readonly clock: ManualClock;
  readonly masterKey?: Uint8Array;
  readonly maxSubaccounts?: number;
}

function program(options: ProgramOptions): Program {
  const { database, clock, masterKey = MASTER_KEY, ...more } = options;
  const log: Program["log"] = [];
  const write = (event: string, fields: LogFields = {}): void => void log.push({ event, fields });
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  // SIDs follow real time, because a clock that stands still would tell nothing about their order.
  const minter = new SidMinter(() => Date.now(), randomBytes);
  const mintSid = (prefix: string): string => minter.mint(prefix);
  const secrets = new SecretBox(masterKey);
  const module = accountsModule({ database, clock, logger, mintSid, randomBytes, secrets, ...more });
  const server = new HttpServer({
    clock,
    logger,
    minter,
    authenticator: module.authenticator,
    routes: [...module.routes, BALANCE],
    mounts: module.internalMounts(new FleetKey(masterKey)),
  });
  const inject = async (request: InjectedRequest): Promise<Answer> => {
    const { status, body } = await server.inject(request);
    return { status, text: body, json: body === "" ? undefined : JSON.parse(body) };
  };
  return {
    module,
    log,
    async request(auth, call, form) {
      const [method = "GET", url = "/"] = call.split(" ");
      const injected: InjectedRequest = {
        method,
        url,
        ...(auth === undefined ? {} : { auth }),
        ...(form === undefined ? {} : { body: form }),
      };
      return inject(injected);
    },
    internal: (call, body, headers) => {
      const [method = "GET", url = "/"] = call.split(" ");
      const type = { "Content-Type": "application/json" };
      return inject({ method, url, headers: { ...headers, ...type }, ...(body === "" ? {} : { body }) });
    },
  };
}

/** Creates a subaccount and gives its credentials. */
export async function subaccountOf({ request }: Program, owner: Credentials): Promise<Credentials> {
  const { json } = await request(owner, "POST /2010-04-01/Accounts.json", {});
  return { username: json.sid, password: json.auth_token };
}

/** Creates a standard key and gives its credentials. */
export async function keyOf({ request }: Program, owner: Credentials): Promise<Credentials> {
  const { json } = await request(owner, `POST /2010-04-01/Accounts/${owner.username}/Keys.json`, {});
  return { username: json.sid, password: json.secret };
}

/** The main account of the program. */
export async function mainOf({ module }: Program): Promise<Credentials> {
  const { accountSid, authToken } = await module.ensureFirstAccount();
  return { username: accountSid, password: authToken };
}
