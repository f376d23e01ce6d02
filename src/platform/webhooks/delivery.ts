import { assert, AssertionError } from "../../kernel/assert.ts";
import type { Cell, CellRecord } from "../cell/index.ts";
import type { Clock, Logger } from "../ports.ts";
import { Reports } from "../queue/index.ts";
import { HostGate } from "./host-gate.ts";
import type { WebhookJob, WebhookOutcome } from "./job.ts";
import { readOverrides } from "./overrides.ts";
import { ignoreAnswer, type Responder } from "./responder.ts";
import type { AttemptResult, Sender, SendRequest } from "./sender.ts";
import { failed, settled, type Done, type Failed, type Settlement } from "./settlement.ts";
import type { WebhooksSettled, WebhookState } from "./webhook-machine.ts";
import { tryOf, type WebhookTraces, type WebhookTry } from "./webhook-traces.ts";

const MAX_TWIML_REDIRECTS = 10;
/** So many ends of webhooks share a record; with the replies they ask for it stays far below the log's maximum. */
const SETTLE_BATCH = 50;
const COMMIT_RETRY_MS = 500;
const RETRY_BASE_MS = 200;
/** While it cannot be told what to sign with, the webhook is tried again this much later. */
const TOKEN_RETRY_MS = 1_000;
/** How long closing waits for what is under way. */
const DRAIN_MS = 2_000;

export interface DeliveryOptions {
  /** In this thread or in one of its own. */
  readonly sender: Sender;
  readonly state: WebhookState;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxInFlight: number;
  readonly maxInFlightPerHost: number;
  /** The token that an account's webhooks are signed with. */
  readonly authToken: (accountSid: string) => Promise<string | undefined>;
  /**
   * What an account pays for each request that is repeated because its own server did not answer
   * well; nothing where absent. Asked when a webhook is over; what it then says is in the record.
   */
  readonly repeatPrice?: (accountSid: string) => { readonly micros: number; readonly currency: string };
  /** Keeps what was sent and answered, to be looked at. */
  readonly traces?: WebhookTraces | undefined;
  /** Who reads the answers, by purpose; answers of other purposes are ignored. */
  readonly responders: () => Readonly<Record<string, Responder>>;
}

/** Requests of one webhook that are kept to be shown: a redirect may lead to eleven URLs, each with its repetitions. */
const MAX_TRACED_TRIES = 24;

const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const HASH = 0x23;
const NO_RECORDS: readonly CellRecord[] = [];

/**
 * Delivers the webhooks of a cell: in order for each order key, bounded for each host,
 * repeated as the URL's overrides say, then to the fallback URL. The end of a webhook and
 * what its answer asked for become durable together; after a crash in between, the
 * webhook is sent again with the same idempotency token.
 */
export class WebhookDelivery {
  private readonly options: DeliveryOptions;
  private readonly sender: Sender;
  private readonly gate: HostGate;
  /** Job ids by order key; the first is under way. */
  private readonly chains = new Map<string, string[]>();
  private readonly settlements: Reports<Settlement>;
  private cell: Cell | undefined;
  private stopped = false;
  private closed = false;
  private idle: (() => void) | undefined;
  private counts = { delivered: 0, failed: 0 };

  constructor(options: DeliveryOptions) {
    this.options = options;
    this.sender = options.sender;
    this.gate = new HostGate({
      clock: options.clock,
      maxInFlight: options.maxInFlight,
      maxInFlightPerHost: options.maxInFlightPerHost,
      run: (host, id) => this.deliver(host, id),
    });
    this.settlements = new Reports({
      clock: options.clock,
      retryMs: COMMIT_RETRY_MS,
      maxBatch: SETTLE_BATCH,
      commit: (_group, batch, done) => this.commit(batch, done),
    });
  }

  attach(cell: Cell): void {
    this.cell = cell;
  }

  /** For the operator: what waits, what is under way, and how it went since the start. */
  status(): { waiting: number; inFlight: number; delivered: number; failed: number } {
    return { waiting: this.options.state.jobs.size, inFlight: this.gate.inFlight, ...this.counts };
  }

