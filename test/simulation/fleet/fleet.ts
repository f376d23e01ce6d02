import { createHash } from "node:crypto";
import { compileTable, partsOf, UNKNOWN_HEALTH, type RouteRequest } from "../../../src/modules/routing/index.ts";
import { seeded } from "../../kit/memory-log.ts";
import { FleetCell, type Outgoing } from "./fleet-cell.ts";
import {
  FOREIGN_SHARE,
  phoneIn,
  planFleet,
  tableOf,
  type Country,
  type FleetSize,
  type Plan,
  type Terms,
} from "./geography.ts";
import { Journal, LANES } from "./journal.ts";
import { OutsideCarrier, type Conduct } from "./outside-carrier.ts";
import { TurnClock } from "./turn-clock.ts";

/** Shares of urgent, transactional and marketing messages. */
const LANE_SHARES = [0.2, 0.5, 0.3] as const;
const ACCOUNTS_A_CELL = 20;
const SENDERS_AN_ACCOUNT = 5;
/** What all messages of a run may be more than the rate says. */
const ROOM = 1.1;

export interface FleetOptions {
  readonly seed: number;
  readonly size: FleetSize;
  /** How long the run can be. */
  readonly seconds: number;
  /** Equals where absent. */
  readonly terms?: Terms;
  /** The cell that will be killed. */
  readonly mortalCell?: number;
  /** Messages beside the rate. */
  readonly extra?: number;
}

/** A message that waits outside, because the cell of its account is dead. */
interface Waiting {
  readonly serial: number;
  readonly message: Outgoing;
}

/** Many cells and carriers, and the traffic that goes over them, in virtual time and by one seed. */
export class Fleet {
  readonly plan: Plan;
  readonly clock = new TurnClock();
  readonly journal: Journal;
  readonly carriers: readonly OutsideCarrier[];
  readonly cells: FleetCell[] = [];
  private readonly options: FleetOptions;
  /** Traffic, carriers and choices have each their own, so that the traffic is the same whatever becomes of it. */
  private readonly random: () => number;
  private readonly chance: () => number;
  private readonly waiting: Waiting[][] = [];
  /** For each cell, sums of its countries' shares, to draw one. */
  private readonly draws: { readonly sums: readonly number[]; readonly countries: readonly Country[] }[];
  private readonly foreign: { readonly sums: readonly number[]; readonly countries: readonly Country[] };
  private readonly byName: ReadonlyMap<string, number>;
  private lastOther = 0;
  private isSending = false;

  private constructor(options: FleetOptions) {
    this.options = options;
    const { size, seed, seconds, extra = 0 } = options;
    this.random = seeded(seed);
    this.chance = seeded(seed + 2);
    this.plan = planFleet(size);
    this.journal = new Journal(this.clock, Math.ceil(size.rate * seconds * ROOM) + extra);
    const outside = { clock: this.clock, journal: this.journal, random: seeded(seed + 1) };
    this.carriers = this.plan.carriers.map((plan) => new OutsideCarrier(plan, outside));
    this.byName = new Map(this.plan.carriers.map(({ name, index }) => [name, index]));
    this.draws = this.plan.homes.map((countries) => drawOf(countries));
    this.foreign = drawOf(this.plan.countries);
  }

  static async start(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(options);
    await fleet.open();
    return fleet;
  }

  private async open(): Promise<void> {
    const { plan, clock } = this;
    const table = await compileTable({
      parts: partsOf(tableOf(plan, this.options.terms ?? "equals")),
      version: 1,
      hash: sha256(),
      pause: () => Promise.resolve(),
    });
    for (let index = 0; index < plan.size.cells; index += 1) {
      const cell = new FleetCell({
        index,
        clock,
        table,
        carriers: this.carriers.filter((carrier) => carrier.plan.cells.includes(index)),
        isMortal: index === this.options.mortalCell,
        mintOther: () => `ZZ${String((this.lastOther += 1)).padStart(32, "0")}`,
      });
      this.cells.push(cell);
      this.waiting.push([]);
      await cell.open();
    }
  }

  /** Lets the traffic come, until {@link stop}. */
  begin(): void {
    this.isSending = true;
    this.tick();
  }

  stop(): void {
    this.isSending = false;
  }

