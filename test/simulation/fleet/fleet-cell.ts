import { MemoryBlobStore } from "../../../src/adapters/memory/index.ts";
import { draftMessage, messagingModule, type MessagingModule } from "../../../src/modules/messaging/index.ts";
import { TableRouter, type CompiledTable } from "../../../src/modules/routing/index.ts";
import { Cell } from "../../../src/platform/cell/index.ts";
import { emptyDatabase } from "../../kit/routes.ts";
import { silentLogger } from "../../kit/silent-logger.ts";
import { DelayedLog } from "./delayed-log.ts";
import { Journal, LANES } from "./journal.ts";
import type { FleetBind, OutsideCarrier } from "./outside-carrier.ts";
import { MortalClock, type TurnClock } from "./turn-clock.ts";

/** As the projection does it, without a database behind it. */
const PROJECT_EVERY_MS = 250;
const PROJECT_ROWS = 100_000;
const BODY = "Your code is 493817. It is valid for ten minutes.";

type ModuleOptions = Parameters<typeof messagingModule>[0];

/** A message as a customer sends it. */
export interface Outgoing {
  readonly account: string;
  readonly from: string;
  readonly to: string;
  readonly lane: number;
}

export interface FleetCellOptions {
  readonly index: number;
  readonly clock: TurnClock;
  readonly table: CompiledTable;
  readonly carriers: readonly OutsideCarrier[];
  /** Whether the cell will be killed, so that its log must be kept. */
  readonly isMortal: boolean;
  /** Mints SIDs of what is no message. */
  readonly mintOther: () => string;
}

/** What lives and dies with one process. */
interface Life {
  readonly clock: MortalClock;
  readonly module: MessagingModule;
  readonly cell: Cell;
  readonly binds: readonly FleetBind[];
}

/** A messaging cell as it runs, machine, dispatcher, health and router and all, with a log and carriers of the simulation. */
export class FleetCell {
  readonly log: DelayedLog;
  /** Decides as the cell would if it knew of no trouble. */
  readonly usualRouter: TableRouter;
  private readonly router: TableRouter;
  private readonly options: FleetCellOptions;
  private life: Life | undefined;
  private nextSid = "";
  /** What customers were not answered yet: they send it again when the cell dies. */
  private readonly unanswered = new Map<number, Outgoing>();
  /** Breakers that opened, over all lives. */
  breakerOpenings = 0;
  private readonly unusable = new Set<string>();

  constructor(options: FleetCellOptions) {
    this.options = options;
    this.log = new DelayedLog(options.clock, { keeps: options.isMortal });
    const configured = new Set(options.carriers.map(({ plan }) => plan.name));
    const routing = { clock: options.clock, configured, loadTable: () => Promise.resolve(undefined) };
    this.router = new TableRouter(options.table, routing);
    this.usualRouter = new TableRouter(options.table, routing);
  }

  get isAlive(): boolean {
    return this.life !== undefined;
  }

  private get alive(): Life {
    if (this.life === undefined) throw new Error("the cell is dead");
    return this.life;
  }

  /** Starts a process on the log as it is. */
  async open(): Promise<void> {
    const { clock: world, index, carriers } = this.options;
    const clock = new MortalClock(world);
    const binds = carriers.map((carrier) => carrier.connect(index, clock));
    const module = messagingModule({
      database: emptyDatabase,
      blobs: new MemoryBlobStore(),
      clock,
      logger: silentLogger,
      numbers,
      carriers: binds,
      mintSid: () => this.nextSid || this.options.mintOther(),
      fetchUrl: () => Promise.resolve({ failed: 11200, text: "there is no web here" }),
      accountStatus: () => Promise.resolve("active"),
      publicUrl: () => "https://sms.example.org/",
      callbackEvents: "final",
      router: this.router,
      isOperator: () => true,
    });
    const cell = new Cell({
      name: `messaging-${index}`,
      log: this.log,
      clock,
      logger: silentLogger,
      machines: module.machines,
      projectedOffsets: new Map(),
      checkpointEveryOctets: Infinity,
    });
    module.attach(cell);
    await cell.recover();
    this.life = { clock, module, cell, binds };
    module.start();
    this.project();
  }

  /** Lets go of what is done, as the projection to PostgreSQL does. */
  private project(): void {
    const { clock, module } = this.alive;
    const { projections } = module as unknown as { readonly projections: readonly Projected[] };
    for (const { table, evict, evicted } of projections) {
      const batch = table.takeDirty(PROJECT_ROWS);
      table.settleDirty();
      for (const [key, value] of batch) {
        if (value !== undefined && evict?.(value) === true && table.evict(key)) evicted?.(value);
      }
    }
    this.countBreakers();
    clock.after(PROJECT_EVERY_MS, () => this.project());
  }

  /** Counts what became unusable for another reason than a lost connection since it was looked last. */
  private countBreakers(): void {
    for (const [name, health] of this.alive.module.health().carriers) {
      const isOpen = health.reason === "breaker" || health.reason === "stalled";
      if (isOpen && !this.unusable.has(name)) this.breakerOpenings += 1;
      if (isOpen) this.unusable.add(name);
      else this.unusable.delete(name);
    }
  }

  /** A customer's message is accepted. */
  send(serial: number, message: Outgoing): void {
    const { module, cell } = this.alive;
    this.nextSid = Journal.sidOf(serial);
    const record = draftMessage(module.deps, {
      accountSid: message.account,
      direction: "outbound-api",
      from: message.from,
      to: message.to,
      body: BODY,
      trafficClass: LANES[message.lane],
    });
    this.nextSid = "";
    this.unanswered.set(serial, message);
    cell.commitThen(record, "new-work", (error) => {
      if (error !== undefined) throw error;
      this.unanswered.delete(serial);
    });
  }

  /** The process is killed. Returns what it had not answered for. */
  kill(): ReadonlyMap<number, Outgoing> {
    const { clock, binds } = this.alive;
    clock.die();
    for (const bind of binds) bind.cut();
    this.log.cut();
    this.life = undefined;
    const unanswered = new Map(this.unanswered);
    this.unanswered.clear();
    return unanswered;
  }
}

interface Projected {
  readonly table: {
    takeDirty(limit: number): Map<string, object | undefined>;
    settleDirty(): void;
    evict(key: string): boolean;
  };
  readonly evict?: (value: object) => boolean;
  readonly evicted?: (value: object) => void;
}

const numbers: ModuleOptions["numbers"] = {
  sender: () => ({ mms: false, kind: "local" }),
  inboundText: () => undefined,
  applicationStatusCallback: () => undefined,
};