  recovered(): void {
    for (const job of this.options.state.jobs.values()) this.queued(job);
  }

  queued(job: Readonly<WebhookJob>): void {
    const chain = this.chains.get(job.orderKey);
    if (chain !== undefined) {
      if (!chain.includes(job.id)) chain.push(job.id);
      return;
    }
    this.chains.set(job.orderKey, [job.id]);
    this.gate.enter(hostOf(job), job.id);
  }

  private deliver(host: string, id: string): void {
    const job = this.options.state.jobs.get(id);
    if (job === undefined) return this.leave(host, "not-asked");
    void this.options.authToken(job.accountSid).then(
      (authToken) => this.begin(host, job, authToken),
      (error: unknown) => {
        if (error instanceof AssertionError) throw error;
        this.postpone(host, job, error);
      },
    );
  }

  /**
   * What nearly all webhooks are takes the short way, without a promise: nobody reads the
   * answer, the URL has no overrides, and the first request is answered well.
   */
  private begin(host: string, job: Readonly<WebhookJob>, authToken: string | undefined): void {
    const { url, method, params } = job;
    const isPlain = authToken !== undefined && !url.includes("#") && this.responderOf(job) === undefined;
    if (!isPlain || this.gate.isOpen(host)) return void this.converseAndEnd(host, signedJob(job, authToken), undefined);
    const { clock, traces } = this.options;
    const startMs = clock.monotonicMs();
    const atMs = clock.nowMs();
    const leftMs = readOverrides(url).totalMs;
    const wantsTrace = traces?.wants(job) === true;
    const request = { webhookId: job.id, url, method, params, authToken, leftMs, wantsBody: false, wantsTrace };
    this.sender.send(request, (result) => {
      if (result.kind === "failed")
        return void this.converseAndEnd(host, signedJob(job, authToken), { result, startMs, atMs });
      const settlement = { orderKey: job.orderKey, outcome: { id: job.id, delivered: true }, records: NO_RECORDS };
      if (traces !== undefined && wantsTrace) {
        const one = tryOf({ url, method, isFallback: false }, result, {
          atMs,
          durationMs: clock.monotonicMs() - startMs,
        });
        traces.add(job, [one], settlement);
      }
      this.end(host, "up", settlement);
    });
  }

  private responderOf(job: Readonly<WebhookJob>): Responder | undefined {
    return this.options.responders()[job.purpose];
  }

  private async converseAndEnd(host: string, signed: SignedJob, first: FirstResult | undefined): Promise<void> {
    const { settlement, hostDown } = await this.run(signed, host, first);
    if (!this.isCutShort(settlement)) this.options.traces?.add(signed.job, signed.tries, settlement);
    this.end(host, hostDown === undefined ? "not-asked" : hostDown ? "down" : "up", this.billed(signed, settlement));
  }

  /**
   * Repetitions are billed with the end of the webhook, which is durable once: what was repeated
   * before a crash is not, because then all of it is sent again.
   */
  private billed({ job, repeats }: SignedJob, settlement: Settlement): Settlement {
    const price = repeats.count === 0 ? undefined : this.options.repeatPrice?.(job.accountSid);
    if (price === undefined || price.micros === 0) return settlement;
    const { count } = repeats;
    const { currency, micros } = price;
    return {
      ...settlement,
      outcome: { ...settlement.outcome, repeats: { count, currency, amountMicros: count * micros } },
    };
  }

  private end(host: string, outcome: "up" | "down" | "not-asked", settlement: Settlement): void {
    this.leave(host, outcome);
    if (this.isCutShort(settlement)) return;
    this.counts[settlement.outcome.delivered ? "delivered" : "failed"] += 1;
    this.settlements.add("all", settlement);
  }

  /** What failed while the program ends may have failed because of that; it is sent again after the next start. */
  private isCutShort({ outcome }: Settlement): boolean {
    return this.closed || (this.stopped && !outcome.delivered);
  }

