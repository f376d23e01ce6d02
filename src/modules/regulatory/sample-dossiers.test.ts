/** The module over a real database, with an account, its subaccount and a stranger, for this folder's tests. It holds no tests itself. */
import { randomBytes } from "node:crypto";
import twilio from "twilio";
import { ManualClock } from "../../adapters/memory/index.ts";
import { migrate } from "../../adapters/postgres/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import type { CellRecord } from "../../platform/cell/index.ts";
import { HttpServer, type Authenticator } from "../../platform/http/index.ts";
import type { Database, DatabaseSession } from "../../platform/ports.ts";
import { startTestPostgres } from "../../../test/kit/postgres.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import type { RegulatoryOptions } from "./deps.ts";
import { regulatoryModule, type DossierTold, type RegulatoryModule } from "./index.ts";

export const OWNER = `AC${"a".repeat(32)}`;
export const CHILD = `AC${"b".repeat(32)}`;
export const STRANGER = `AC${"f".repeat(32)}`;
export const ADDRESS = `AD${"1".repeat(32)}`;
/** In Germany. */
export const GERMAN_ADDRESS = `AD${"2".repeat(32)}`;
export const NUMBER = `PN${"7".repeat(32)}`;
export const REVIEW_MS = 3_000;
export const CALLBACK = "https://owl.example/status";
export const PRIMARY = "RN6433641899984f951173ef1738c3bdd0";
export const SECONDARY = "RNdfbf3fae0e1107f8aded0e7cead80bf5";
export const A2P = "RNb0d4771c2c98518d916a3d4cd70a8f8b";

const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: (other) => Promise.resolve(username === other || (username === OWNER && other === CHILD)),
    }),
};

/** The real database. What stands in `isLost` for a statement is neither done nor answered. */
class FragileDatabase implements Database {
  readonly #database: Database;
  isLost: (sql: string) => boolean = () => false;

  constructor(database: Database) {
    this.#database = database;
  }

  query: Database["query"] = (sql, values) =>
    this.isLost(sql) ? Promise.reject(new Error("the process is gone")) : this.#database.query(sql, values);

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
  readonly module: RegulatoryModule;
  readonly database: FragileDatabase;
  readonly clock: ManualClock;
  readonly told: DossierTold[];
  /** Bundles that numbers use. */
  readonly used: Set<string>;
  /** The official SDK, in this process. */
  client(accountSid?: string): ReturnType<typeof twilio>;
  /** Lets time pass in steps of half a second and has the desk look at each. */
  pass(ms: number): Promise<void>;
  /** The same database, found by a program that starts anew. */
  restart(more?: Partial<RegulatoryOptions>): Program;
  stop(): Promise<void>;
}

/** Starts the program on an empty database. */
export async function startProgram(): Promise<Program> {
  const postgres = await startTestPostgres();
  const clock = new ManualClock(Date.UTC(2026, 5, 15, 19));
  const program = programOn(postgres.database, { clock, stop: postgres.stop, more: {} });
  await migrate(postgres.database, program.module.migrations);
  return program;
}

interface Surroundings {
  readonly clock: ManualClock;
  readonly stop: () => Promise<void>;
  readonly more: Partial<RegulatoryOptions>;
}

function programOn(inner: Database, { clock, stop, more }: Surroundings): Program {
  const database = new FragileDatabase(inner);
  const minter = new SidMinter(() => clock.nowMs(), randomBytes);
  const told: DossierTold[] = [];
  const used = new Set<string>();
  const module = regulatoryModule({
    database,
    clock,
    logger: silentLogger,
    mintSid: (prefix) => minter.mint(prefix),
    commit: (record: CellRecord) => {
      told.push(record as DossierTold);
      return Promise.resolve();
    },
    simulatedReviewMs: REVIEW_MS,
    address: (_session, _accountSid, sid) =>
      Promise.resolve(
        sid === ADDRESS ? { isoCountry: "US" } : sid === GERMAN_ADDRESS ? { isoCountry: "DE" } : undefined,
      ),
    hasEndpoint: (_accountSid, sid) => Promise.resolve(sid === NUMBER),
    isBundleUsed: (_accountSid, sid) => Promise.resolve(used.has(sid)),
    mainAccount: (accountSid) => Promise.resolve(accountSid === CHILD ? OWNER : accountSid),
    ...more,
  });
  const server = new HttpServer({ clock, logger: silentLogger, minter, authenticator, routes: module.routes });
  return {
    module,
    database,
    clock,
    told,
    used,
    client: (accountSid = OWNER) => twilio(accountSid, "secret", { httpClient: new InjectingClient(server) }),
    pass: async (ms) => {
      for (let passed = 0; passed < ms; passed += 500) {
        clock.advance(500);
        await module.runOnce();
      }
    },
    restart: (changed = {}) => programOn(inner, { clock, stop, more: { ...more, ...changed } }),
    stop,
  };
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
    const query = new URLSearchParams(params as Record<string, string>).toString();
    const { status, headers, body } = await this.#server.inject({
      method: method.toUpperCase(),
      url: query === "" ? uri : `${uri}?${query}`,
      auth: { username, password },
      headers: options.headers as Record<string, string>,
      ...(data === undefined ? {} : { body: formOf(data as Record<string, Said>) }),
    });
    return { statusCode: status, headers, body: body as TData, toString: () => body };
  }
}

