import type { SubmitOutcome } from "./outside-carrier.ts";
import type { TurnClock } from "./turn-clock.ts";

/** The three lanes, in the order of their urgency. */
export const LANES = ["urgent", "transactional", "marketing"] as const;

const NEVER = -1;
/** The last characters of a SID are the message's number. */
const SERIAL_DIGITS = 8;
const RADIX = 16;

/** How the last submit of a message ended. */
const LAST = { fresh: 0, throttled: 1, refused: 2, notSent: 3, unknown: 4 } as const;

/** A message as it was asked for. */
export interface Asked {
  readonly lane: number;
  readonly cell: number;
  readonly country: number;
  readonly account: number;
  /** The carrier that it would take in a fleet where all are well. */
  readonly usual: number;
}

/**
 * What happened to every message, in columns: one column of numbers for each fact, because
 * there are millions. Times are milliseconds of the simulation.
 */
export class Journal {
  readonly capacity: number;
  count = 0;
  readonly dueMs: Float64Array;
  /** When a carrier was given it last. */
  readonly submittedMs: Float64Array;
  readonly deliveredMs: Float64Array;
  readonly lane: Uint8Array;
  readonly cell: Uint8Array;
  readonly country: Uint8Array;
  readonly account: Uint16Array;
  readonly usual: Int16Array;
  /** The carrier that took it last, and how often any took it. */
  readonly taker: Int16Array;
  readonly takes: Uint8Array;
  /** A carrier had it when it failed, so that no other one may have it. */
  readonly isStranded: Uint8Array;
  readonly retries: Uint8Array;
  readonly throttles: Uint8Array;
  /** How the last submit of each ended, as {@link LAST}. */
  private readonly last: Uint8Array;
  private readonly clock: TurnClock;

  constructor(clock: TurnClock, capacity: number) {
    this.clock = clock;
    this.capacity = capacity;
    const times = (): Float64Array => new Float64Array(capacity).fill(NEVER);
    const counts = (): Uint8Array => new Uint8Array(capacity);
    this.dueMs = times();
    this.submittedMs = times();
    this.deliveredMs = times();
    this.lane = counts();
    this.cell = counts();
    this.country = counts();
    this.account = new Uint16Array(capacity);
    this.usual = new Int16Array(capacity).fill(NEVER);
    this.taker = new Int16Array(capacity).fill(NEVER);
    this.takes = counts();
    this.isStranded = counts();
    this.retries = counts();
    this.throttles = counts();
    this.last = counts();
  }

  /** Writes down a message that somebody wants to send now; returns its number. */
  asked(asked: Asked): number {
    const serial = this.count;
    if (serial >= this.capacity) throw new Error(`more than ${this.capacity} messages`);
    this.count += 1;
    this.dueMs[serial] = this.clock.monotonicMs();
    this.lane[serial] = asked.lane;
    this.cell[serial] = asked.cell;
    this.country[serial] = asked.country;
    this.account[serial] = asked.account;
    this.usual[serial] = asked.usual;
    return serial;
  }

  /** The SID of a message; SIDs sort as the messages were made. */
  static sidOf(serial: number): string {
    return `SM${serial.toString(RADIX).padStart(32, "0")}`;
  }

  static serialOf(sid: string): number {
    return Number.parseInt(sid.slice(-SERIAL_DIGITS), RADIX);
  }

  /** A cell gives the message to a carrier. */
  submitted(sid: string): number {
    const serial = Journal.serialOf(sid);
    this.submittedMs[serial] = this.clock.monotonicMs();
    const last = this.last[serial];
    if (last === LAST.refused || last === LAST.unknown) this.retries[serial] = (this.retries[serial] as number) + 1;
    return serial;
  }

  /** The carrier has it, whether it says so or not. */
  taken(serial: number, carrier: number): void {
    this.takes[serial] = (this.takes[serial] as number) + 1;
    this.taker[serial] = carrier;
  }

  stranded(serial: number): void {
    this.isStranded[serial] = 1;
  }

  answered(serial: number, outcome: SubmitOutcome): void {
    if (outcome.kind === "accepted") return;
    if (outcome.kind === "unknown") this.last[serial] = LAST.unknown;
    else if (outcome.kind === "not-sent") this.last[serial] = LAST.notSent;
    else if (outcome.verdict === "throttle") {
      this.last[serial] = LAST.throttled;
      this.throttles[serial] = (this.throttles[serial] as number) + 1;
    } else this.last[serial] = LAST.refused;
  }

  /** Whether a carrier had it when it failed, and nobody was told yet what became of it. */
  isUnknown(serial: number): boolean {
    return this.isStranded[serial] === 1 && this.deliveredMs[serial] === NEVER;
  }

  delivered(serial: number): void {
    this.deliveredMs[serial] = this.clock.monotonicMs();
  }
}
