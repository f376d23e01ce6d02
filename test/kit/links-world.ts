import assert from "node:assert/strict";
import { ManualClock } from "../../src/adapters/memory/index.ts";
import { migrate, type PooledDatabase } from "../../src/adapters/postgres/index.ts";
import { qrCodes } from "../../src/adapters/qr-codes/index.ts";
import { SidMinter } from "../../src/kernel/ids.ts";
import { linksModule, type LinksModule, type LinksOptions } from "../../src/modules/links/index.ts";
import {
  Cell,
  Projection,
  projectionMigration,
  readProjectedOffsets,
  type CellRecord,
  type Fact,
  type Machine,
} from "../../src/platform/cell/index.ts";
import { HttpServer, type HttpRequest, type InjectedResponse } from "../../src/platform/http/index.ts";
import type { LinkIndex, LinkIndexChange } from "../../src/platform/links/index.ts";
import type { Log } from "../../src/platform/log/index.ts";
import { SecretBox } from "../../src/platform/secrets/index.ts";
import type { AlertRaised, WebhookRequested } from "../../src/platform/webhooks/index.ts";
import { memoryDisk, openMemoryLog, seeded, settle, type SimulatedFiles } from "./memory-log.ts";
import { silentLogger } from "./silent-logger.ts";

export const ACCOUNT = `AC${"a".repeat(32)}`;
export const STRANGER = `AC${"f".repeat(32)}`;
export const OPERATOR = `AC${"0".repeat(32)}`;
export const SERVICE = `MG${"5".repeat(32)}`;
export const DOMAIN = "go.example.com";
export const PHONE_AGENT =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
const CELL = "messaging-1";

/** An index in memory, which a test can lose. */
export class MemoryLinkIndex implements LinkIndex {
  identity: string | undefined = undefined;
  readonly entries = new Map<string, string>();

  get size(): number {
    return this.entries.size;
  }

  get(key: Uint8Array): string | undefined {
    return this.entries.get(Buffer.from(key).toString("latin1"));
  }

  write(changes: readonly LinkIndexChange[]): Promise<void> {
    for (const [key, value] of changes) {
      const name = Buffer.from(key).toString("latin1");
      if (value === undefined) this.entries.delete(name);
      else this.entries.set(name, value);
    }
    return Promise.resolve();
  }

  clear(): Promise<void> {
    this.entries.clear();
    this.identity = undefined;
    return Promise.resolve();
  }

