import type { Carrier } from "../../../src/modules/messaging/index.ts";
import { TokenBucket } from "../../../src/platform/queue/index.ts";
import type { PlannedCarrier } from "./geography.ts";
import type { Journal } from "./journal.ts";
import type { MortalClock, TurnClock } from "./turn-clock.ts";

type Listener = Parameters<Carrier["start"]>[0];
type Submission = Parameters<Carrier["submit"]>[0];
export type SubmitOutcome = Parameters<Parameters<Carrier["submit"]>[1]>[0];

/** What a carrier can be. `black-hole` keeps its connections and answers nothing. */
export type Conduct = "well" | "down" | "black-hole" | "errors";

/** The share of submits that a carrier of conduct `errors` refuses. */
const ERROR_SHARE = 0.3;
const RESPONSE_TIMEOUT_MS = 30_000;
/** What a carrier takes at once beyond its rate: half a second's worth. */
const BURST_SECONDS = 0.5;
/** What may be submitted without an answer is what fits into so many usual latencies. */
const WINDOW_LATENCIES = 3;
const SMALLEST_WINDOW = 4;
/** The rates that the cells of a carrier are set to add up to so many times what it takes, so that one may use what another leaves. */
const SHARED_RATES = 1.5;
/** Addresses are digits for carriers. */
const PLUS = 1;

/** A receipt on its way, and the message that it is for. */
interface HeldReceipt {
  readonly serial: number;
  readonly receipt: Parameters<Listener["onReceipt"]>[0];
}

/** What is the same for all of a fleet's carriers. */
export interface Outside {
  readonly clock: TurnClock;
  readonly journal: Journal;
  readonly random: () => number;
}

/** A carrier as the world has it: one capacity, whoever submits, and a conduct that changes. */
export class OutsideCarrier {
  readonly plan: PlannedCarrier;
  conduct: Conduct = "well";
  private readonly outside: Outside;
  private readonly bucket: TokenBucket;
  private readonly latencyMs: number;
  private readonly receiptMs: number;
  private readonly binds = new Set<FleetBind>();
  /** Receipts that nobody took yet, by cell. */
  private readonly held = new Map<number, HeldReceipt[]>();
  private lastId = 0;

  constructor(plan: PlannedCarrier, outside: Outside) {
    this.plan = plan;
    this.outside = outside;
    const { clock, random } = outside;
    this.bucket = new TokenBucket(
      plan.perSecond,
      clock.nowMs(),
      Math.max(SMALLEST_WINDOW, plan.perSecond * BURST_SECONDS),
    );
    this.latencyMs = 20 + 100 * random();
    this.receiptMs = 200 + 800 * random();
  }

  /** Connects one cell, for the life of its process. */
  connect(cell: number, clock: MortalClock): FleetBind {
    const perSecond = ratesOf(this.plan);
    const window = Math.max(SMALLEST_WINDOW, Math.ceil((perSecond * this.latencyMs * WINDOW_LATENCIES) / 1_000));
    const bind = new FleetBind(this, { cell, perSecond, window, clock, journal: this.outside.journal });
    this.binds.add(bind);
    return bind;
  }

  disconnect(bind: FleetBind): void {
    this.binds.delete(bind);
  }

  /** The carrier fails or recovers. */
  change(conduct: Conduct): void {
    const wasUp = this.conduct !== "down";
    this.conduct = conduct;
    if (wasUp !== (conduct !== "down")) for (const bind of this.binds) bind.linkChanged(conduct !== "down");
    if (conduct === "well") for (const bind of this.binds) this.giveHeld(bind);
  }

  /** What a cell submitted, when it has come here. */
  take(bind: FleetBind, serial: number, { from, to }: Submission): SubmitOutcome | undefined {
    const { clock, journal, random } = this.outside;
    if (this.conduct === "black-hole") {
      journal.taken(serial, this.plan.index);
      journal.stranded(serial);
      return undefined;
    }
    if (this.conduct === "errors" && random() < ERROR_SHARE) {
      return { kind: "refused", verdict: "other-route", errorCode: 30008, status: "ESME_RSUBMITFAIL" };
    }
    if (this.bucket.available(clock.nowMs()) < 1) {
      return { kind: "refused", verdict: "throttle", errorCode: 30008, status: "ESME_RTHROTTLED" };
    }
    this.bucket.take(1);
    journal.taken(serial, this.plan.index);
    this.lastId += 1;
    const id = `${this.plan.index}.${this.lastId}`;
    const receipt = { id, result: "delivered", from: from.slice(PLUS), to: to.slice(PLUS) } as const;
    const jitterMs = Math.min(1_000, -Math.log(1 - random()) * 150);
    clock.at(clock.monotonicMs() + this.latencyMs + this.receiptMs + jitterMs, () =>
      this.give(bind, { serial, receipt }),
    );
    return { kind: "accepted", id };
  }

