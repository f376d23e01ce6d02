/** Messages made by calling the module. */
import { AppError } from "../../src/kernel/errors.ts";
import { createMessage, type MessagingDeps } from "../../src/modules/messaging/index.ts";
import { SENDER, accountOf, blockedSender, bodyOf, destinationOf, senderOf, spreadDestination } from "./addresses.ts";
import { monotonicMs } from "./monotonic.ts";

/** Who sends, and to whom. Without it one account and sender, to where the one carrier is. */
export type Traffic =
  | { readonly kind: "spread"; readonly accounts: number; readonly carriers: number }
  | { readonly kind: "blocked"; readonly senders: number; readonly carriers: number };

/** How messages are made. */
export interface ModuleLoadInput {
  readonly base: number;
  readonly count: number;
  /** So many at a time, each until it is accepted, or until its receipt is durable. */
  readonly inFlight: number;
  readonly until: "accepted" | "receipt";
  /** So many a second instead, whatever becomes of them. */
  readonly perSecond?: number;
  readonly traffic?: Traffic;
  /** What is refused is tried again after this, as a client does that is told to come back. */
  readonly retryMs?: number;
}

/** What a load came to. Times are of `monotonicMs`, by message. */
export interface ModuleLoad {
  readonly sentMs: Float64Array;
  readonly acceptedMs: Float64Array;
  /** Refused, and not tried again. */
  readonly refused: number;
  readonly retried: number;
  readonly refusal: string | undefined;
  readonly startMs: number;
  /** When the last message was answered, or with `receipt` when the last receipt was durable. */
  readonly endMs: number;
}

type Envelope = { readonly accountSid: string; readonly from: string; readonly to: string };

/** Makes messages; tell it of each durable receipt. */
export class ModuleMessages {
  private readonly deps: MessagingDeps;
  private onReceipt: () => void = () => {};

  constructor(deps: MessagingDeps) {
    this.deps = deps;
  }

  receipted(): void {
    this.onReceipt();
  }

  /** Resolves when each message has its answer, and in a closed loop until receipts also its receipt. */
  run(input: ModuleLoadInput): Promise<ModuleLoad> {
    const { count, inFlight, until, perSecond } = input;
    const load = new Load(this.deps, input);
    return new Promise((resolve) => {
      load.onDone = resolve;
      this.onReceipt = until === "receipt" ? () => load.receipted() : () => {};
      if (perSecond !== undefined) return load.startOpen(perSecond);
      for (let i = 0; i < Math.min(count, inFlight); i += 1) load.createNext();
    });
  }
}

class Load {
  onDone: (load: ModuleLoad) => void = () => {};
  private readonly deps: MessagingDeps;
  private readonly input: ModuleLoadInput;
  private readonly envelopeOf: (number: number) => Envelope;
  private readonly sentMs: Float64Array;
  private readonly acceptedMs: Float64Array;
  private readonly startMs = monotonicMs();
  private refused = 0;
  private retried = 0;
  private refusal: string | undefined;
  private next = 0;
  private answered = 0;
  private receipts = 0;

  constructor(deps: MessagingDeps, input: ModuleLoadInput) {
    this.deps = deps;
    this.input = input;
    this.envelopeOf = envelopes(input.traffic);
    this.sentMs = new Float64Array(input.count);
    this.acceptedMs = new Float64Array(input.count);
  }

  createNext(): void {
    if (this.input.perSecond === undefined && this.next < this.input.count) this.begin(monotonicMs());
  }

  startOpen(perSecond: number): void {
    const { count } = this.input;
    const timer = setInterval(() => {
      const due = Math.min(count, Math.floor(((monotonicMs() - this.startMs) * perSecond) / 1_000));
      // The time it was due counts, so that a stall is not hidden.
      while (this.next < due) this.begin(this.startMs + (this.next * 1_000) / perSecond);
      if (this.next === count) clearInterval(timer);
    }, 1);
  }

  receipted(): void {
    this.receipts += 1;
    this.createNext();
    this.finishIfDone();
  }

  private begin(atMs: number): void {
    const index = this.next;
    this.next += 1;
    this.sentMs[index] = atMs;
    void this.create(index);
  }

  private async create(index: number): Promise<void> {
    const { base, until, retryMs } = this.input;
    const number = base + index;
    const { accountSid, from, to } = this.envelopeOf(number);
    try {
      // As the doors do; it is known already nearly always.
      const unknown = this.deps.spending.prepare(accountSid);
      if (unknown !== undefined) await unknown;
      await createMessage(this.deps, { accountSid, direction: "outbound-api", to, from, body: bodyOf(number) });
      this.acceptedMs[index] = monotonicMs();
      if (until === "accepted") this.createNext();
    } catch (error) {
      this.refusal ??= reasonOf(error);
      if (retryMs !== undefined) {
        this.retried += 1;
        setTimeout(() => void this.create(index), retryMs);
        return;
      }
      this.refused += 1;
      this.createNext();
    }
    this.answered += 1;
    this.finishIfDone();
  }

  private finishIfDone(): void {
    const { count, until, perSecond } = this.input;
    if (this.answered < count) return;
    if (until === "receipt" && perSecond === undefined && this.receipts < count - this.refused) return;
    const { sentMs, acceptedMs, refused, retried, refusal, startMs } = this;
    this.onDone({ sentMs, acceptedMs, refused, retried, refusal, startMs, endMs: monotonicMs() });
  }
}

/** With what the operator would be told, where there is more. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof AppError && error.internal !== undefined
    ? `${error.message} (${error.internal})`
    : error.message;
}

function envelopes(traffic: Traffic | undefined): (number: number) => Envelope {
  const accountSid = accountOf(0);
  if (traffic === undefined) return (number) => ({ accountSid, from: SENDER, to: `+${destinationOf(number)}` });
  const { carriers } = traffic;
  if (traffic.kind === "blocked") {
    return (number) => ({
      accountSid,
      from: blockedSender(number % traffic.senders),
      to: spreadDestination(number, carriers),
    });
  }
  const accounts = Array.from({ length: traffic.accounts }, (_, index) => ({
    accountSid: accountOf(index),
    from: senderOf(index),
  }));
  return (number) => {
    // A whole round of carriers for each account, so that every account sends by every carrier.
    const account = accounts[Math.floor(number / carriers) % accounts.length] ?? { accountSid, from: SENDER };
    return { accountSid: account.accountSid, from: account.from, to: spreadDestination(number, carriers) };
  };
}
