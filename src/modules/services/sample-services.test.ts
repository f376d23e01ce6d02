/** Numbers and pools for this folder's tests, and the module over a real database. It holds no tests itself. */
import { randomBytes } from "node:crypto";
import twilio from "twilio";
import { ManualClock } from "../../adapters/memory/index.ts";
import { migrate } from "../../adapters/postgres/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { Cell } from "../../platform/cell/index.ts";
import { HttpServer, type Authenticator } from "../../platform/http/index.ts";
import type { Database } from "../../platform/ports.ts";
import { countryOf, isTollFree } from "../../protocols/e164/index.ts";
import { memoryDisk, openMemoryLog } from "../../../test/kit/memory-log.ts";
import { startTestPostgres } from "../../../test/kit/postgres.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import type {
  AccountNumber,
  AccountNumbers,
  InboundTextRoute,
  NumberDirectory,
  SenderKind,
  TextSender,
} from "../numbers/index.ts";
import {
  servicesModule,
  type MessagingService,
  type SenderWish,
  type ServicesModule,
  type ServicesOptions,
} from "./index.ts";
import type { PoolMember } from "./pool-member.ts";

export const ACCOUNT = `AC${"a".repeat(32)}`;
export const STRANGER = `AC${"f".repeat(32)}`;
export const SERVICE = `MG${"1".repeat(32)}`;

interface NumberTraits {
  readonly sms?: boolean;
  readonly mms?: boolean;
  readonly voice?: boolean;
  readonly country?: string;
}

/** Numbers of accounts in memory, as other modules ask about them. */
export class SampleNumbers implements NumberDirectory, AccountNumbers {
  private readonly accounts = new Map<string, Map<string, AccountNumber>>();
  private readonly alphas = new Set<string>();
  private minted = 0;

  /** Gives a number or short code to an account. */
  give(accountSid: string, address: string, traits: NumberTraits = {}): AccountNumber {
    const isShortCode = !address.startsWith("+");
    this.minted += 1;
    const sid = `${isShortCode ? "SC" : "PN"}${this.minted.toString(16).padStart(32, "0")}`;
    const senderKind: SenderKind = isShortCode ? "shortcode" : isTollFree(address) ? "tollfree" : "local";
    const country = traits.country ?? (isShortCode ? undefined : countryOf(address));
    const { sms = true, mms = true, voice = true } = traits;
    const common = { sid, accountSid, number: address, kind: senderKind, senderKind, sms, mms, voice };
    const number: AccountNumber = country === undefined ? common : { ...common, country };
    this.put(number);
    return number;
  }

  /** The same number with other traits. */
  change(number: AccountNumber, traits: NumberTraits): void {
    this.accounts.get(number.accountSid)?.set(number.sid, { ...number, ...traits });
  }

  release(number: AccountNumber): void {
    this.accounts.get(number.accountSid)?.delete(number.sid);
  }

  /** Another account has it now, under the same SID. */
  transfer(number: AccountNumber, accountSid: string): void {
    this.release(number);
    this.put({ ...number, accountSid });
  }

  private put(number: AccountNumber): void {
    const owned = this.accounts.get(number.accountSid) ?? new Map<string, AccountNumber>();
    this.accounts.set(number.accountSid, owned.set(number.sid, number));
  }

  allow(alpha: string): void {
    this.alphas.add(alpha);
  }

  forbid(alpha: string): void {
    this.alphas.delete(alpha);
  }

  sender(accountSid: string, address: string): TextSender | undefined {
    if (this.alphas.has(address)) return { mms: false, kind: "alphanumeric" };
    const number = this.owned(accountSid).find((each) => each.number === address);
    return number === undefined ? undefined : { mms: number.mms, kind: number.senderKind };
  }

  inboundText(): InboundTextRoute | undefined {
    return undefined;
  }

  applicationStatusCallback(): undefined {
    return undefined;
  }

  numberBySid(accountSid: string, sid: string): AccountNumber | undefined {
    return this.accounts.get(accountSid)?.get(sid);
  }

  owned(accountSid: string): readonly AccountNumber[] {
    return [...(this.accounts.get(accountSid)?.values() ?? [])];
  }
}

/** A number as a member of the sample service's pool. */
export function memberOf({ sid, accountSid, number, kind }: AccountNumber): PoolMember {
  const common = { sid, serviceSid: SERVICE, accountSid, address: number, isoCountry: "", createdMs: 0, updatedMs: 0 };
  return { ...common, kind: kind === "shortcode" ? "shortcode" : "number" };
}

let alphasMade = 0;

/** An alphanumeric sender as a member of the sample service's pool. */
export function alphaMember(address: string, isoCountry = ""): PoolMember {
  alphasMade += 1;
  const sid = `AI${alphasMade.toString(16).padStart(32, "0")}`;
  const common = { sid, serviceSid: SERVICE, accountSid: ACCOUNT, createdMs: 0, updatedMs: 0 };
  return { ...common, kind: "alpha", address, isoCountry };
}

