import assert from "node:assert/strict";
import { MemoryBlobStore, ManualClock } from "../../src/adapters/memory/index.ts";
import { SidMinter } from "../../src/kernel/ids.ts";
import {
  createMessage,
  messagingModule,
  type CreateMessageInput,
  type MessagingModule,
} from "../../src/modules/messaging/index.ts";
import { Cell, type ApplyContext, type Fact, type Machine } from "../../src/platform/cell/index.ts";
import type { Log } from "../../src/platform/log/index.ts";
import type { CostIncurred } from "../../src/platform/spending/index.ts";
import type { Database } from "../../src/platform/ports.ts";
import type { AlertRaised, WebhookRequested } from "../../src/platform/webhooks/index.ts";
import { memoryDisk, openMemoryLog, seeded, settle, type SimulatedFiles } from "./memory-log.ts";
import { emptyDatabase, routerOf } from "./routes.ts";
import { ScriptedCarrier } from "./scripted-carrier.ts";
import { silentLogger } from "./silent-logger.ts";

export { emptyDatabase };

export const ACCOUNT = `AC${"a".repeat(32)}`;
export const FOREIGN = `AC${"f".repeat(32)}`;
export const APPLICATION = `AP${"b".repeat(32)}`;
export const NUMBER = "+15005550100";
export const PHONE = "+447700900123";
/** One of many phones, so that messages do not wait for each other as those of one conversation do. */
export const phone = (n: number): string => `+4477009${String(n).padStart(5, "0")}`;

export const CALLBACK = "https://example.org/status";
const SMS_URL = "https://example.org/sms";

type ModuleOptions = Parameters<typeof messagingModule>[0];

export interface WorldOptions {
  readonly carriers?: readonly ScriptedCarrier[];
  readonly callbackEvents?: ModuleOptions["callbackEvents"];
  readonly limits?: ModuleOptions["limits"];
  readonly rates?: ModuleOptions["rates"];
  readonly parking?: ModuleOptions["parking"];
  readonly inboundBinds?: ModuleOptions["inboundBinds"];
  readonly textRouting?: ModuleOptions["textRouting"];
  readonly schedule?: ModuleOptions["schedule"];
  readonly accepts?: ModuleOptions["accepts"];
  readonly accountStatus?: ModuleOptions["accountStatus"];
  readonly traces?: number;
  readonly timeline?: NonNullable<ModuleOptions["timeline"]>;
  /** The modules beside messaging, made anew for each process. */
  readonly neighbours?: (world: MessagingWorld) => Neighbours;
  readonly database?: Database;
  readonly seed?: number;
  /** The offsets that the projections of a test stored. */
  readonly projectedOffsets?: () => ReadonlyMap<string, number>;
  readonly machines?: (world: MessagingWorld) => readonly Machine[];
}

/** Ports of messaging, and the machines behind them. */
export interface Neighbours extends Pick<ModuleOptions, "services" | "compliance" | "spending" | "prices" | "links"> {
  readonly machines: readonly Machine[];
}

/** What lives and dies with one process. */
interface Life {
  readonly clock: ManualClock;
  readonly module: MessagingModule;
  readonly cell: Cell;
  readonly log: Log;
}

/**
 * A messaging cell over a disk in memory, with scripted carriers, on a clock of its own.
 * Carriers and disk outlive a crash; the facts that the cell told are kept by where they
 * stand in the log, and a replay that tells other ones than the first time fails.
 */
export class MessagingWorld {
  readonly carriers: readonly ScriptedCarrier[];
  readonly carrier: ScriptedCarrier;
  files: SimulatedFiles;
  private readonly options: WorldOptions;
  private readonly minter: SidMinter;
  private readonly told = new Map<string, Fact>();
  private nowMs = Date.UTC(2025, 0, 31, 12);
  private life: Life | undefined;

  constructor(options: WorldOptions = {}) {
    this.options = options;
    this.carriers = options.carriers ?? [new ScriptedCarrier()];
    this.carrier = this.carriers[0] as ScriptedCarrier;
    this.files = memoryDisk(options.seed ?? 1);
    const random = seeded(options.seed ?? 1);
    const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
    this.minter = new SidMinter(() => this.timeMs, bytes);
  }