  /** Nothing is known of the account, and the database cannot be asked. */
  private postpone(host: string, job: Readonly<WebhookJob>, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.options.logger.warn("webhook.postponed", { accountSid: job.accountSid, reason });
    this.leave(host, "not-asked");
    this.options.clock.after(TOKEN_RETRY_MS, () => this.gate.enter(host, job.id));
  }

  private leave(host: string, outcome: "up" | "down" | "not-asked"): void {
    this.gate.leave(host, outcome);
    if (this.gate.inFlight === 0) this.idle?.();
  }

  /** The primary URL with its repetitions, then the fallback with its own. */
  private async run(
    signed: SignedJob,
    host: string,
    given: FirstResult | undefined,
  ): Promise<{ settlement: Settlement; hostDown: boolean | undefined }> {
    const { job } = signed;
    const primary = { url: job.url, method: job.method, params: job.params, host, given };
    const first = await this.converse(signed, primary);
    if (first.kind === "done") return { settlement: settled(job, first), hostDown: false };
    const hostDown = first.hostDown;
    if (job.fallbackUrl === undefined || this.stopped) return { settlement: failed(job, first), hostDown };
    const params = [...job.params, ["ErrorCode", String(first.errorCode)], ["ErrorUrl", job.url]] as const;
    const second = await this.converse(signed, {
      url: job.fallbackUrl,
      method: job.fallbackMethod ?? "POST",
      params,
      host: undefined,
      given: undefined,
    });
    if (second.kind === "done") {
      const records = [...first.records, ...second.records];
      // The account is shown what the first URL did wrong, although the fallback mended it.
      const outcome = { ...failed(job, first).outcome, delivered: true };
      return { settlement: { orderKey: job.orderKey, outcome, records }, hostDown };
    }
    return { settlement: failed(job, { ...second, records: [...first.records, ...second.records] }), hostDown };
  }

  /** One URL and where its answers redirect to. */
  private async converse(signed: SignedJob, start: Asking): Promise<Done | Failed> {
    const { job } = signed;
    const respond = this.responderOf(job) ?? ignoreAnswer;
    const records: CellRecord[] = [];
    // Overrides that could not be understood are left out, and the account is told.
    let warning: Done["warning"] = readOverrides(start.url).warning;
    let { url, method, given } = start;
    for (let hops = 0; hops <= MAX_TWIML_REDIRECTS; hops += 1) {
      const result = await this.attempt(signed, { url, method, params: start.params, host: start.host, given });
      if (result.kind === "failed") return { ...result, url, records };
      const verdict = respond(job, result.answer, result.url);
      if (verdict.kind === "failed") {
        return { ...verdict, url, status: result.answer.status, body: result.answer.body, hostDown: false, records };
      }
      records.push(...verdict.records);
      warning = verdict.warning ?? warning;
      const warned = warning === undefined ? {} : { warning };
      if (verdict.kind === "done") return { kind: "done", records, url, answer: result.answer, ...warned };
      ({ url, method } = verdict);
      given = undefined;
    }
    return { kind: "failed", errorCode: 11215, text: "Too many redirects by TwiML.", url, hostDown: false, records };
  }

  /** One request, repeated as its URL's overrides allow. */
  private async attempt(signed: SignedJob, asking: Asking): Promise<AttemptResult> {
    const { job, authToken } = signed;
    const { url, method, params, host, given } = asking;
    if (authToken === undefined) return notSent(20005, "The account has no auth token to sign with.");
    if (given === undefined && host !== undefined && this.gate.isOpen(host))
      return notSent(11205, "The host has failed too often; it is left alone for a while.");
    const { clock, traces } = this.options;
    const { retries, retryOn, totalMs, warning } = readOverrides(url);
    const endMs = (given?.startMs ?? clock.monotonicMs()) + totalMs;
    const leftMs = (): number => endMs - clock.monotonicMs();
    // A warning shows the answer that it came with.
    const wantsBody = warning !== undefined || this.responderOf(job) !== undefined;
    const common = { webhookId: job.id, url, method, params, authToken, wantsBody };
    for (let tries = 0; ; tries += 1) {
      if (tries > 0) signed.repeats.count += 1;
      const sent = tries === 0 ? given : undefined;
      const atMs = sent?.atMs ?? clock.nowMs();
      const startMs = sent?.startMs ?? clock.monotonicMs();
      const result = sent?.result ?? (await this.ask({ ...common, leftMs: leftMs() }));
      if (traces !== undefined && signed.tries.length < MAX_TRACED_TRIES) {
        const asked = { url, method, isFallback: host === undefined };
        signed.tries.push(tryOf(asked, result, { atMs, durationMs: clock.monotonicMs() - startMs }));
      }
      if (result.kind === "answer" || result.retryable === undefined) return result;
      const pauseMs = RETRY_BASE_MS * 2 ** tries;
      if (tries >= retries || !retryOn.has(result.retryable) || this.stopped || leftMs() <= pauseMs) return result;
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    }
  }

