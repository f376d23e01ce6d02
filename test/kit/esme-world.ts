import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { systemNet } from "../../src/adapters/system/index.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { esmeModule, type EsmeModule } from "../../src/modules/esme/index.ts";
import type { CellRecord } from "../../src/platform/cell/index.ts";
import type { Clock, Database, Net, Row, ServerCertificate } from "../../src/platform/ports.ts";
import { SecretBox } from "../../src/platform/secrets/index.ts";
import { SmppClient } from "../../src/platform/smpp/index.ts";
import type { DeliveryPdu, Outcome, RequestName, SmppClientOptions } from "../../src/platform/smpp/index.ts";
import { readReceipt, type PduBodyInput } from "../../src/protocols/smpp/index.ts";
import { MemoryNet } from "./memory-net.ts";
import { ACCOUNT, MessagingWorld, NUMBER, PHONE, type WorldOptions } from "./messaging-world.ts";
import { ScriptedCarrier } from "./scripted-carrier.ts";
import { silentLogger } from "./silent-logger.ts";

export const SYSTEM_ID = "tlcustomer1";
export const PASSWORD = "secret12";
const CREDENTIAL_SID = `EM${"1".repeat(32)}`;

type EsmeOptions = Parameters<typeof esmeModule>[0];

export interface EsmeWorldOptions {
  readonly limits?: EsmeOptions["limits"];
  /** The net that it listens on; one in memory where absent. */
  readonly net?: Net;
  /** With it there is a TLS port too. */
  readonly certificate?: () => ServerCertificate;
}

const LIMITS: EsmeOptions["limits"] = { fallbackAfterMs: 60_000, maxAgeMs: 86_400_000 };

/** A row of `smpp_credentials`; what is not given is what the API would set. */
export interface CredentialRow extends Row {
  sid: string;
  account_sid: string;
  system_id: string;
  digest: string;
}

/** A client of the world, with what it was told. */
export interface Customer {
  readonly client: SmppClient;
  /** What came by deliver_sm, in order. */
  readonly deliveries: DeliveryPdu[];
  /** The status that deliver_sm is answered with; `undefined` leaves it unanswered. */
  answer: number | undefined;
  states: string[];
  /** The status that refused the last bind. */
  refusedWith: number | undefined;
}

/** A messaging cell with SMPP for customers in front of it, all in memory and on one clock. */
export class EsmeWorld {
  readonly net = new MemoryNet();
  readonly secrets = new SecretBox(new Uint8Array(32).fill(3));
  readonly rows: CredentialRow[] = [];
  readonly messaging: MessagingWorld;
  accountStatus: "active" | "suspended" | "closed" = "active";
  port = 0;
  tlsPort = 0;
  private module: EsmeModule | undefined;
  private readonly options: EsmeWorldOptions;
  /** The clock of whichever process runs. */
  readonly clock: Clock = {
    nowMs: () => this.messaging.timeMs,
    monotonicMs: () => this.messaging.clock.monotonicMs(),
    after: (delayMs, run) => this.messaging.clock.after(delayMs, run),
  };

  private constructor(options: WorldOptions, esme: EsmeWorldOptions) {
    this.options = esme;
    this.messaging = new MessagingWorld({ ...options, machines: () => [this.build().machine] });
    this.addCredential({});
  }

  static async start(options: WorldOptions = {}, esme: EsmeWorldOptions = {}): Promise<EsmeWorld> {
    const world = new EsmeWorld(options, esme);
    await world.open();
    return world;
  }

  get esme(): EsmeModule {
    assert.ok(this.module !== undefined, "the process runs");
    return this.module;
  }

