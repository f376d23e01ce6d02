/** Two cells with users, and a door before them, for this folder's tests. It holds no tests itself. */
import { randomBytes } from "node:crypto";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { startTestPostgres, type TestPostgres } from "../../../test/kit/postgres.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { oneTimeCodes } from "../../adapters/otpauth/index.ts";
import { migrate } from "../../adapters/postgres/index.ts";
import { qrCodes } from "../../adapters/qr-codes/index.ts";
import { AppError } from "../../kernel/errors.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { Passwords, SessionTokens, Tickets, type Role, type StaticFiles } from "../../platform/console/index.ts";
import { Pipeline, type EdgeTarget } from "../../platform/edge/index.ts";
import { FLEET_SIGNATURE_HEADER, FleetKey } from "../../platform/fleet/index.ts";
import {
  BODY_TOO_LARGE,
  defineRoute,
  HttpServer,
  type HttpRequest,
  type HttpResponse,
} from "../../platform/http/index.ts";
import { SecretBox } from "../../platform/secrets/index.ts";
import {
  accountsModule,
  edgeTicketAuthenticator,
  ticketAuthenticator,
  type AccountsModule,
} from "../accounts/index.ts";
import { consoleCell, consoleDoor, type ConsoleCell, type ConsoleDoor } from "./index.ts";

export const MASTER_KEY = new Uint8Array(32).fill(5);
export const OPERATOR = `AC${"0".repeat(31)}1`;
export const CUSTOMER = `AC${"0".repeat(31)}2`;
export const ORIGIN = "http://127.0.0.1:8080";

/** What a cell heard that it was asked for by a route of the API. */
export interface Heard {
  readonly cell: string;
  readonly principal: Readonly<Record<string, unknown>>;
  readonly accountSid: string;
  readonly headers: HttpRequest["headers"];
  readonly body: string;
}

export interface SampleCell {
  readonly name: string;
  readonly postgres: TestPostgres;
  readonly accounts: AccountsModule;
  readonly console: ConsoleCell;
  readonly server: HttpServer;
  readonly mainSid: string;
  readonly authToken: string;
  isAway: boolean;
}

export interface ConsoleWorld {
  readonly clock: ManualClock;
  readonly fleetKey: FleetKey;
  readonly tokens: SessionTokens;
  readonly tickets: Tickets;
  readonly cells: readonly [SampleCell, SampleCell];
  readonly heard: Heard[];
  readonly door: ConsoleDoor;
  readonly pipeline: Pipeline;
  readonly simulated: HttpRequest[];
  files: StaticFiles;
  /** Whether things may be broken from the console. */
  chaos: boolean;
  /** A browser that nobody has used. */
  browser(address?: string): Browser;
  /** A browser that is signed in for the operator (or the customer) by a link. */
  owner(accountSid?: string): Promise<Browser>;
  /** Somebody with a role and a password, signed in. */
  member(role: Role, accountSid?: string): Promise<Browser>;
  /** A request of the API with the account's own credentials. */
  program(accountSid: string, call: string, form?: Record<string, string>): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- what is answered is checked by the tests, not by the compiler
  readonly json: any;
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly raw?: string;
  readonly scheme?: "http" | "https";
}

export const PASSWORD = "correct horse battery staple";

/** Routes as other modules have them: one of them for everybody, one with a body, one with a picture in it. */
function sampleRoutes(cell: string, heard: Heard[]) {
  const common = { product: "api", tag: "Messages", access: "account" } as const;
  const path = "/2010-04-01/Accounts/{AccountSid}/Messages";
  const note = (call: {
    principal: object;
    accountSid: string;
    request: HttpRequest;
    rawBody: Buffer;
  }): { heard: number } => {
    const { principal, accountSid, request, rawBody } = call;
    const { headers } = request;
    heard.push({ cell, principal: { ...principal }, accountSid, headers, body: rawBody.toString() });
    return { heard: heard.length };
  };
  return [
    defineRoute({
      ...common,
      method: "GET",
      path,
      operationId: "ListMessage",
      summary: "Stands for the routes of other modules",
      success: 200,
      run: note,
      view: (record) => record,
    }),
    defineRoute({
      ...common,
      method: "POST",
      path,
      operationId: "CreateMessage",
      summary: "The same, with a body",
      success: 201,
      traffic: true,
      run: note,
      view: (record) => record,
    }),
  ];
}