  /** A carrier keeps the receipts for a client that is away, and its own while it is in trouble. */
  private give(bind: FleetBind, held: HeldReceipt): void {
    const isSilent = this.conduct === "down" || this.conduct === "black-hole";
    if (!isSilent && bind.receipt(held)) return;
    this.outside.journal.stranded(held.serial);
    const list = this.held.get(bind.cell);
    if (list === undefined) this.held.set(bind.cell, [held]);
    else list.push(held);
  }

  giveHeld(bind: FleetBind): void {
    const list = this.held.get(bind.cell);
    if (list === undefined) return;
    this.held.delete(bind.cell);
    for (const held of list) this.give(bind, held);
  }

  /** How long a submit and its answer are on their way. */
  tripMs(): number {
    return this.latencyMs - Math.log(1 - this.outside.random()) * 10;
  }
}

/** The rate that each cell of a carrier is set to. */
export function ratesOf({ perSecond, cells }: PlannedCarrier): number {
  return Math.min(perSecond, (perSecond * SHARED_RATES) / cells.length);
}

interface BindOptions {
  readonly cell: number;
  readonly perSecond: number;
  readonly window: number;
  readonly clock: MortalClock;
  readonly journal: Journal;
}

interface Open {
  readonly serial: number;
  readonly done: (outcome: SubmitOutcome) => void;
}

/** A carrier as one process of a cell sees it. */
export class FleetBind implements Carrier {
  readonly name: string;
  readonly prefixes: readonly string[] = [];
  readonly priority = 0;
  readonly messagesPerSecond: number;
  up: boolean;
  private readonly outside: OutsideCarrier;
  private readonly options: BindOptions;
  private readonly open = new Set<Open>();
  private listener: Listener | undefined;

  constructor(outside: OutsideCarrier, options: BindOptions) {
    this.outside = outside;
    this.options = options;
    this.name = outside.plan.name;
    this.messagesPerSecond = options.perSecond;
    this.up = outside.conduct !== "down";
  }

  get cell(): number {
    return this.options.cell;
  }

  capacity(): number {
    return this.up ? this.options.window - this.open.size : 0;
  }

  countParts(): number {
    return 1;
  }

  submit(submission: Submission, done: (outcome: SubmitOutcome) => void): void {
    const { clock, journal } = this.options;
    const serial = journal.submitted(submission.sid);
    if (!this.up) return done({ kind: "not-sent", reason: "not-bound" });
    const open: Open = { serial, done };
    this.open.add(open);
    const outcome = this.outside.take(this, serial, submission);
    clock.after(outcome === undefined ? RESPONSE_TIMEOUT_MS : this.outside.tripMs(), () => {
      if (!this.open.delete(open)) return;
      const known = outcome ?? { kind: "unknown", reason: "timeout" };
      journal.answered(serial, known);
      done(known);
      this.listener?.onCapacity();
    });
  }

  /** Takes a receipt; false where nobody listens any more. */
  receipt({ serial, receipt }: HeldReceipt): boolean {
    const { listener } = this;
    listener?.onReceipt(receipt, (durable) => {
      if (durable) this.options.journal.delivered(serial);
    });
    return listener !== undefined;
  }

  linkChanged(up: boolean): void {
    this.up = up;
    for (const open of this.open) {
      this.open.delete(open);
      const outcome: SubmitOutcome = { kind: "unknown", reason: "disconnected" };
      this.options.journal.answered(open.serial, outcome);
      this.options.journal.stranded(open.serial);
      open.done(outcome);
    }
    this.listener?.onCapacity();
  }

  start(listener: Listener): void {
    this.listener = listener;
    this.outside.giveHeld(this);
  }

  /** The process is gone. */
  cut(): void {
    this.listener = undefined;
    for (const { serial } of this.open) this.options.journal.stranded(serial);
    this.open.clear();
    this.outside.disconnect(this);
  }

  status(): ReturnType<Carrier["status"]> {
    return { name: this.name, type: "simulated", up: this.up, binds: [] };
  }

  close(): Promise<void> {
    this.cut();
    return Promise.resolve();
  }
}