  /** Adds a row that the next look at the database finds. */
  addCredential(row: Partial<CredentialRow> & { readonly password?: string }): void {
    const { password = PASSWORD, ...given } = row;
    const sid = given.sid ?? CREDENTIAL_SID;
    const at = new Date(0);
    this.rows.push({
      sid,
      account_sid: ACCOUNT,
      system_id: SYSTEM_ID,
      friendly_name: "",
      digest: this.secrets.digest(password, sid),
      max_binds: 3,
      request_window: 50,
      messages_per_second: 1_000,
      allowed_cidrs: [],
      receipt_fallback_url: null,
      inbound: true,
      traffic_class: "transactional",
      default_alphabet: "gsm7",
      long_texts: "udh",
      created_at: at,
      updated_at: at,
      ...given,
    });
  }

  /** A text comes in for the account, for its binds; the webhook of its number where `url` is given. */
  async textIn(text: string, url?: string): Promise<string> {
    const sid = this.messaging.mintSid("SM");
    const route = { accountSid: ACCOUNT, method: "POST", ...(url === undefined ? {} : { url }) };
    const arrived = { kind: "message.arrived", sid, carrier: "north", from: PHONE, to: NUMBER, text, toBind: true };
    const record: CellRecord = Object.assign(arrived, { encoding: "GSM-7", route });
    await this.messaging.cell.commit(record, "progress");
    await this.settle();
    return sid;
  }

  /** Changes the first credential. */
  changeCredential(change: Partial<CredentialRow>): void {
    const updated = new Date(this.clock.nowMs());
    this.rows[0] = { ...(this.rows[0] as CredentialRow), updated_at: updated, ...change };
  }

  private build(): EsmeModule {
    const rows = <R extends Row>(): Promise<R[]> => Promise.resolve([...this.rows] as unknown as R[]);
    const database: Database = {
      query: (sql, values) => (sql.includes("sid > $1") && values?.[0] === "" ? rows() : Promise.resolve([])),
      transaction: () => Promise.reject(new Error("nothing is written here")),
    };
    this.module = esmeModule({
      database,
      clock: this.clock,
      net: this.options.net ?? this.net,
      logger: silentLogger,
      mintSid: (prefix) => this.messaging.mintSid(prefix),
      randomBytes: (count) => new Uint8Array(count),
      secrets: this.secrets,
      authenticator: {
        authenticate: ({ username, password }) =>
          Promise.resolve(
            username === ACCOUNT && password === "token"
              ? { accountSid: ACCOUNT, status: "active", credential: "token", canAccess: () => Promise.resolve(true) }
              : undefined,
          ),
      },
      accounts: {
        authToken: () => Promise.resolve("token"),
        status: () => Promise.resolve(this.accountStatus),
        mainOf: (sid) => Promise.resolve(sid),
        knownMainOf: (sid) => sid,
        canAccess: () => Promise.resolve(true),
      },
      messaging: () => this.messaging.deps,
      maxBindsPerAccount: 5,
      limits: this.options.limits ?? LIMITS,
      server: {
        host: this.options.net === undefined ? "memory" : "127.0.0.1",
        port: 0,
        tlsPort: this.options.certificate === undefined ? undefined : 0,
        certificate: this.options.certificate,
        systemId: "trunkline",
        maxConnections: 20,
        enquireLinkMs: 0,
        inactivityMs: 0,
        responseMs: 10_000,
      },
    });
    return this.module;
  }

  /** Starts a process on the disk as it is. */
  async open(): Promise<void> {
    await this.messaging.open();
    this.esme.attach(this.messaging.cell);
    const ports = await this.esme.start();
    this.port = ports.port ?? 0;
    this.tlsPort = ports.tlsPort ?? 0;
    await this.settle();
  }

  /** The process is killed, and another one started. Clients are gone. */
  async restart(powerCut = false): Promise<void> {
    await this.messaging.crash(powerCut);
    for (const connection of this.net.dialled) connection.destroy();
    await this.open();
  }

  async settle(): Promise<void> {
    await turns(12);
    await this.messaging.settle();
    await turns(12);
  }

  async advance(ms: number): Promise<void> {
    await this.settle();
    await this.messaging.advance(ms);
    await this.settle();
  }