/** The sample service. */
export function sampleService(changes: Partial<MessagingService> = {}): MessagingService {
  return {
    sid: SERVICE,
    accountSid: ACCOUNT,
    friendlyName: "sample",
    inboundMethod: "POST",
    fallbackMethod: "POST",
    useInboundWebhookOnNumber: false,
    stickySender: true,
    smartEncoding: true,
    mmsConverter: true,
    fallbackToLongCode: true,
    areaCodeGeomatch: true,
    validityPeriod: 36_000,
    usecase: "undeclared",
    ...changes,
  };
}

/** Somebody wants to write to `to`; nobody is busy and nobody refuses unless told. */
export function wishFor(to: string, changes: Partial<SenderWish> = {}): SenderWish {
  return {
    accountSid: ACCOUNT,
    serviceSid: SERVICE,
    to,
    mms: false,
    segments: 1,
    backlogSeconds: () => 0,
    refuses: () => false,
    ...changes,
  };
}

const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: (other) => Promise.resolve(username === other),
    }),
};

type RequestOptions<TData> = Parameters<typeof twilio.RequestClient.prototype.request<TData>>[0];

/** Hands the official SDK's requests to a server of this process, without sockets. */
class InjectingClient extends twilio.RequestClient {
  private readonly server: HttpServer;

  constructor(server: HttpServer) {
    super();
    this.server = server;
  }

  override async request<TData>(options: RequestOptions<TData>) {
    const { uri, username = "", password = "", headers = {}, params, data } = options;
    const method = options.method.toUpperCase();
    const query = new URLSearchParams(params as Record<string, string> | undefined).toString();
    const isJson = headers["Content-Type"] === "application/json";
    const form = isJson ? JSON.stringify(data) : new URLSearchParams(data as Record<string, string>).toString();
    const answer = await this.server.inject({
      method,
      url: query === "" ? uri : `${uri}?${query}`,
      auth: { username, password },
      headers: { "Content-Type": headers["Content-Type"] ?? "application/x-www-form-urlencoded" },
      ...(method === "POST" ? { body: form } : {}),
    });
    const body = answer.body === "" ? "" : (JSON.parse(answer.body) as unknown);
    return { statusCode: answer.status, body, headers: answer.headers } as never;
  }
}

/** One program with the services module in it. */
export interface Program {
  readonly module: ServicesModule;
  readonly numbers: SampleNumbers;
  readonly clock: ManualClock;
  readonly cell: Cell;
  /** The official SDK as an account. */
  client(accountSid: string): ReturnType<typeof twilio>;
  get(
    url: string,
  ): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }>;
  /** The same database and log, found by a program that starts anew. */
  restart(): Promise<Program>;
  stop(): Promise<void>;
}

/** Starts the program on an empty database. */
export async function startProgram(options: Partial<ServicesOptions> = {}): Promise<Program> {
  const postgres = await startTestPostgres();
  const world = { database: postgres.database, stop: postgres.stop, disk: memoryDisk(), numbers: new SampleNumbers() };
  const program = await programOn(world, options);
  return program;
}

interface World {
  readonly database: Database;
  readonly stop: () => Promise<void>;
  readonly disk: ReturnType<typeof memoryDisk>;
  readonly numbers: SampleNumbers;
}

async function programOn(world: World, options: Partial<ServicesOptions>): Promise<Program> {
  const { database, numbers, disk } = world;
  const clock = new ManualClock(Date.UTC(2025, 0, 31, 12));
  const minter = new SidMinter(() => clock.nowMs(), randomBytes);
  const module = servicesModule({
    database,
    clock,
    logger: silentLogger,
    mintSid: (prefix) => minter.mint(prefix),
    numbers,
    cell: () => cell,
    fileKey: randomBytes(32),
    ...options,
  });
  await migrate(database, module.migrations);
  const log = await openMemoryLog(disk, clock);
  const cell = new Cell({
    name: "services-1",
    log,
    clock,
    logger: silentLogger,
    machines: [module.machine],
    projectedOffsets: new Map(),
  });
  await cell.recover();
  await module.directory.reload();
  const { routes, mounts } = module;
  const server = new HttpServer({ clock, logger: silentLogger, minter, authenticator, routes, mounts });
  return {
    module,
    numbers,
    clock,
    cell,
    client: (accountSid) => twilio(accountSid, "secret", { httpClient: new InjectingClient(server) }),
    get: (url) => server.inject({ method: "GET", url }),
    restart: async () => {
      await cell.close();
      await log.close();
      return programOn(world, options);
    },
    stop: world.stop,
  };
}