type Said = string | number | boolean | undefined | null;

function formOf(data: Readonly<Record<string, Said>>): Record<string, string> {
  const form: Record<string, string> = {};
  for (const [name, value] of Object.entries(data)) {
    if (value !== undefined && value !== null) form[name] = String(value);
  }
  return form;
}

export const BUSINESS = {
  business_name: "Owl, Inc.",
  business_type: "Corporation",
  business_registration_number: "12-3456789",
  business_registration_identifier: "EIN",
  business_identity: "direct_customer",
  business_industry: "TECHNOLOGY",
  business_regions_of_operation: "USA_AND_CANADA",
  website_url: "https://owl.example",
  social_media_profile_urls: "",
};

const REPRESENTATIVE = {
  first_name: "Strix",
  last_name: "Aluco",
  email: "strix@owl.example",
  phone_number: "+12125550100",
  business_title: "Owner",
  job_position: "CEO",
};

/** What a profile is made with beside its policy. */
export interface SampleProfile {
  readonly friendlyName?: string;
  readonly business?: Readonly<Record<string, unknown>>;
  readonly statusCallback?: string;
  /** A profile to assign. */
  readonly primary?: string;
}

/** A complete customer profile that is still a draft. */
export async function profileOf(client: ReturnType<typeof twilio>, policySid: string, sample: SampleProfile = {}) {
  const { friendlyName = "Owl", business = BUSINESS, statusCallback = CALLBACK, primary } = sample;
  const { v1 } = client.trusthub;
  const profile = await v1.customerProfiles.create({ friendlyName, email: "a@owl.example", policySid, statusCallback });
  const items = [
    await v1.endUsers.create({
      friendlyName: "business",
      type: "customer_profile_business_information",
      attributes: business,
    }),
    await v1.endUsers.create({
      friendlyName: "one",
      type: "authorized_representative_1",
      attributes: REPRESENTATIVE,
    }),
    await v1.supportingDocuments.create({
      friendlyName: "address",
      type: "customer_profile_address",
      attributes: { address_sids: ADDRESS },
    }),
  ].map(({ sid }) => sid);
  if (primary !== undefined) items.push(primary);
  const entities = v1.customerProfiles(profile.sid).customerProfilesEntityAssignments;
  for (const objectSid of items) await entities.create({ objectSid });
  return { sid: profile.sid, items, entities, profile: v1.customerProfiles(profile.sid) };
}

/** A complete bundle for German local numbers of a business that is still a draft. */
export async function bundleOf(client: ReturnType<typeof twilio>, friendlyName = "Owl DE", isTest = false) {
  const { regulatoryCompliance: rc } = client.numbers.v2;
  const bundle = await rc.bundles.create({
    friendlyName,
    email: "a@owl.example",
    isoCountry: "DE",
    numberType: "local",
    endUserType: "business",
    statusCallback: CALLBACK,
    isTest,
  });
  const name = { business_name: "Owl GmbH", business_registration_number: "HRB 1" };
  const items = [
    await rc.endUsers.create({ friendlyName: "owl", type: "business", attributes: name }),
    await rc.supportingDocuments.create({
      friendlyName: "register",
      type: "business_registration",
      attributes: { business_name: "OWL GmbH", document_number: "HRB 1" },
    }),
    await rc.supportingDocuments.create({
      friendlyName: "bill",
      type: "utility_bill",
      attributes: { address_sids: [GERMAN_ADDRESS] },
    }),
  ].map(({ sid }) => sid);
  for (const objectSid of items) await rc.bundles(bundle.sid).itemAssignments.create({ objectSid });
  return { sid: bundle.sid, items, bundle: rc.bundles(bundle.sid), created: bundle };
}