  static async start(options: WorldOptions = {}): Promise<MessagingWorld> {
    const world = new MessagingWorld(options);
    await world.open();
    return world;
  }

  /** A world on the disk of this one, which must have crashed, with other options. */
  with(options: WorldOptions): MessagingWorld {
    assert.equal(this.life, undefined, "the process is gone");
    const other = new MessagingWorld({ carriers: this.carriers, ...options, seed: (this.options.seed ?? 1) + 1 });
    other.files = this.files;
    other.nowMs = this.nowMs;
    return other;
  }

  private get alive(): Life {
    assert.ok(this.life !== undefined, "the cell is open");
    return this.life;
  }

  get clock(): ManualClock {
    return this.alive.clock;
  }

  /** The time, also while no process runs. */
  get timeMs(): number {
    return this.life?.clock.nowMs() ?? this.nowMs;
  }

  get cell(): Cell {
    return this.alive.cell;
  }

  get deps(): MessagingModule["deps"] {
    return this.alive.module.deps;
  }

  get module(): MessagingModule {
    return this.alive.module;
  }

  get state(): MessagingModule["deps"]["state"] {
    return this.deps.state;
  }

  mintSid(prefix: string): string {
    return this.minter.mint(prefix);
  }

  /** Starts a process on the disk as it is. */
  async open(): Promise<void> {
    const clock = new ManualClock(this.nowMs);
    const { limits, rates, parking, inboundBinds, textRouting, schedule, accepts, traces, timeline } = this.options;
    const { machines: neighbourMachines, ...ports } = this.options.neighbours?.(this) ?? { machines: [] };
    const module = messagingModule({
      database: this.options.database ?? emptyDatabase,
      blobs: new MemoryBlobStore(),
      clock,
      logger: silentLogger,
      numbers,
      carriers: this.carriers,
      mintSid: (prefix) => this.minter.mint(prefix),
      fetchUrl: () => Promise.resolve({ failed: 11200, text: "there is no web here" }),
      accountStatus: this.options.accountStatus ?? (() => Promise.resolve("active")),
      ...ports,
      ...(traces === undefined ? {} : { traces }),
      ...(timeline === undefined ? {} : { timeline }),
      ...(schedule === undefined ? {} : { schedule }),
      ...(accepts === undefined ? {} : { accepts }),
      publicUrl: () => "https://sms.example.org/",
      callbackEvents: this.options.callbackEvents ?? "all",
      router: await routerOf(this.carriers, clock),
      isOperator: (sid) => sid === ACCOUNT,
      ...(limits === undefined ? {} : { limits }),
      ...(rates === undefined ? {} : { rates }),
      ...(parking === undefined ? {} : { parking }),
      ...(inboundBinds === undefined ? {} : { inboundBinds }),
      ...(textRouting === undefined ? {} : { textRouting }),
    });
    const log = await openMemoryLog(this.files, clock);
    const cell = new Cell({
      name: "messaging-1",
      log,
      clock,
      logger: silentLogger,
      machines: [...module.machines, ...neighbourMachines, this.recorder(), ...(this.options.machines?.(this) ?? [])],
      projectedOffsets: this.options.projectedOffsets?.() ?? new Map(),
    });
    this.life = { clock, module, cell, log };
    module.attach(cell);
    await cell.recover();
    module.start();
    await this.settle();
  }

  private recorder(): Machine {
    let at = { offset: -1, count: 0 };
    const note = (fact: Fact, { offset }: ApplyContext): void => {
      at = at.offset === offset ? { offset, count: at.count + 1 } : { offset, count: 0 };
      const key = `${offset}.${at.count}`;
      const plain = JSON.parse(JSON.stringify(fact)) as Fact;
      const known = this.told.get(key);
      if (known === undefined) this.told.set(key, plain);
      else assert.deepEqual(plain, known, "a replay tells the same facts");
    };
    return {
      name: "recorder",
      tables: [],
      reducers: {},
      listeners: {
        "webhook.requested": note,
        "alert.raised": note,
        "cost.incurred": note,
        "charge.held": note,
        "charge.posted": note,
        "charge.released": note,
        "consent.changed": note,
        "link.created": note,
        "message.reported": note,
        "message.received": note,
        "message.changed": note,
      },
    };
  }