async function startCell(
  name: string,
  mainSid: string,
  world: Pick<ConsoleWorld, "clock" | "fleetKey" | "heard"> & {
    readonly secondFactor: "required" | "optional";
    readonly onSessionsEnded: (sids: readonly string[]) => void;
  },
): Promise<SampleCell> {
  const { clock, fleetKey, heard } = world;
  const postgres = await startTestPostgres();
  const { database } = postgres;
  const minter = new SidMinter(() => Date.now(), randomBytes);
  const mintSid = (prefix: string): string => minter.mint(prefix);
  const secrets = new SecretBox(MASTER_KEY);
  const stored = { database, clock, logger: silentLogger, mintSid, randomBytes, secrets };
  const accounts = accountsModule(stored);
  const cell = consoleCell({
    ...stored,
    fleetKey,
    oneTimeCodes,
    qrCodes,
    accounts: accounts.directory,
    secondFactor: world.secondFactor,
    sessionMs: 12 * 3_600_000,
    publicUrl: () => "https://console.example.com",
    onSessionsEnded: world.onSessionsEnded,
    passwords: new Passwords({ logN: 4, r: 1, p: 1 }),
  });
  await migrate(database, [...accounts.migrations, ...cell.migrations]);
  const { authToken } = await accounts.ensureFirstAccount({ accountSid: mainSid });
  const server = new HttpServer({
    clock,
    logger: silentLogger,
    minter,
    authenticator: ticketAuthenticator({
      authenticator: accounts.authenticator,
      tickets: new Tickets(fleetKey, clock),
      directory: accounts.directory,
    }),
    routes: [...accounts.routes, ...cell.routes, ...sampleRoutes(name, heard)],
    mounts: [...cell.internalMounts(), ...accounts.internalMounts(fleetKey)],
  });
  return { name, postgres, accounts, console: cell, server, mainSid, authToken, isAway: false };
}

/** Starts it all. Sessions that end in a cell are told to the door only where `tells` is set, as in one process. */
export async function startConsole(
  options: { readonly tells?: boolean; readonly secondFactor?: "required" | "optional" } = {},
): Promise<ConsoleWorld> {
  const clock = new ManualClock();
  const fleetKey = new FleetKey(MASTER_KEY);
  const heard: Heard[] = [];
  const simulated: HttpRequest[] = [];
  const late: { door?: ConsoleDoor; pipeline?: Pipeline } = {};
  const shared = {
    clock,
    fleetKey,
    heard,
    secondFactor: options.secondFactor ?? "optional",
    onSessionsEnded: (sids: readonly string[]) => options.tells === true && late.door?.forgetSessions(sids),
  } as const;
  const cells = [await startCell("a", OPERATOR, shared), await startCell("b", CUSTOMER, shared)] as const;
  const cellOf = (name: string): SampleCell | undefined => cells.find((cell) => cell.name === name);
  const homeOf = async (sid: string): Promise<string | undefined> => {
    for (const cell of cells) if (await cell.accounts.isKnown(sid)) return cell.name;
    return undefined;
  };
  const made: { files: StaticFiles; chaos: boolean } = {
    chaos: true,
    files: { find: () => Promise.resolve(undefined) },
  };
  const door = consoleDoor({
    clock,
    logger: silentLogger,
    fleetKey,
    randomBytes,
    cells: {
      cells: () => cells.map(({ name }) => name),
      homeOf,
      post: async (name, target, json) => {
        const cell = cellOf(name);
        if (cell === undefined || cell.isAway) throw new Error(`${name} is away`);
        const body = JSON.stringify(json);
        const signature = fleetKey.sign({ method: "POST", target, body }, clock.nowMs());
        const headers = { [FLEET_SIGNATURE_HEADER]: signature };
        const answer = await cell.server.inject({ method: "POST", url: target, headers, body });
        if (answer.status === 404) return undefined;
        if (answer.status !== 200) throw new Error(`${name} answers ${answer.status}`);
        return JSON.parse(answer.body) as unknown;
      },
    },
    send: (request) => (late.pipeline as Pipeline).handle(request),
    simulator: (request) => {
      simulated.push(request);
      return Promise.resolve({ status: 200, headers: ["Content-Type", "application/json"], body: "{}" });
    },
    files: { find: (path) => made.files.find(path) },
    isOperator: (sid) => sid === OPERATOR,
    features: () => ({ simulator: true, chaos: made.chaos, fleet: true, development: true }),
    publicUrl: () => undefined,
  });
  late.door = door;
  const minter = new SidMinter(() => Date.now(), randomBytes);
  const own = new HttpServer({
    clock,
    logger: silentLogger,
    minter,
    authenticator: { authenticate: () => Promise.resolve(undefined) },
    routes: [],
    mounts: door.mounts,
  });
  const tickets = new Tickets(fleetKey, clock);
  const targetOf = (name: string): EdgeTarget => ({ name, address: { host: "127.0.0.1", port: 1 } });
  const pipeline = new Pipeline({
    clock,
    logger: silentLogger,
    minter,
    authenticator: edgeTicketAuthenticator(
      {
        authenticate: async (credentials) => {
          const cell = cellOf((await homeOf(credentials.username)) ?? "");
          return cell?.accounts.authenticator.authenticate(credentials);
        },
      },
      tickets,
    ),
    routes: {
      route: async (key) => {
        const cell = await homeOf(key);
        return cell === undefined ? undefined : { cell, epoch: 1 };
      },
      repair: () => false,
      cell: targetOf,
    },
    destination: {
      forward: ({ request }, target) => (cellOf(target?.name ?? "") as SampleCell).server.answerer.dispatch(request),
    },
    own: own.answerer,
    isOperator: (sid) => sid === OPERATOR,
  });
  late.pipeline = pipeline;
  const browser = (address = "127.0.0.1"): Browser => new Browser(pipeline, address);
  const program: ConsoleWorld["program"] = async (accountSid, call, form) => {
    const cell = cellOf((await homeOf(accountSid)) ?? "") as SampleCell;
    const password = (await cell.accounts.directory.authToken(accountSid)) ?? "";
    const authorization = `Basic ${Buffer.from(`${accountSid}:${password}`).toString("base64")}`;
    return new Browser(pipeline, "127.0.0.1").send(call, {
      headers: { authorization },
      ...(form === undefined ? {} : { form }),
    });
  };
  const owner: ConsoleWorld["owner"] = async (accountSid = OPERATOR) => {
    const link = await program(accountSid, "POST /trunkline/v1/Console/SignInLinks", {});
    const signedIn = browser();
    await signedIn.enter(link.json.secret_url);
    return signedIn;
  };
  let invited = 0;
  return {
    clock,
    fleetKey,
    tokens: new SessionTokens(fleetKey, clock),
    tickets,
    cells,
    heard,
    door,
    pipeline,
    simulated,
    get chaos() {
      return made.chaos;
    },
    set chaos(chaos) {
      made.chaos = chaos;
    },
    get files() {
      return made.files;
    },
    set files(files) {
      made.files = files;
    },
    browser,
    owner,
    member: async (role, accountSid = OPERATOR) => {
      invited += 1;
      const Email = `${role}${invited}@example.com`;
      const user = await program(accountSid, "POST /trunkline/v1/Console/Users", { Email, Role: role });
      const signedIn = browser();
      signedIn.email = Email;
      signedIn.userSid = user.json.sid;
      await signedIn.enter(user.json.secret_url, PASSWORD);
      return signedIn;
    },
    program,
    stop: async () => {
      for (const { postgres } of cells) await postgres.stop();
    },
  };
}

