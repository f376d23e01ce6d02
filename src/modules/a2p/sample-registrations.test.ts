/** The module over a real database, with a few accounts, services and numbers, for this folder's tests. It holds no tests itself. */
import { randomBytes } from "node:crypto";
import twilio from "twilio";
import { ManualClock } from "../../adapters/memory/index.ts";
import { migrate } from "../../adapters/postgres/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import type { CellRecord } from "../../platform/cell/index.ts";
import { HttpServer, type Authenticator } from "../../platform/http/index.ts";
import type { Database, DatabaseSession } from "../../platform/ports.ts";
import { isTollFree } from "../../protocols/e164/index.ts";
import { startTestPostgres } from "../../../test/kit/postgres.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import type { Profile } from "../regulatory/index.ts";
import type { MessagingService } from "../services/index.ts";
import { a2pModule, type A2pModule, type A2pOptions, type CampaignRegistry } from "./index.ts";
import type { RegistrationTold } from "./notice.ts";

export const OWNER = `AC${"a".repeat(32)}`;
export const CHILD = `AC${"b".repeat(32)}`;
export const STRANGER = `AC${"f".repeat(32)}`;
export const SERVICE = `MG${"1".repeat(32)}`;
export const OTHER_SERVICE = `MG${"2".repeat(32)}`;
/** In {@link SERVICE}. */
export const LOCAL = "+12125550100";
/** In no service. */
export const LONE = "+12125550199";
export const TOLL_FREE = "+18005550100";
export const TOLL_FREE_SID = `PN${"8".repeat(32)}`;
export const LOCAL_SID = `PN${"7".repeat(32)}`;
export const CUSTOMER_PROFILE = `BU${"1".repeat(32)}`;
export const A2P_PROFILE = `BU${"2".repeat(32)}`;
export const DRAFT_PROFILE = `BU${"3".repeat(32)}`;
export const REVIEW_MS = 3_000;

const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: (other) => Promise.resolve(username === OWNER && other === CHILD),
    }),
};

const SERVICES = [
  { sid: SERVICE, accountSid: OWNER, senders: [LOCAL] },
  { sid: OTHER_SERVICE, accountSid: OWNER, senders: ["+12125550101"] },
];

const serviceOf = (sid: string, accountSid: string): MessagingService => ({
  sid,
  accountSid,
  friendlyName: "Sample",
  inboundMethod: "POST",
  fallbackMethod: "POST",
  useInboundWebhookOnNumber: false,
  stickySender: true,
  smartEncoding: true,
  mmsConverter: true,
  fallbackToLongCode: true,
  areaCodeGeomatch: true,
  validityPeriod: 14_400,
  usecase: "undeclared",
});

/** The real database. What stands in `isLost` for a statement is neither done nor answered. */
export class FragileDatabase implements Database {
  readonly #database: Database;
  isLost: (sql: string) => boolean = () => false;

  constructor(database: Database) {
    this.#database = database;
  }

  query: Database["query"] = (sql, values) => {
    if (this.isLost(sql)) return Promise.reject(new Error("the process is gone"));
    return this.#database.query(sql, values);
  };

  transaction: Database["transaction"] = (work) =>
    this.#database.transaction((tx) => {
      const session: DatabaseSession = {
        query: (sql, values) =>
          this.isLost(sql) ? Promise.reject(new Error("the process is gone")) : tx.query(sql, values),
      };
      return work(session);
    });
}

/** One program with this module in it. */
export interface Program {
  readonly module: A2pModule;
  readonly database: FragileDatabase;
  readonly clock: ManualClock;
  readonly told: RegistrationTold[];
  /** The official SDK, in this process. */
  client(accountSid?: string): ReturnType<typeof twilio>;
  /** Names the business, for the simulated registry's magic inputs; and what else its profile says. */
  business(name: string, more?: Readonly<Record<string, unknown>>): void;
  /** Lets time pass in steps of half a second and has the desk look at each. */
  pass(ms: number): Promise<void>;
  /** The same database, found by a program that starts anew. */
  restart(more?: Partial<A2pOptions>): Promise<Program>;
  stop(): Promise<void>;
}

/** Starts the program on an empty database. */
export async function startProgram(more: Partial<A2pOptions> = {}): Promise<Program> {
  const postgres = await startTestPostgres();
  const clock = new ManualClock(Date.UTC(2026, 5, 15, 19));
  const program = programOn(postgres.database, { clock, stop: postgres.stop, more });
  await migrate(postgres.database, program.module.migrations);
  return program;
}

interface Surroundings {
  readonly clock: ManualClock;
  readonly stop: () => Promise<void>;
  readonly more: Partial<A2pOptions>;
}