  /** All webhooks asked for since the beginning, each once. */
  get webhooks(): WebhookRequested[] {
    return [...this.told.values()].filter((fact) => fact.kind === "webhook.requested") as WebhookRequested[];
  }

  /** What carriers ask for, in order. */
  get costs(): CostIncurred[] {
    return this.facts("cost.incurred");
  }

  /** All facts of a kind since the beginning, each once, in order. */
  facts<F extends Fact>(kind: F["kind"]): F[] {
    return [...this.told.values()].filter((fact) => fact.kind === kind) as F[];
  }

  get alerts(): AlertRaised[] {
    return [...this.told.values()].filter((fact) => fact.kind === "alert.raised") as AlertRaised[];
  }

  /** The statuses that the callbacks of a message told, in order. */
  callbacks(sid: string): string[] {
    return this.webhooks
      .filter((webhook) => webhook.resourceSid === sid && webhook.purpose === "message.status")
      .map(({ params }) => params.find(([name]) => name === "MessageStatus")?.[1] ?? "");
  }

  /** The process is killed; with `powerCut` the machine is, and what was not synced is lost. */
  async crash(powerCut = false): Promise<void> {
    this.nowMs = this.clock.nowMs();
    this.files.crashed = true;
    // Whatever was already on its way out still leaves; nothing more becomes durable.
    await this.settle();
    this.files = powerCut ? this.files.afterPowerCut() : this.files.afterKill();
    for (const carrier of this.carriers) carrier.cut();
    this.life = undefined;
  }

  /** Kills the process and starts another one. */
  async restart(powerCut = false): Promise<void> {
    await this.crash(powerCut);
    await this.open();
  }

  /** Ends the process in an orderly way. */
  async close(): Promise<void> {
    this.nowMs = this.clock.nowMs();
    await this.module.close();
    await this.cell.close();
    for (const carrier of this.carriers) carrier.cut();
    this.life = undefined;
  }

  settle(): Promise<void> {
    return settle(4);
  }

  /** Lets time pass. */
  async advance(ms: number): Promise<void> {
    await this.settle();
    await this.clock.advanceSettling(ms);
    await this.settle();
  }

  /** Accepts a message and lets it be submitted as far as it can be. */
  async send(input: Partial<CreateMessageInput> = {}): Promise<string> {
    const { sid } = await createMessage(this.deps, {
      accountSid: ACCOUNT,
      direction: "outbound-api",
      to: PHONE,
      from: NUMBER,
      body: "hello",
      statusCallback: CALLBACK,
      ...input,
    });
    await this.settle();
    return sid;
  }

  /** A message in memory. */
  message(sid: string): Readonly<NonNullable<ReturnType<MessagingWorld["state"]["messages"]["get"]>>> {
    const message = this.state.messages.get(sid);
    assert.ok(message !== undefined, `${sid} is in memory`);
    return message;
  }

  status(sid: string): string {
    return this.message(sid).status;
  }

  /** The whole state, with the indexes, as plain data that can be compared. */
  dump(): unknown {
    const { state } = this;
    // Health is measured and not remembered: a new process begins a new snapshot.
    const tables = state.tables.flatMap((table) => {
      if (table.name === "carrier-health") return [];
      const entries = [...table.keys()].map((key): [string, unknown] => [key, table.get(key)]);
      return [[table.name, Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))] as const];
    });
    return JSON.parse(JSON.stringify({ tables: Object.fromEntries(tables), unknown: state.unknownCount }));
  }
}

const numbers: ModuleOptions["numbers"] = {
  sender: (accountSid, address) =>
    accountSid === ACCOUNT && (address === NUMBER || address === "55501")
      ? { mms: address === NUMBER, kind: address === NUMBER ? "local" : "shortcode" }
      : undefined,
  inboundText: (address) =>
    address === NUMBER || address === "55501" ? { accountSid: ACCOUNT, url: SMS_URL, method: "POST" } : undefined,
  applicationStatusCallback: (accountSid, sid) =>
    accountSid === ACCOUNT && sid === APPLICATION ? { url: "https://example.org/application" } : undefined,
};
