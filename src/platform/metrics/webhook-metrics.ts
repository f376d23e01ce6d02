import type { AttemptResult, Sender, SendRequest } from "../webhooks/index.ts";
import { SECONDS_BUCKETS, type Counter, type Histogram } from "./instruments.ts";
import type { Metrics } from "./metrics.ts";

/** Hosts whose failures are remembered; beyond it the one that failed longest ago is forgotten. */
const MAX_HOSTS = 1_000;
/** Failures in a row from which on a host counts as failing. */
const FAILING = 5;

/** A host that failed, and has not answered well since. */
export interface FailingHost {
  readonly host: string;
  readonly failures: number;
  /** Of the latest failure: Twilio's code, and the words for it. */
  readonly errorCode: number;
  readonly text: string;
}

/** A sender that counts the requests of webhooks and how they end, and remembers which hosts fail. */
export class WatchedSender implements Sender {
  private readonly next: Sender;
  private readonly nowMs: () => number;
  private readonly requests: Counter<"outcome">;
  private readonly seconds: Histogram<"outcome">;
  private readonly hosts = new Map<string, { failures: number; errorCode: number; text: string }>();

  constructor(next: Sender, metrics: Metrics, nowMs: () => number) {
    this.next = next;
    this.nowMs = nowMs;
    const measures = webhookMeasures(metrics, () => this.failing().length);
    this.requests = measures.requests;
    this.seconds = measures.seconds;
  }

  send(request: SendRequest, done: (result: AttemptResult) => void): void {
    const startMs = this.nowMs();
    this.next.send(request, (result) => {
      const outcome = outcomeOf(result);
      this.requests.with({ outcome }).inc();
      this.seconds.with({ outcome }).observe((this.nowMs() - startMs) / 1_000);
      this.note(request.url, result);
      done(result);
    });
  }

  /** Hosts that failed five times or more in a row, the worst first. */
  failing(): readonly FailingHost[] {
    const failing = [...this.hosts].flatMap(([host, known]) =>
      known.failures < FAILING
        ? []
        : [{ host, failures: known.failures, errorCode: known.errorCode, text: known.text }],
    );
    return failing.toSorted((a, b) => b.failures - a.failures);
  }

  close(): Promise<void> {
    return this.next.close();
  }

  private note(url: string, result: AttemptResult): void {
    if (result.kind === "answer") {
      if (this.hosts.size > 0) this.hosts.delete(hostOf(url));
      return;
    }
    const host = hostOf(url);
    const failures = (this.hosts.get(host)?.failures ?? 0) + 1;
    this.hosts.delete(host);
    if (this.hosts.size >= MAX_HOSTS) {
      for (const oldest of this.hosts.keys()) {
        this.hosts.delete(oldest);
        break;
      }
    }
    this.hosts.set(host, { failures, errorCode: result.errorCode, text: result.text });
  }
}

/** Declares what is measured of webhooks. */
export function webhookMeasures(
  metrics: Metrics,
  failing: () => number,
): { readonly requests: Counter<"outcome">; readonly seconds: Histogram<"outcome"> } {
  const requests = metrics.counter({
    name: "trunkline_webhook_requests_total",
    help: "Requests of webhooks by outcome: the class of the status (2xx …), or the error code where there was none.",
    labels: ["outcome"],
    maxSeries: 30,
  });
  const seconds = metrics.histogram(
    {
      name: "trunkline_webhook_seconds",
      help: "From a request of a webhook to its answer, by outcome.",
      labels: ["outcome"],
      maxSeries: 30,
    },
    SECONDS_BUCKETS,
  );
  const hosts = metrics.gauge(
    {
      name: "trunkline_webhook_hosts_failing",
      help: `Hosts of webhooks that failed ${FAILING} times or more in a row. trunkline doctor names them.`,
    },
    () => hosts.with({}).set(failing()),
  );
  return { requests, seconds };
}

function outcomeOf(result: AttemptResult): string {
  const status = result.kind === "answer" ? result.answer.status : result.status;
  if (status !== undefined) return `${Math.floor(status / 100)}xx`;
  return result.kind === "failed" ? String(result.errorCode) : "unknown";
}

/** The host with its port; nothing else of a URL is kept. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}
