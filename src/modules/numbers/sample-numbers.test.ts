/** The module over a real database, with a few accounts, for this folder's tests. It holds no tests itself. */
import { randomBytes } from "node:crypto";
import { ManualClock } from "../../adapters/memory/index.ts";
import { migrate } from "../../adapters/postgres/index.ts";
import { AppError } from "../../kernel/errors.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { HttpServer, type AccountStatus, type Authenticator, type InjectedRequest } from "../../platform/http/index.ts";
import type { Database } from "../../platform/ports.ts";
import { startTestPostgres } from "../../../test/kit/postgres.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import type { WebhookRequested } from "../../platform/webhooks/index.ts";
import { numbersModule, type ConfiguredNumber, type NumbersModule, type NumbersOptions } from "./index.ts";

export const PARENT = `AC${"a".repeat(32)}`;
export const CHILD = `AC${"b".repeat(32)}`;
export const SUSPENDED_CHILD = `AC${"c".repeat(32)}`;
export const STRANGER = `AC${"f".repeat(32)}`;

const CHILDREN = [CHILD, SUSPENDED_CHILD];
const STATUSES = new Map<string, AccountStatus>([
  [PARENT, "active"],
  [CHILD, "active"],
  [SUSPENDED_CHILD, "suspended"],
  [STRANGER, "active"],
]);

const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: (other) => Promise.resolve(username === PARENT && CHILDREN.includes(other)),
    }),
};

/** The real database, with a switch that makes it as unreachable as a cut cable. */
class CuttableDatabase implements Database {
  readonly #database: Database;
  isCut = false;

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
    if (this.isCut) throw new AppError({ code: 20503, status: 503, fault: "platform", retry: "later", message: "cut" });
  }
}

export interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- what the API says is checked by the tests, not by the compiler
  readonly json: any;
}

type Form = Readonly<Record<string, string>>;

/** One program with the numbers module in it. */
export interface Program {
  readonly module: NumbersModule;
  readonly database: CuttableDatabase;
  readonly clock: ManualClock;
  /** `GET 'IncomingPhoneNumbers?PageSize=2'` of the account, below its own path unless the call begins with a slash. */
  get(accountSid: string, call: string): Promise<Answer>;
  post(accountSid: string, call: string, form?: Form): Promise<Answer>;
  remove(accountSid: string, call: string): Promise<Answer>;
  /** Posts JSON to a path of the numbers product. */
  postJson(accountSid: string, path: string, json: unknown): Promise<Answer>;
  /** Posts CSV to a mount. */
  postCsv(accountSid: string, path: string, csv: string): Promise<Answer>;
  /** The text of an answer that is no JSON. */
  getText(accountSid: string, path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** Webhooks that the module asked for. */
  readonly webhooks: Omit<WebhookRequested, "kind">[];
  /** The same database, found by a program that starts anew. */
  restart(): Program;
  stop(): Promise<void>;
}

/** A configured number that can do everything. */
export function configured(number: string, more: Partial<ConfiguredNumber> = {}): ConfiguredNumber {
  return { number, sms: true, mms: true, voice: true, ...more };
}

/** Starts the program on an empty database; nothing is configured yet. */
export async function startProgram(options: Partial<NumbersOptions> = {}): Promise<Program> {
  const postgres = await startTestPostgres();
  const program = programOn(postgres.database, postgres.stop, options);
  await migrate(postgres.database, program.module.migrations);
  return program;
}

function programOn(inner: Database, stop: () => Promise<void>, options: Partial<NumbersOptions> = {}): Program {
  const webhooks: Omit<WebhookRequested, "kind">[] = [];
  const database = new CuttableDatabase(inner);
  const clock = new ManualClock(Date.UTC(2025, 0, 31, 12));
  const minter = new SidMinter(() => clock.nowMs(), randomBytes);
  const module = numbersModule({
    database,
    clock,
    logger: silentLogger,
    mintSid: (prefix) => minter.mint(prefix),
    accountStatus: (sid) => Promise.resolve(STATUSES.get(sid)),
    isOperator: (sid) => sid === PARENT,
    mainAccount: (sid) => Promise.resolve(CHILDREN.includes(sid) ? PARENT : sid),
    requestWebhook: (webhook) => {
      webhooks.push(webhook);
      return Promise.resolve();
    },
    ...options,
  });
  const { routes, mounts } = module;
  const server = new HttpServer({ clock, logger: silentLogger, minter, authenticator, routes, mounts });
  const send = async (accountSid: string, method: string, call: string, form?: Form): Promise<Answer> => {
    const [path = "", query] = call.split("?");
    const own = path.startsWith("/") ? path : `/2010-04-01/Accounts/${accountSid}/${path}.json`;
    const request: InjectedRequest = {
      method,
      url: query === undefined ? own : `${own}?${query}`,
      auth: { username: accountSid, password: "secret" },
      ...(form === undefined ? {} : { body: form }),
    };
    const { status, body } = await server.inject(request);
    return { status, json: body === "" ? undefined : JSON.parse(body) };
  };
  const sendRaw = async (accountSid: string, target: string, type: string, body: string): Promise<Answer> => {
    const { status, body: answer } = await server.inject({
      method: "POST",
      url: target,
      auth: { username: accountSid, password: "secret" },
      headers: { "Content-Type": type },
      body,
    });
    return { status, json: answer === "" ? undefined : JSON.parse(answer) };
  };
  return {
    module,
    webhooks,
    postJson: (accountSid, path, json) => sendRaw(accountSid, path, "application/json", JSON.stringify(json)),
    getText: async (accountSid, path) => {
      const auth = { username: accountSid, password: "secret" };
      const { status, body } = await server.inject({ method: "GET", url: path, auth });
      return { status, text: body };
    },
    postCsv: (accountSid, path, csv) => sendRaw(accountSid, path, "text/csv", csv),
    database,
    clock,
    get: (accountSid, call) => send(accountSid, "GET", call),
    post: (accountSid, call, form = {}) => send(accountSid, "POST", call, form),
    remove: (accountSid, call) => send(accountSid, "DELETE", call),
    restart: () => programOn(inner, stop, options),
    stop,
  };
}