/** A browser: it keeps cookies, and says what browsers say of where a request comes from. */
export class Browser {
  email = "";
  userSid = "";
  cookies = new Map<string, string>();
  private readonly pipeline: Pipeline;
  private readonly address: string;

  constructor(pipeline: Pipeline, address: string) {
    this.pipeline = pipeline;
    this.address = address;
  }

  /** A request of a page of the console. */
  ask(call: string, sent: Sent = {}): Promise<Answer> {
    const ours = { "x-console": "1", origin: ORIGIN, "sec-fetch-site": "same-origin" };
    return this.send(call, { ...sent, headers: { ...ours, ...sent.headers } });
  }

  /** A request of the API, as pages make them. */
  api(call: string, sent: Sent = {}): Promise<Answer> {
    const [method = "GET", path = "/"] = call.split(" ");
    return this.ask(`${method} /console/api/call${path}`, sent);
  }

  signIn(password = PASSWORD, more: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return this.ask("POST /console/api/sign-in", { json: { email: this.email, password, ...more } });
  }

  enter(url: string, password?: string): Promise<Answer> {
    const token = url.split("#")[1];
    return this.ask("POST /console/api/enter", { json: { token, ...(password === undefined ? {} : { password }) } });
  }

  /** Any request, with the cookies of this browser. */
  async send(call: string, sent: Sent = {}): Promise<Answer> {
    const [method = "GET", target = "/"] = call.split(" ");
    const headers: Record<string, string> = { host: ORIGIN.replace("http://", "") };
    const text =
      sent.json === undefined ? (sent.raw ?? new URLSearchParams(sent.form).toString()) : JSON.stringify(sent.json);
    if (sent.json !== undefined) headers["content-type"] = "application/json";
    else if (sent.form !== undefined) headers["content-type"] = "application/x-www-form-urlencoded";
    const cookies = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    if (cookies !== "" && target.startsWith("/console")) headers["cookie"] = cookies;
    for (const [name, value] of Object.entries(sent.headers ?? {})) {
      if (value === undefined) delete headers[name];
      else headers[name] = value;
    }
    const body = Buffer.from(method === "GET" ? "" : text);
    const answer = await this.pipeline.handle({
      method,
      target,
      headers,
      scheme: sent.scheme ?? "http",
      peer: this.address,
      body,
      contentLength: body.length,
      readBody: (max) =>
        body.length > max ? Promise.reject(new AppError(BODY_TOO_LARGE, { max })) : Promise.resolve(body),
    });
    return this.read(answer);
  }

  private read({ status, headers: fields, body }: HttpResponse): Answer {
    const headers: Record<string, string> = {};
    for (let index = 0; index + 1 < fields.length; index += 2) {
      headers[(fields[index] ?? "").toLowerCase()] = fields[index + 1] ?? "";
    }
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(headers["set-cookie"] ?? "") ?? [];
    if (name !== "") this.cookies.set(name, value);
    const text = typeof body === "string" ? body : body instanceof Uint8Array ? Buffer.from(body).toString() : "";
    const isJson = (headers["content-type"] ?? "").includes("json") && text !== "";
    return { status, headers, text, json: isJson ? (JSON.parse(text) as unknown) : undefined };
  }
}