  begin(identity: string): Promise<void> {
    this.identity = identity;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

type Overrides = Partial<Omit<LinksOptions, "database" | "clock" | "cell">>;

/** JSON of an answer, whose fields the tests look at. */
// eslint-disable-next-line typescript/no-explicit-any -- checked by the tests
export type Answer = any;

/** What a visitor sees. */
export interface Seen {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A cell with the module in it, over a disk in memory, an index and a database that outlive
 * it, on a clock of its own.
 */
export class LinksWorld {
  readonly index: LinkIndex;
  readonly clock = new ManualClock(Date.UTC(2025, 5, 15, 12, 30));
  readonly dns = new Map<string, string[]>();
  readonly files = new Map<string, string>();
  readonly addresses = new Map<string, string[]>();
  readonly webhooks: WebhookRequested[] = [];
  readonly alerts: AlertRaised[] = [];
  readonly secrets = new SecretBox(new Uint8Array(32).fill(7));
  disk: SimulatedFiles = memoryDisk();
  module!: LinksModule;
  cell!: Cell;
  log!: Log;
  projection!: Projection;
  private readonly database: PooledDatabase;
  private readonly overrides: Overrides;
  private readonly minter: SidMinter;

  private constructor(database: PooledDatabase, overrides: Overrides) {
    this.database = database;
    this.overrides = overrides;
    this.index = overrides.index ?? new MemoryLinkIndex();
    const random = seeded(1);
    const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
    this.minter = new SidMinter(() => this.clock.nowMs(), bytes);
  }

  static async open(database: PooledDatabase, overrides: Overrides = {}): Promise<LinksWorld> {
    const world = new LinksWorld(database, overrides);
    await world.start();
    return world;
  }

  /** Starts a process on disk, index and database as they are. */
  async start(): Promise<void> {
    const { clock, database } = this;
    this.module = linksModule({
      database,
      clock,
      logger: silentLogger,
      cell: CELL,
      cellNumber: 1,
      net: { resolve: (name) => Promise.resolve(this.addresses.get(name) ?? []) },
      secrets: this.secrets,
      randomBytes: (count) => new Uint8Array(count).fill(9),
      mintSid: (prefix) => this.minter.mint(prefix),
      index: this.index,
      dns: { texts: (name) => Promise.resolve(this.dns.get(name) ?? []) },
      fetchText: (url) => Promise.resolve(this.files.get(url)),
      qrCodes,
      isOperator: (sid) => sid === OPERATOR,
      isService: (account, service) => account === ACCOUNT && service.startsWith("MG"),
      rules: {
        ownership: "required",
        reservedHosts: ["sms.example.org"],
        targets: [],
        needsCertificates: false,
        allowSelfSigned: false,
      },
      durability: "sync",
      ...this.overrides,
    });
    await migrate(database, [projectionMigration, ...this.module.migrations]);
    this.log = await openMemoryLog(this.disk, clock);
    const projectedOffsets = await readProjectedOffsets(database, CELL);
    const machines = [this.module.machine, this.listener()];
    this.cell = new Cell({ name: CELL, log: this.log, clock, logger: silentLogger, machines, projectedOffsets });
    this.module.attach(this.cell);
    await this.module.open();
    await this.cell.recover();
    const tables = this.module.projections;
    this.projection = new Projection({ cell: this.cell, database, clock, logger: silentLogger, tables });
    this.projection.start();
  }

  /** Hears what is told, once: a replay tells again. Takes the record by which messaging makes links. */
  private listener(): Machine {
    return {
      name: "listener",
      tables: [],
      reducers: {
        "test.links": (record: { facts: Fact[] }, context) => record.facts.forEach((fact) => context.emit(fact)),
      },
      listeners: {
        "webhook.requested": (fact: WebhookRequested, context) => context.effect(() => this.webhooks.push(fact)),
        "alert.raised": (fact: AlertRaised, context) => context.effect(() => this.alerts.push(fact)),
      },
    };
  }

  /** The process dies, and another one starts on what the disk has. */
  async crash(): Promise<void> {
    this.disk.crashed = true;
    this.disk = this.disk.afterPowerCut();
    await this.start();
  }

  /** As messaging's reducer does. */
  async tell(...facts: Fact[]): Promise<void> {
    await this.cell.commit({ kind: "test.links", facts } as CellRecord);
  }

  /** A request of the API. */
  call(
    method: string,
    path: string,
    more: { body?: Record<string, string | string[]> | string; as?: string; product?: string } = {},
  ): Promise<InjectedResponse> {
    const server = new HttpServer({
      clock: this.clock,
      logger: silentLogger,
      minter: { mint: (prefix) => `${prefix}0` },
      authenticator: {
        authenticate: ({ username }) =>
          Promise.resolve({
            accountSid: username,
            status: "active",
            credential: "token",
            canAccess: () => Promise.resolve(false),
          }),
      },
      routes: this.module.routes,
    });
    const host = path.startsWith("/trunkline") ? "api.twilio.com" : "messaging.twilio.com";
    const { body, as = ACCOUNT } = more;
    const headers = typeof body === "string" ? { "Content-Type": "application/json" } : {};
    return server.inject({
      method,
      url: `https://${host}${path}`,
      headers,
      ...(body === undefined ? {} : { body }),
      auth: { username: as, password: "x" },
    });
  }

  /** A call of the API that is taken, and its answer. */
  async ask(method: string, path: string, more: Parameters<LinksWorld["call"]>[2] = {}): Promise<Answer> {
    const answer = await this.call(method, path, more);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.body}`);
    return answer.body === "" ? undefined : JSON.parse(answer.body);
  }

  /** Somebody opens an address. */
  async visit(
    url: string,
    more: { method?: string; headers?: Record<string, string>; body?: string; peer?: string } = {},
  ): Promise<Seen> {
    const { method = "GET", headers = { "user-agent": PHONE_AGENT }, body = "", peer = "192.0.2.1" } = more;
    const [, host = "", path = "/"] = /^https?:\/\/([^/]+)(.*)$/.exec(url) ?? [];
    const request: HttpRequest = {
      method,
      target: path === "" ? "/" : path,
      headers: { host, ...headers },
      scheme: "https",
      peer,
      readBody: () => Promise.resolve(Buffer.from(body)),
    };
    const api = { dispatch: () => Promise.resolve({ status: 599, headers: [], body: "the API" }) };
    const answer = await this.module
      .through({ ...api, reject: () => ({ status: 500, headers: [] }) })
      .dispatch(request);
    const fields: Record<string, string> = {};
    for (let i = 0; i < answer.headers.length; i += 2) {
      fields[(answer.headers[i] ?? "").toLowerCase()] = answer.headers[i + 1] ?? "";
    }
    return {
      status: answer.status,
      location: fields["location"],
      body: typeof answer.body === "string" ? answer.body : "",
      headers: fields,
    };
  }

  /** A verified domain of the account, which the service uses. */
  async domain(name = DOMAIN, as = ACCOUNT): Promise<{ readonly sid: string; readonly name: string }> {
    const made = await this.ask("POST", "/trunkline/v1/LinkDomains", { body: { DomainName: name }, as });
    const { proof } = made as { proof: { dns: { name: string; value: string } } };
    this.dns.set(proof.dns.name, [proof.dns.value]);
    const verified = await this.ask("POST", `/trunkline/v1/LinkDomains/${made.sid}/Verification`, { as });
    assert.equal(verified.status, "verified");
    return { sid: made.sid as string, name };
  }

  /** Lets everything be written down that nobody waited for. */
  async rest(): Promise<void> {
    await settle();
    await this.log.flush();
    await settle();
  }

  async close(): Promise<void> {
    await this.module.close();
    await this.projection.close();
    await this.cell.close();
  }
}