  /** A client that binds, or tries to. */
  async bind(options: Partial<SmppClientOptions> = {}): Promise<Customer> {
    const customer: Customer = {
      deliveries: [],
      answer: 0,
      states: [],
      refusedWith: undefined,
      client: new SmppClient({
        net: this.net,
        clock: this.clock,
        log: silentLogger,
        host: "memory",
        port: this.port,
        systemId: SYSTEM_ID,
        password: PASSWORD,
        bind: "transceiver",
        window: 100,
        timers: { enquireLinkMs: 0, responseMs: 20_000 },
        onState: (state) => {
          customer.states.push(state.name);
          if (state.name === "waiting" && state.cause.kind === "bind-refused")
            customer.refusedWith = state.cause.status;
        },
        onDeliver: (pdu, respond) => {
          customer.deliveries.push(pdu);
          if (customer.answer !== undefined) respond(customer.answer);
        },
        ...options,
      }),
    };
    customer.client.start();
    await this.settle();
    return customer;
  }

  /** A client unbinds and is gone. */
  async leave({ client }: Customer): Promise<void> {
    const stopped = client.stop(0);
    await this.advance(1);
    await stopped;
    await this.settle();
  }

  /** Makes a request and resolves to its outcome. */
  async request<C extends RequestName>(
    { client }: Customer,
    command: C,
    body: PduBodyInput[C],
  ): Promise<Outcome<C> | undefined> {
    let outcome: Outcome<C> | undefined;
    client.request(command, body, (given) => {
      outcome = given;
    });
    await this.settle();
    return outcome;
  }

  /** Submits, and resolves to the message id or the status that refused it. */
  async submit(customer: Customer, body: PduBodyInput["submit_sm"] = {}): Promise<string | number> {
    return idOf(await this.request(customer, "submit_sm", submission(body)));
  }

  async close(): Promise<void> {
    await this.esme.close();
    await this.messaging.close();
  }
}

const TICK_MS = 5;

/**
 * A world on real sockets, whose clock follows the real one, with a carrier that takes and
 * delivers everything. It ends with the test.
 */
export async function esmeOnSockets(t: TestContext, options: EsmeWorldOptions = {}): Promise<EsmeWorld> {
  const carrier = new ScriptedCarrier();
  carrier.script = () => {
    const accepted = carrier.accept();
    setImmediate(() => void carrier.receipt({ id: accepted.id }));
    return accepted;
  };
  const world = await EsmeWorld.start({ carriers: [carrier] }, { net: systemNet, ...options });
  const ticking = setInterval(() => world.messaging.clock.advance(TICK_MS), TICK_MS);
  t.after(async () => {
    await world.close();
    clearInterval(ticking);
  });
  return world;
}

/** A submit_sm from the account's number to the phone. */
export function submission(body: PduBodyInput["submit_sm"] = {}): PduBodyInput["submit_sm"] {
  return {
    source_addr_ton: 1,
    source_addr_npi: 1,
    source_addr: NUMBER.slice(1),
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr: PHONE.slice(1),
    registered_delivery: 1,
    short_message: Buffer.from("hello"),
    ...body,
  };
}

/** The message id of a response, or its status. */
export function idOf(outcome: Outcome | undefined): string | number {
  if (outcome?.kind !== "response") throw new AppError(NO_ANSWER, {}, { internal: JSON.stringify(outcome) });
  const body = outcome.body as { message_id?: string } | undefined;
  return outcome.status === 0 ? (body?.message_id ?? "") : outcome.status;
}

const NO_ANSWER = { code: 0, status: 500, fault: "unknown", retry: "never", message: "there is no answer" } as const;

/** The receipts among what a customer was given. */
export function receiptsOf({ deliveries }: Customer): { id: string; state: string; errorCode?: string }[] {
  return deliveries.flatMap(({ body }) => {
    const receipt = readReceipt(body);
    if (receipt === undefined) return [];
    const { id, state, errorCode } = receipt;
    return [{ id, state, ...(errorCode === undefined || errorCode === "000" ? {} : { errorCode }) }];
  });
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
