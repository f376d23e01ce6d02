import type { MessageChanged } from "../../src/platform/insight/index.ts";
import { seededRandom } from "./seeded-random.ts";

/** A change of a message, and when its record was written. */
export interface TimedFact {
  readonly fact: MessageChanged;
  readonly atMs: number;
}

/** What the messages are like. */
export interface FactTerms {
  readonly seed: number;
  readonly accounts: number;
  readonly carriers?: number;
  readonly countries?: number;
  readonly sendersAnAccount?: number;
  readonly recipients?: number;
  /** Times of new messages are spread evenly from here … */
  readonly startMs: number;
  /** … over so long. */
  readonly spanMs: number;
}

const COUNTRIES = ["US", "GB", "DE", "FR", "ES", "IN", "BR", "MX", "CA", "AU", "NL", "SE", "IT", "PL", "JP", "KR"];
const ERRORS = [30003, 30005, 30007, 30008, 30034, 21610];
const CARRIERS = Array.from({ length: 64 }, (_, number) => `carrier-${number}`);
const CURRENCIES = ["USD", "USD", "USD", "EUR"];

/** The SID of the account with a number. */
export function accountOf(number: number): string {
  return `AC${number.toString(16).padStart(32, "0")}`;
}

/** Changes of messages as a cell would tell them, in the order of time: about 3.6 for each message. The same for a seed. */
export function messageFacts(messages: number, terms: FactTerms): TimedFact[] {
  const random = seededRandom(terms.seed);
  const facts: TimedFact[] = [];
  for (let number = 0; number < messages; number += 1) {
    lifeOf(number, terms.startMs + (number * terms.spanMs) / messages, { terms, random, facts });
  }
  return facts.sort((a, b) => a.atMs - b.atMs);
}

interface Scene {
  readonly terms: FactTerms;
  readonly random: () => number;
  readonly facts: TimedFact[];
}

function lifeOf(number: number, startMs: number, { terms, random, facts }: Scene): void {
  const { accounts, carriers = 8, countries = 12, sendersAnAccount = 3, recipients = 100_000 } = terms;
  const pick = (below: number): number => Math.floor(random() * below);
  // Few accounts send most.
  const account = Math.floor(accounts * random() ** 3);
  const sender = `+1500${String(account).padStart(7, "0")}${pick(sendersAnAccount)}`;
  const person = `+4477${String(pick(recipients)).padStart(8, "0")}`;
  const country = COUNTRIES[pick(countries)] as string;
  const acceptedMs = Math.floor(startMs);
  const segments = 1 + pick(3);
  const sid = `SM${number.toString(16).padStart(32, "0")}`;
  const currency = CURRENCIES[account % CURRENCIES.length] as string;
  const base = { kind: "message.changed", sid, accountSid: accountOf(account), segments, country, acceptedMs } as const;
  const carrier = CARRIERS[pick(carriers)] as string;
  if (random() < 0.1) {
    const price = { priceMicros: 7_500, currency };
    const text = { direction: "inbound", status: "received", from: person, to: sender, carrier } as const;
    facts.push({ atMs: acceptedMs, fact: shaped({ ...base, ...text, ...price }) });
    return;
  }
  const text = { ...base, direction: "outbound", from: sender, to: person } as const;
  let atMs = acceptedMs;
  let before: string | undefined;
  const change = (status: string, more: Partial<MessageChanged> = {}): void => {
    facts.push({
      atMs: Math.floor(atMs),
      fact: shaped({ ...text, status, ...(before === undefined ? {} : { before }), ...more }),
    });
    before = status;
  };
  const due = random() < 0.05 ? { dueMs: acceptedMs + 1_000 + pick(600_000) } : {};
  if (due.dueMs !== undefined) {
    change("scheduled", due);
    atMs = due.dueMs;
    if (random() < 0.1) return change("canceled", due);
  }
  change("queued", due);
  const given = { ...due, carrier, priceMicros: 7_900 * segments, currency };
  if (random() < 0.03) return change("failed", { ...due, errorCode: ERRORS[pick(ERRORS.length)] as number });
  atMs += 5 + random() * 50;
  change("sending", { ...due, carrier });
  atMs += 20 + 400 * random() ** 4;
  if (random() < 0.8) change("sent", given);
  atMs += 200 + 20_000 * random() ** 6;
  const end = random();
  if (end < 0.9) change("delivered", given);
  else if (end < 0.95) change("undelivered", { ...given, errorCode: ERRORS[pick(ERRORS.length)] as number });
}

/** All facts of one shape, as messaging tells them. */
function shaped(fact: MessageChanged): MessageChanged {
  return {
    kind: "message.changed",
    sid: fact.sid,
    accountSid: fact.accountSid,
    direction: fact.direction,
    status: fact.status,
    before: fact.before,
    errorCode: fact.errorCode,
    from: fact.from,
    to: fact.to,
    segments: fact.segments,
    country: fact.country,
    carrier: fact.carrier,
    acceptedMs: fact.acceptedMs,
    dueMs: fact.dueMs,
    priceMicros: fact.priceMicros,
    currency: fact.currency,
  };
}
