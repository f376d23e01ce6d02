/** A small API for this folder's tests, and the proof that types follow from a route's declaration. It holds no tests itself. */
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { assert as ensure } from "../../kernel/assert.ts";
import { AppError, callerError } from "../../kernel/errors.ts";
import { SidMinter } from "../../kernel/ids.ts";
import type { LogFields } from "../ports.ts";
import {
  boolean,
  dateFilter,
  defineContentRoute,
  defineListRoute,
  defineRoute,
  enumeration,
  healthRoutes,
  HttpServer,
  integer,
  list,
  phone,
  sid,
  text,
  url,
  type Authenticator,
  type Mount,
  type Principal,
  type Route,
  type ServerOptions,
} from "./index.ts";

export const ACCOUNT = `AC${"a".repeat(32)}`;
export const SUBACCOUNT = `AC${"b".repeat(32)}`;
export const FOREIGN = `AC${"f".repeat(32)}`;
export const SUSPENDED = `AC${"e".repeat(32)}`;
export const STANDARD_KEY = `SK${"1".repeat(32)}`;
export const AUTH = { username: ACCOUNT, password: "secret" };
export const MESSAGES = `/2010-04-01/Accounts/${ACCOUNT}/Messages`;

const INVALID_TO = callerError(21211, 400, "The 'To' number {value} is not valid.");
const MISSING_TO = callerError(21604, 400, "A 'To' number is required.");
const BODY_TOO_LONG = callerError(21617, 400, "The body is too long.");

interface Message {
  readonly sid: string;
  readonly to: string;
  readonly body: string;
}

/** What a route can be told to wait for. */
export class Gate {
  private open: () => void = () => undefined;
  readonly opened: Promise<void> = new Promise((resolve) => {
    this.open = resolve;
  });

  release(): void {
    this.open();
  }
}

interface LogLine {
  readonly event: string;
  readonly fields: LogFields;
}

export interface Sample {
  readonly server: HttpServer;
  readonly messages: Message[];
  readonly log: LogLine[];
  readonly bugs: Error[];
  /** `POST …/Slow.json` answers when it is released. */
  readonly gate: Gate;
}

function principal(accountSid: string, more: Partial<Principal> = {}): Principal {
  const canAccess = (other: string): Promise<boolean> =>
    Promise.resolve(accountSid === ACCOUNT && other === SUBACCOUNT);
  return { accountSid, status: "active", credential: "token", canAccess, ...more };
}

const PRINCIPALS = new Map<string, Principal>([
  [ACCOUNT, principal(ACCOUNT)],
  [SUBACCOUNT, principal(SUBACCOUNT)],
  [SUSPENDED, principal(SUSPENDED, { status: "suspended" })],
  [STANDARD_KEY, principal(ACCOUNT, { credential: "key", keySid: STANDARD_KEY, keyKind: "standard" })],
]);

const authenticator: Authenticator = {
  authenticate: ({ username, password }) =>
    Promise.resolve(password === "secret" ? PRINCIPALS.get(username) : undefined),
};

function messageRoutes(messages: Message[]): Route[] {
  const base = { product: "api", tag: "Messages", access: "account" } as const;
  const view = (message: Message) => ({
    sid: message.sid,
    to: message.to,
    body: message.body,
    num_media: "0",
    price: null,
  });
  return [
    defineRoute({
      ...base,
      method: "POST",
      path: "/2010-04-01/Accounts/{AccountSid}/Messages",
      operationId: "CreateMessage",
      summary: "Send a message",
      parameters: {
        To: phone({ required: true, missing: MISSING_TO, invalid: INVALID_TO }),
        From: phone({}),
        Body: text({ maxCharacters: 1_600, invalid: BODY_TOO_LONG }),
        MediaUrl: list({ of: url({}), maxCount: 2 }),
        StatusCallback: url({}),
        ValidityPeriod: integer({ min: 1, max: 14_400, default: 14_400 }),
        SmartEncoded: boolean({}),
        RiskCheck: enumeration({ values: ["enable", "disable"], default: "enable" }),
        MessagingServiceSid: sid({ prefix: "MG" }),
      },
      success: 201,
      run: async (call) => {
        const { To, Body, MediaUrl, ValidityPeriod, RiskCheck, SmartEncoded } = call.params;
        // These assignments are the test: they compile only when the types are inferred exactly.
        const required: string = To;
        const optional: string | undefined = Body;
        const many: readonly string[] = MediaUrl;
        const defaulted: number = ValidityPeriod;
        const word: "enable" | "disable" = RiskCheck;
        const flag: boolean | undefined = SmartEncoded;
        const account: string = call.path.AccountSid;
        const caller: Principal = call.principal;
        ensure([many, defaulted, word, flag, account, caller].length === 6, "all are there");
        if (!required.startsWith("+")) throw new AppError(INVALID_TO, { value: required });
        const message = { sid: `SM${String(messages.length).padStart(32, "0")}`, to: required, body: optional ?? "" };
        messages.push(message);
        return message;
      },
      view,
    }),
    defineListRoute({
      ...base,
      path: "/2010-04-01/Accounts/{AccountSid}/Messages",
      operationId: "ListMessage",
      summary: "List messages",
      parameters: { To: phone({}), DateSent: dateFilter() },
      collection: "messages",
      page: async ({ call, limit, cursor, direction }) => {
        const all = messages.filter((message) => call.params.To === undefined || message.to === call.params.To);
        const at = cursor === undefined ? 0 : Number(cursor);
        const start = direction === "next" ? at : Math.max(0, at - limit);
        const records = all.slice(start, start + limit);
        const more = start + limit < all.length;
        return {
          records,
          nextCursor: more ? String(start + limit) : undefined,
          previousCursor: start > 0 ? String(start) : undefined,
        };
      },
      view,
    }),
    defineRoute({
      ...base,
      method: "GET",
      path: "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}",
      operationId: "FetchMessage",
      summary: "Fetch a message",
      success: 200,
      run: (call) => {
        const found = messages.find((message) => message.sid === call.path.Sid);
        if (found === undefined) throw call.notFound();
        return found;
      },
      view,
    }),
    defineRoute({
      ...base,
      method: "DELETE",
      path: "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}",
      operationId: "DeleteMessage",
      summary: "Delete a message",
      success: 204,
      run: (call) => call.setHeader("X-Deleted", call.path.Sid),
    }),
  ];
}

