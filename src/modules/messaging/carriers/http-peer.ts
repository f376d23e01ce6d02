import type { HeaderPair } from "../../../protocols/http1/index.ts";
import {
  createAddressGuard,
  HttpClient,
  type AddressGuard,
  type HttpClientError,
  type HttpClientResponse,
} from "../../../platform/http-client/index.ts";
import type { Clock, Net, Timer } from "../../../platform/ports.ts";
import type { BindStatus } from "./carrier.ts";
import type { SubmitOutcome } from "../records.ts";
import type { EntryLabel, HttpTap } from "./traces/index.ts";

const DRAIN_MS = 5_000;
/** After a connection could not be made the carrier is left alone, longer each time. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** A carrier may ask for more patience than this, and is asked again all the same. */
const LONGEST_RETRY_AFTER_MS = 300_000;
const MAX_DOUBLINGS = 10;

export interface HttpPeerOptions {
  readonly net: Net;
  readonly clock: Clock;
  readonly maxInFlight: number;
  readonly connectTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly maxAnswerOctets: number;
  readonly tlsVerify: boolean;
  /** Whether a request may be made again where a kept connection broke before the answer. */
  readonly retryStale: boolean;
  /** Sees what is said; nobody does without it. */
  readonly tap?: HttpTap | undefined;
  /** There may be room again, or the peer went up or down. */
  readonly onChange: () => void;
}

export interface PeerRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly body: string | undefined;
  /** Whose it is. */
  readonly label?: EntryLabel;
}

/**
 * The server of a carrier that is spoken to over HTTP: its window, its pauses, and what is
 * known when a request brought no answer. Operators configure where it is, so it may also
 * be on a private network; metadata and link-local addresses stay forbidden.
 */
export class HttpPeer {
  private readonly options: HttpPeerOptions;
  private readonly http: HttpClient;
  private readonly guard: AddressGuard;
  private inFlight = 0;
  /** Connections in a row that could not be made. */
  private failures = 0;
  private lastFailure: string | undefined;
  private pausedUntilMs = 0;
  private timer: Timer | undefined;
  private closing = false;
  private whenIdle: (() => void) | undefined;

  constructor(options: HttpPeerOptions) {
    this.options = options;
    const { net, clock, maxInFlight } = options;
    const limits = { maxConnections: maxInFlight, maxConnectionsPerHost: maxInFlight, maxWaiting: maxInFlight };
    this.http = new HttpClient({ net, clock, limits });
    this.guard = createAddressGuard({ net, clock, allowPrivateNetworks: true });
  }

  /** Down while it cannot be connected to; up again when it is time to try. */
  get up(): boolean {
    return !this.closing && !(this.failures > 0 && this.isPaused());
  }

  get outstanding(): number {
    return this.inFlight;
  }

  state(): BindStatus {
    const { maxInFlight, clock } = this.options;
    const common = { outstanding: this.inFlight, window: this.capacityNow(), windowLimit: maxInFlight };
    const retryAtMs = clock.nowMs() + Math.max(0, Math.round(this.pausedUntilMs - clock.monotonicMs()));
    if (this.closing) return { state: "closed", ...common };
    if (this.failures > 0) return { state: "unreachable", ...common, detail: this.lastFailure ?? "", retryAtMs };
    return this.isPaused() ? { state: "paused", ...common, retryAtMs } : { state: "open", ...common };
  }

  /** After a failure one request finds out whether the server is there again. */
  private capacityNow(): number {
    return this.failures > 0 ? 1 : this.options.maxInFlight;
  }

  capacity(): number {
    if (this.closing || this.isPaused()) return 0;
    return Math.max(0, this.capacityNow() - this.inFlight);
  }

  /** Makes a request; `read` says what its answer means. `done` is called once, whatever happens. */
  send(
    request: PeerRequest,
    read: (response: HttpClientResponse) => SubmitOutcome,
    done: (outcome: SubmitOutcome) => void,
  ): void {
    const { connectTimeoutMs, responseTimeoutMs, maxAnswerOctets, tlsVerify, retryStale, tap } = this.options;
    const { label } = request;
    this.inFlight += 1;
    if (tap !== undefined && label !== undefined) tap.request(label, request);
    const answer = this.http.request({
      method: request.method,
      url: request.url,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      timeouts: {
        connectMs: connectTimeoutMs,
        readMs: responseTimeoutMs,
        totalMs: connectTimeoutMs + responseTimeoutMs,
      },
      maxBodyOctets: maxAnswerOctets,
      guard: this.guard,
      verifyTls: tlsVerify,
      retryStale,
    });
    void answer.then(
      (response) => {
        this.failures = 0;
        if (tap !== undefined && label !== undefined) tap.response(label, response);
        const outcome = read(response);
        if (outcome.kind === "refused" && outcome.verdict === "throttle") this.honourRetryAfter(response);
        this.settle(outcome, done);
      },
      // The client rejects with nothing else.
      (error: unknown) => this.settle(this.failed(error as HttpClientError), done),
    );
  }

  private settle(outcome: SubmitOutcome, done: (outcome: SubmitOutcome) => void): void {
    this.inFlight -= 1;
    done(outcome);
    if (this.inFlight === 0) this.whenIdle?.();
    this.options.onChange();
  }

  private failed(error: HttpClientError): SubmitOutcome {
    const reason = error.code === undefined ? error.stage : `${error.stage} ${error.code}`;
    // Nobody can have acted on what never left; anything else may have been acted on.
    if (error.bytesSent) return { kind: "unknown", reason };
    if (error.stage === "url") return { kind: "refused", verdict: "permanent", errorCode: 30_008, status: reason };
    this.lastFailure = reason;
    // What was on its way when the pause began says nothing new.
    if (!this.closing && !this.isPaused()) {
      this.pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.failures, MAX_DOUBLINGS)));
      this.failures += 1;
    }
    return { kind: "not-sent", reason };
  }

  private honourRetryAfter(response: HttpClientResponse): void {
    const waitMs = readRetryAfter(response.headers["retry-after"], this.options.clock.nowMs());
    if (waitMs !== undefined && waitMs > 0) this.pause(Math.min(LONGEST_RETRY_AFTER_MS, waitMs));
  }

  private isPaused(): boolean {
    return this.options.clock.monotonicMs() < this.pausedUntilMs;
  }

  private pause(durationMs: number): void {
    const { clock, onChange } = this.options;
    const untilMs = clock.monotonicMs() + durationMs;
    if (untilMs <= this.pausedUntilMs) return;
    this.pausedUntilMs = untilMs;
    this.timer?.cancel();
    this.timer = clock.after(durationMs, onChange);
  }

  /** Waits for what is under way, within a limit; after that its outcome is unknown. */
  async close(): Promise<void> {
    this.closing = true;
    this.timer?.cancel();
    const idle = this.inFlight === 0 ? undefined : new Promise<void>((resolve) => (this.whenIdle = resolve));
    await this.http.close(DRAIN_MS);
    await idle;
  }
}

/** The milliseconds that `Retry-After` asks for, in seconds or as a date (RFC 9110 §10.2.3). */
export function readRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