function programOn(inner: Database, { clock, stop, more }: Surroundings): Program {
  const database = new FragileDatabase(inner);
  const minter = new SidMinter(() => clock.nowMs(), randomBytes);
  const told: RegistrationTold[] = [];
  const business: Record<string, unknown> = { business_name: "Owl, Inc.", business_registration_number: "12-3456789" };
  const module = a2pModule({
    database,
    clock,
    logger: silentLogger,
    mintSid: (prefix) => minter.mint(prefix),
    profiles: { profile: (accountSid, sid) => Promise.resolve(profileOf(accountSid, sid, business)) },
    services: {
      service: (accountSid, sid) => {
        const known = SERVICES.find((each) => each.sid === sid && each.accountSid === accountSid);
        return known === undefined ? undefined : serviceOf(sid, accountSid);
      },
      serviceOfSender: (accountSid, address) => {
        const known = SERVICES.find((each) => each.accountSid === accountSid && each.senders.includes(address));
        return known === undefined ? undefined : serviceOf(known.sid, accountSid);
      },
    },
    numberBySid: (accountSid, sid) => {
      const number = sid === TOLL_FREE_SID ? TOLL_FREE : sid === LOCAL_SID ? LOCAL : undefined;
      const isOwn = accountSid === OWNER && number !== undefined;
      return Promise.resolve(isOwn ? { number, isTollFree: isTollFree(number) } : undefined);
    },
    subaccountsOf: (accountSid) => Promise.resolve(accountSid === OWNER ? [CHILD] : []),
    isEnforced: true,
    registeredElsewhere: ["+12125550177"],
    throughput: "registry",
    commit: (record: CellRecord) => {
      told.push(record as RegistrationTold);
      return Promise.resolve();
    },
    simulatedReviewMs: REVIEW_MS,
    ...more,
  });
  const server = new HttpServer({ clock, logger: silentLogger, minter, authenticator, routes: module.routes });
  return {
    module,
    database,
    clock,
    told,
    client: (accountSid = OWNER) => twilio(accountSid, "secret", { httpClient: new InjectingClient(server) }),
    business: (name, said = {}) => Object.assign(business, { business_name: name }, said),
    pass: async (ms) => {
      for (let passed = 0; passed < ms; passed += 500) {
        clock.advance(500);
        await module.runOnce();
      }
    },
    restart: async (changed = {}) => {
      const restarted = programOn(inner, { clock, stop, more: { ...more, ...changed } });
      await restarted.module.registrations.reload();
      return restarted;
    },
    stop,
  };
}

function profileOf(accountSid: string, sid: string, business: Readonly<Record<string, unknown>>): Profile | undefined {
  if (accountSid === STRANGER) return undefined;
  const base = { sid, accountSid, policySid: `RN${"0".repeat(32)}` };
  if (sid === CUSTOMER_PROFILE) {
    const attributes = { customer_profile_business_information: { ...business } };
    return { ...base, status: "twilio-approved", attributes };
  }
  if (sid === DRAFT_PROFILE) return { ...base, status: "draft", attributes: {} };
  if (sid !== A2P_PROFILE) return undefined;
  const attributes = { us_a2p_messaging_profile_information: { company_type: business["company_type"] ?? "private" } };
  return { ...base, status: "twilio-approved", attributes };
}

type RequestOptions<TData> = Parameters<typeof twilio.RequestClient.prototype.request<TData>>[0];

/** Hands the SDK's requests to a server without sockets. */
class InjectingClient extends twilio.RequestClient {
  readonly #server: HttpServer;

  constructor(server: HttpServer) {
    super();
    this.#server = server;
  }

  override async request<TData>(options: RequestOptions<TData>) {
    const { method, uri, username = "", password = "", params = {}, data } = options;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(params as Record<string, unknown>)) {
      for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each));
    }
    const { status, headers, body } = await this.#server.inject({
      method: method.toUpperCase(),
      url: query.size === 0 ? uri : `${uri}?${query.toString()}`,
      auth: { username, password },
      headers: options.headers as Record<string, string>,
      ...(data === undefined ? {} : { body: formOf(data as Record<string, Said>) }),
    });
    return { statusCode: status, headers, body: body as TData, toString: () => body };
  }
}

type Said = string | number | boolean | undefined | null;

function formOf(data: Readonly<Record<string, Said | readonly Said[]>>): Record<string, string | string[]> {
  const form: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(data)) {
    if (value === undefined || value === null) continue;
    form[name] = Array.isArray(value) ? value.map(String) : String(value);
  }
  return form;
}

/** A registry that counts what was filed with it, in front of another. */
export function counting(registry: CampaignRegistry): CampaignRegistry & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    name: registry.name,
    calls,
    file: (filing) => {
      calls.push(filing.id);
      return registry.file(filing);
    },
    standings: (refs) => registry.standings(refs),
  };
}

/** A campaign as a customer describes it. */
export const campaignOf = (brandRegistrationSid: string, description = "") => ({
  brandRegistrationSid,
  description: `${description} Tells customers of the shop when their orders are ready.`,
  messageFlow: "Customers tick a box below the order form of the website that says what is sent and how often.",
  messageSamples: ["Owl: your order 1234 is ready for pickup.", "Owl: your order 1234 was returned to us today."],
  usAppToPersonUsecase: "DELIVERY_NOTIFICATION",
  hasEmbeddedLinks: false,
  hasEmbeddedPhone: false,
});

/** A toll-free number as a customer describes it. */
export const verificationOf = (useCaseSummary: string) => ({
  businessName: "Owl, Inc.",
  businessWebsite: "https://owl.example",
  notificationEmail: "support@owl.example",
  useCaseCategories: ["TWO_FACTOR_AUTHENTICATION" as const, "MARKETING" as const],
  useCaseSummary,
  productionMessageSample: "Owl: your code is 123456.",
  optInImageUrls: ["https://owl.example/opt-in.png"],
  optInType: "WEB_FORM" as const,
  messageVolume: "1,000",
  tollfreePhoneNumberSid: TOLL_FREE_SID,
});