  private ask(request: SendRequest): Promise<AttemptResult> {
    const wantsTrace = this.options.traces?.wantsFull() === true;
    return new Promise((done) => this.sender.send({ ...request, wantsTrace }, done));
  }

  private commit(batch: readonly Settlement[], done: (durable: boolean) => void): void {
    assert(this.cell !== undefined, "the webhook delivery is attached to its cell");
    const outcomes: WebhookOutcome[] = [];
    const delivered: string[] = [];
    const ends: WebhooksSettled = { kind: "webhook.settled", outcomes, delivered };
    const records: CellRecord[] = [ends];
    for (const { outcome, records: asked } of batch) {
      const isPlain = outcome.errorCode === undefined && outcome.repeats === undefined;
      if (outcome.delivered && isPlain) delivered.push(outcome.id);
      else outcomes.push(outcome);
      for (const record of asked) records.push(record);
    }
    this.cell.commitAllThen(records, "progress", (error) => {
      if (error === undefined) for (const { orderKey } of batch) this.advance(orderKey);
      done(error === undefined);
    });
  }

  /** The next webhook of the same order key has its turn. */
  private advance(key: string): void {
    const chain = this.chains.get(key);
    if (chain === undefined) return;
    chain.shift();
    const next = chain[0];
    const job = next === undefined ? undefined : this.options.state.jobs.get(next);
    if (job === undefined) this.chains.delete(key);
    else this.gate.enter(hostOf(job), job.id);
  }

  /** Waits for what is under way; what waits is delivered after the next start. */
  async close(): Promise<void> {
    this.stopped = true;
    this.gate.close();
    if (this.gate.inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.idle = resolve;
        this.options.clock.after(DRAIN_MS, resolve);
      });
    }
    this.closed = true;
    await this.settlements.drained();
  }
}

/** A webhook and what it is signed with. */
interface SignedJob {
  readonly job: Readonly<WebhookJob>;
  readonly authToken: string | undefined;
  /** Requests that were repeated so far. */
  readonly repeats: { count: number };
  /** What was asked so far, where it is kept. */
  readonly tries: WebhookTry[];
}

function signedJob(job: Readonly<WebhookJob>, authToken: string | undefined): SignedJob {
  return { job, authToken, repeats: { count: 0 }, tries: [] };
}

/** How the first request ended, where it was sent already. */
interface FirstResult {
  readonly result: AttemptResult;
  /** On the monotonic clock. */
  readonly startMs: number;
  /** In epoch milliseconds. */
  readonly atMs: number;
}

/** A URL to ask; `host` where its failures count, because the limits of a host hold for the first URL. */
interface Asking {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly params: WebhookJob["params"];
  readonly host: string | undefined;
  readonly given: FirstResult | undefined;
}

function notSent(errorCode: number, text: string): AttemptResult {
  return { kind: "failed", errorCode, text, retryable: undefined, hostDown: undefined };
}

/** The host and port that a webhook goes to, for limits; the rest of the text where it is no URL. */
function hostOf({ url }: Pick<WebhookJob, "url">): string {
  const start = url.indexOf("//") + 2;
  for (let at = start; at < url.length; at += 1) {
    const code = url.charCodeAt(at);
    if (code === SLASH || code === QUESTION_MARK || code === HASH) return url.slice(start, at);
  }
  return url.slice(start);
}
