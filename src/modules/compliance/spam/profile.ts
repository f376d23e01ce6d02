/** What is usual for an account. Learned by the hour, of messages that nobody objected to, and never quickly. */
export interface Baseline {
  /** Messages in a busy hour. */
  perHour: number;
  /** The share of messages with a template that the account had not used before. */
  newTemplates: number;
  /** The share of messages to recipients that it had not written to before. */
  strangers: number;
  /** Messages without objection, and hours that had some. */
  clean: number;
  cleanHours: number;
  /** The first of them; 0 before. */
  sinceMs: number;
  /** Objections; they fade by half in a week. */
  strikes: number;
  strikesMs: number;
}

const HOUR_MS = 3_600_000;
const STRIKE_HALF_LIFE_MS = 7 * 24 * HOUR_MS;
/** Hours with fewer messages teach nothing of shares. */
const MIN_SAMPLE = 5;
/** What an hour may change: a flood of an hour raises the usual volume by a quarter, a share by a 20th. */
const MAX_GROWTH = 1.25;
const MIN_GROWTH = 20;
const MAX_SHARE_STEP = 0.05;
const LEARN = 0.2;
const FORGET = 0.02;
/** Trust needs both: so many messages, in so many different hours, over so long. */
const TRUST_MESSAGES = 300;
const TRUST_HOURS = 24;
const TRUST_MS = 3 * 24 * HOUR_MS;
const RECENT = 16;
/** Recipients that lie so near one another are called a sequence. */
const NEAR_NUMBERS = 20;
const SEQUENCE_LEARN = 1 / 16;

/** A template or a domain that became the account's own, kept so that a restart does not forget it. */
export interface OwnThing {
  /** A template's signature, or a domain. */
  readonly name: string;
  readonly firstMs: number;
}

/** The most of each that are kept of an account. */
export const MAX_OWN = 16;

export function newBaseline(): Baseline {
  return {
    perHour: 0,
    newTemplates: 0.2,
    strangers: 0.5,
    clean: 0,
    cleanHours: 0,
    sinceMs: 0,
    strikes: 0,
    strikesMs: 0,
  };
}

/** An account's habits: its baseline, this hour, and the last recipients. */
export class Profile {
  readonly accountSid: string;
  readonly hash: number;
  readonly baseline: Baseline;
  hour = -1;
  messages = 0;
  newTemplates = 0;
  strangers = 0;
  objections = 0;
  lastMs = 0;
  /** The share of recent messages whose recipient's number is next to another recent one's. */
  sequential = 0;
  /** Whether the last recipient was one of those. */
  isNear = false;
  isChanged = false;
  templates: OwnThing[] = [];
  domains: OwnThing[] = [];
  private readonly recent = new Float64Array(RECENT);
  private at = 0;

  constructor(accountSid: string, hash: number, baseline: Baseline) {
    this.accountSid = accountSid;
    this.hash = hash;
    this.baseline = baseline;
  }

  /** Begins a new hour where it is time, and learns of the last. */
  turn(nowMs: number): void {
    const hour = Math.floor(nowMs / HOUR_MS);
    this.lastMs = Math.max(this.lastMs, nowMs);
    if (hour <= this.hour) return;
    if (this.hour >= 0) this.learn();
    this.hour = hour;
    this.messages = 0;
    this.newTemplates = 0;
    this.strangers = 0;
    this.objections = 0;
  }

  /** How much the account has earned, 0 to 1. */
  trust(nowMs: number): number {
    const { clean, cleanHours, sinceMs } = this.baseline;
    if (sinceMs === 0) return 0;
    const earned =
      Math.min(1, clean / TRUST_MESSAGES) *
      Math.min(1, cleanHours / TRUST_HOURS) *
      Math.min(1, Math.max(0, nowMs - sinceMs) / TRUST_MS);
    return earned / (1 + this.strikesAt(nowMs) / 20);
  }

  /** Counts a recipient's number. */
  address(number: number): void {
    let isNear = false;
    let isKnown = false;
    for (let at = 0; at < RECENT; at += 1) {
      const distance = Math.abs((this.recent[at] ?? 0) - number);
      if (distance === 0) isKnown = true;
      else if (distance <= NEAR_NUMBERS) isNear = true;
    }
    this.isNear = isNear;
    // Writing to one recipient again says nothing of the others.
    if (isKnown) return;
    this.sequential += ((isNear ? 1 : 0) - this.sequential) * SEQUENCE_LEARN;
    this.recent[this.at] = number;
    this.at = (this.at + 1) % RECENT;
  }

  /** A message that nobody objected to. */
  passed(nowMs: number): void {
    const { baseline } = this;
    if (baseline.sinceMs === 0) baseline.sinceMs = nowMs;
    baseline.clean += 1;
    this.isChanged = true;
  }

  objected(nowMs: number): void {
    this.objections += 1;
    this.baseline.strikes = this.strikesAt(nowMs) + 1;
    this.baseline.strikesMs = nowMs;
    this.isChanged = true;
  }

  /** Keeps what became the account's own; the oldest gives way. */
  keep(what: "templates" | "domains", thing: OwnThing): void {
    this[what] = [...this[what].filter(({ name }) => name !== thing.name), thing].slice(-MAX_OWN);
    this.isChanged = true;
  }

  private strikesAt(nowMs: number): number {
    const { strikes, strikesMs } = this.baseline;
    return strikes === 0 ? 0 : strikes * 2 ** (-Math.max(0, nowMs - strikesMs) / STRIKE_HALF_LIFE_MS);
  }

  private learn(): void {
    const { baseline, messages } = this;
    const passed = messages - this.objections;
    if (passed <= 0) return;
    this.isChanged = true;
    baseline.cleanHours += 1;
    const most = Math.max(baseline.perHour * MAX_GROWTH, baseline.perHour + MIN_GROWTH);
    if (passed > baseline.perHour) baseline.perHour = Math.min(passed, most);
    else baseline.perHour += (passed - baseline.perHour) * FORGET;
    // An hour with objections teaches nothing of shares: its other messages may be of the same kind.
    if (messages < MIN_SAMPLE || this.objections > 0) return;
    baseline.newTemplates = stepped(baseline.newTemplates, this.newTemplates / messages);
    baseline.strangers = stepped(baseline.strangers, this.strangers / messages);
  }
}

function stepped(before: number, sample: number): number {
  const step = (sample - before) * LEARN;
  return before + Math.max(-MAX_SHARE_STEP, Math.min(MAX_SHARE_STEP, step));
}