function oddRoutes(sample: Sample): Route[] {
  const base = { tag: "Odd", summary: "Something odd" } as const;
  const media = "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media/{Sid}";
  const account = "/2010-04-01/Accounts/{AccountSid}";
  const view = (record: object) => ({ ...record });
  const services = [{ sid: "MG1" }, { sid: "MG2" }, { sid: "MG3" }];
  const api = { ...base, product: "api" } as const;
  return [
    defineRoute({
      ...api,
      access: "public",
      method: "GET",
      path: media,
      operationId: "FetchMedia",
      success: 200,
      run: () => ({ a: 1 }),
      view,
    }),
    defineContentRoute({
      ...api,
      access: "public",
      method: "GET",
      path: media,
      operationId: "FetchMediaContent",
      bare: true,
      run: () => ({
        status: 200,
        headers: ["Content-Type", "image/png"],
        body: Readable.from([Buffer.from("pi"), Buffer.from("xels")]),
      }),
    }),
    defineRoute({
      ...api,
      access: "main",
      method: "GET",
      path: account,
      operationId: "FetchAccount",
      success: 200,
      run: () => ({ sid: "x" }),
      view,
    }),
    defineRoute({
      ...api,
      access: "account",
      method: "POST",
      path: `${account}/Slow`,
      operationId: "Slow",
      success: 200,
      run: () => sample.gate.opened.then(() => ({ slow: true })),
      view,
    }),
    defineRoute({
      ...api,
      access: "account",
      method: "POST",
      path: `${account}/Bug`,
      operationId: "Bug",
      parameters: { Kind: enumeration({ values: ["assert", "throw", "header"], required: true }) },
      success: 200,
      run: (call) => {
        if (call.params.Kind === "header") call.setHeader("X-Evil", "a\r\nSet-Cookie: b");
        else if (call.params.Kind === "throw") throw new TypeError("secret detail");
        ensure(call.params.Kind === "header", "the sky is down");
        return {};
      },
      view,
    }),
    defineRoute({
      ...base,
      product: "content",
      access: "account",
      method: "POST",
      path: "/v1/Content",
      operationId: "CreateContent",
      body: "json",
      parameters: { Draft: boolean({ default: false }) },
      success: 201,
      run: (call) => ({ got: call.json, draft: call.params.Draft }),
      view,
    }),
    ...["messaging", "verify"].map((product) =>
      defineListRoute({
        ...base,
        product,
        access: "account",
        path: "/v1/Services",
        operationId: "ListService",
        collection: "services",
        page: ({ limit, cursor }) => {
          const start = Number(cursor ?? 0);
          const nextCursor = start + limit < services.length ? String(start + limit) : undefined;
          return { records: services.slice(start, start + limit), nextCursor };
        },
        view,
      }),
    ),
  ];
}

const MOUNTS: readonly Mount[] = [
  ...healthRoutes({ ready: () => [{ name: "log", ok: false, detail: "recovering" }] }),
  {
    method: "GET",
    path: "/console/{path*}",
    access: "public",
    run: ({ path, query }) => ({ status: 200, headers: [], body: `${path["path"]}|${query}` }),
  },
  {
    method: "POST",
    path: "/phones/{number}",
    access: "account",
    run: ({ path, principal: caller }) => ({
      status: 200,
      headers: [],
      body: `${path["number"]} ${caller?.accountSid}`,
    }),
  },
];

/** A server with the sample API; listens nowhere until told. */
export function sampleServer(more: Partial<ServerOptions> = {}): Sample {
  const log: LogLine[] = [];
  const bugs: Error[] = [];
  const write = (event: string, fields: LogFields = {}): void => void log.push({ event, fields });
  const logger: ServerOptions["logger"] = { debug: write, info: write, warn: write, error: write, child: () => logger };
  const clock: ServerOptions["clock"] = {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
  };
  const minter = new SidMinter(clock.nowMs, randomBytes);
  const sample = { messages: [], log, bugs, gate: new Gate() } as unknown as {
    -readonly [K in keyof Sample]: Sample[K];
  };
  const routes = [...messageRoutes(sample.messages), ...oddRoutes(sample)];
  const onBug = (error: Error): void => void bugs.push(error);
  sample.server = new HttpServer({ clock, logger, minter, authenticator, routes, mounts: MOUNTS, onBug, ...more });
  return sample;
}