  private tick(): void {
    if (!this.isSending) return;
    // As many as fall into one millisecond by chance (Knuth's method for Poisson's law).
    const limit = Math.exp(-this.plan.size.rate / 1_000);
    for (let product = this.random(); product > limit; product *= this.random()) this.arrive();
    this.clock.after(1, () => this.tick());
  }

  private arrive(): void {
    const { random } = this;
    const cell = Math.floor(random() * this.cells.length);
    const isForeign = random() < FOREIGN_SHARE;
    const country = draw(isForeign ? this.foreign : (this.draws[cell] as Fleet["foreign"]), random());
    const account = Math.floor(random() * ACCOUNTS_A_CELL);
    const lane = laneOf(random());
    this.send({ cell, country, account, lane });
  }

  /** A customer sends one message. */
  send(asked: { cell: number; country: Country; account: number; lane: number }): void {
    const { cell: index, country, account, lane } = asked;
    const cell = this.cells[index] as FleetCell;
    const serial = this.journal.asked({ lane, cell: index, country: country.index, account, usual: -1 });
    const message = {
      account: `AC${String(index * ACCOUNTS_A_CELL + account).padStart(32, "0")}`,
      from: `+1500555${String(1_000 + (serial % SENDERS_AN_ACCOUNT))}`,
      to: phoneIn(country, serial),
      lane,
    };
    this.journal.usual[serial] = this.usualCarrier(cell, message);
    if (cell.isAlive) cell.send(serial, message);
    else (this.waiting[index] as Waiting[]).push({ serial, message });
  }

  /** Where the message would go if nothing were known of any carrier. */
  private usualCarrier(cell: FleetCell, message: Outgoing): number {
    const request: RouteRequest = {
      accountSid: message.account,
      from: message.from,
      to: message.to,
      senderKind: "local",
      trafficClass: LANES[message.lane] ?? "transactional",
      encoding: "GSM-7",
      segments: 1,
    };
    const [name = ""] = cell.usualRouter.decide(request, UNKNOWN_HEALTH).ranking;
    return this.byName.get(name) ?? -1;
  }

  /** Lets time pass. */
  async run(seconds: number): Promise<void> {
    await this.clock.runUntil(this.clock.monotonicMs() + seconds * 1_000);
  }

  change(carriers: readonly number[], conduct: Conduct): void {
    for (const index of carriers) (this.carriers[index] as OutsideCarrier).change(conduct);
  }

  /** Kills a cell; its customers wait, and send again what was not answered. */
  kill(index: number): void {
    const unanswered = (this.cells[index] as FleetCell).kill();
    for (const [serial, message] of unanswered) (this.waiting[index] as Waiting[]).push({ serial, message });
  }

  /** Starts a dead cell again; what its customers could not send meanwhile comes at once. */
  async revive(index: number): Promise<void> {
    const cell = this.cells[index] as FleetCell;
    await cell.open();
    for (const { serial, message } of (this.waiting[index] as Waiting[]).splice(0)) cell.send(serial, message);
  }

  /** Breakers that opened since the start, over all cells. */
  get breakerOpenings(): number {
    return this.cells.reduce((sum, cell) => sum + cell.breakerOpenings, 0);
  }

  /** Octets and records in the logs of all cells, for each message. */
  get logPerMessage(): { readonly octets: number; readonly records: number } {
    const sum = (of: (cell: FleetCell) => number): number =>
      this.cells.reduce((total, cell) => total + of(cell), 0) / this.journal.count;
    return { octets: sum(({ log }) => log.octets), records: sum(({ log }) => log.records) };
  }

  /** A random choice of carriers. */
  choose(count: number, from: readonly number[]): number[] {
    const pool = [...from];
    return Array.from({ length: count }, () => pool.splice(Math.floor(this.chance() * pool.length), 1)[0] as number);
  }
}

function drawOf(countries: readonly Country[]): Fleet["foreign"] {
  let sum = 0;
  return { countries, sums: countries.map(({ share }) => (sum += share)) };
}

function draw({ sums, countries }: Fleet["foreign"], fraction: number): Country {
  const wanted = fraction * (sums.at(-1) as number);
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sums[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return countries[low] as Country;
}

function laneOf(fraction: number): number {
  if (fraction < LANE_SHARES[0]) return 0;
  return fraction < LANE_SHARES[0] + LANE_SHARES[1] ? 1 : 2;
}

function sha256(): { update(text: string): void; digest(): string } {
  const hash = createHash("sha256");
  return { update: (text) => void hash.update(text), digest: () => hash.digest("hex") };
}
