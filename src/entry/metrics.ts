import type { AccessRecord } from "../platform/edge/index.ts";
import { headerOf, type Answered, type Mount } from "../platform/http/index.ts";
import { SECONDS_BUCKETS, type Metrics } from "../platform/metrics/index.ts";
import { watchEsme } from "./esme.ts";
import type { MessagingCell } from "./messaging-cell.ts";
import { watchWatching } from "./watching-metrics.ts";
import { watchModules } from "./module-metrics.ts";

/** `GET /metrics` in the Prometheus text format, or in OpenMetrics. */
export function metricsMount(metrics: Metrics): Mount {
  return {
    method: "GET",
    path: "/metrics",
    access: "public",
    run: ({ request }) => {
      const { contentType, body } = metrics.expose(headerOf(request.headers, "accept"));
      return { status: 200, headers: ["Content-Type", contentType], body };
    },
  };
}

/** Registers the metrics of a system; returns what is to be told of every API answer. */
export function watchSystem(
  metrics: Metrics,
  { cell, messaging, webhooks, esme, modules, watching }: MessagingCell,
): (answered: Answered) => void {
  const gauge = (name: string, help: string, read: () => number): void => {
    const series = metrics.gauge({ name, help }, () => series.with({}).set(read()));
  };
  gauge(
    "trunkline_messages_open",
    "Messages in memory: not done, or not projected.",
    () => messaging.status().messages,
  );
  gauge(
    "trunkline_messages_unknown",
    "Messages with an attempt whose outcome is not known.",
    () => messaging.status().unknown,
  );
  gauge("trunkline_messages_parked", "Messages that wait in the database alone.", () => messaging.status().parked);
  watchEsme(metrics, esme);
  gauge("trunkline_receipts_held", "Receipts whose message is not known yet.", () => messaging.status().heldReceipts);
  gauge("trunkline_webhooks_waiting", "Webhooks not delivered yet.", () => webhooks.status().waiting);
  gauge("trunkline_projection_waiting", "Changes that wait for PostgreSQL.", () => cell.unprojected());
  gauge("trunkline_log_pending_octets", "Octets that wait for the disk.", () => cell.logStatus().pendingOctets);
  gauge(
    "trunkline_log_records",
    "Records appended to the cell's log since the start.",
    () => cell.logStatus().appendedRecords,
  );
  gauge(
    "trunkline_log_commits",
    "Group commits since the start; several records share one.",
    () => cell.logStatus().commits,
  );
  gauge("trunkline_log_accepts_work", "1 while the log takes new work; else 0, and new messages are refused.", () =>
    cell.logStatus().acceptsNewWork ? 1 : 0,
  );
  gauge("trunkline_log_failures", "Writes and syncs of the log that failed since the start.", () => {
    return cell.logStatus().failures;
  });
  gauge("trunkline_log_octets", "Length of the log that is kept.", () => {
    return cell.logStatus().durableEnd - cell.logStatus().start;
  });
  gauge("trunkline_messages_due", "Messages in memory whose time has come or is near.", () => messaging.status().due);
  watchCarriers(metrics, messaging);
  watchModules(metrics, modules);
  watchWatching(metrics, watching);
  return watchAnswers(metrics);
}

/** Registers what is counted of every API answer, and returns what is to be told of them. */
export function watchAnswers(metrics: Metrics): (answered: Answered) => void {
  const requests = metrics.counter({
    name: "trunkline_api_requests_total",
    help: "API answers by operation and status.",
    labels: ["operation", "status"],
  });
  const seconds = metrics.histogram(
    { name: "trunkline_api_seconds", help: "Time to answer API requests.", labels: ["operation"] },
    SECONDS_BUCKETS,
  );
  return ({ operation = "none", status, durationMs }) => {
    requests.with({ operation, status: String(status) }).inc();
    seconds.with({ operation }).observe(durationMs / 1_000);
  };
}

function watchCarriers(metrics: Metrics, messaging: MessagingCell["messaging"]): void {
  const carriers = metrics.gauge(
    { name: "trunkline_carrier_queued", help: "Messages that wait in front of a carrier.", labels: ["carrier"] },
    () => {
      // Carriers come and go while it runs.
      carriers.clear();
      for (const carrier of messaging.status().carriers) carriers.with({ carrier: carrier.name }).set(carrier.queued);
    },
  );
  const up = metrics.gauge(
    { name: "trunkline_carrier_up", help: "Whether a carrier can be submitted to.", labels: ["carrier"] },
    () => {
      up.clear();
      for (const carrier of messaging.status().carriers) up.with({ carrier: carrier.name }).set(carrier.up ? 1 : 0);
    },
  );
  const usable = metrics.gauge(
    {
      name: "trunkline_carrier_usable",
      help: "Whether a carrier's health lets messages go to it: bound, breaker closed, no maintenance.",
      labels: ["carrier"],
    },
    () => {
      usable.clear();
      for (const carrier of messaging.status().health.carriers) {
        usable.with({ carrier: carrier.name }).set(carrier.usable ? 1 : 0);
      }
    },
  );
}

/** Registers what is counted of every request at an edge, and returns what is to be told of them. */
export function watchEdge(metrics: Metrics): (record: AccessRecord) => void {
  const requests = metrics.counter({
    name: "trunkline_edge_requests_total",
    help: "Requests at this edge by route class, cell and status; the stage that answered, where one did.",
    labels: ["class", "cell", "status", "stage"],
  });
  const stages = metrics.histogram(
    { name: "trunkline_edge_stages_seconds", help: "Time in the stages before a cell.", labels: ["class"] },
    SECONDS_BUCKETS,
  );
  const forward = metrics.histogram(
    { name: "trunkline_edge_forward_seconds", help: "Time from there to the answer's head.", labels: ["cell"] },
    SECONDS_BUCKETS,
  );
  return ({ routeClass, cell = "none", status, answeredBy = "none", stagesMs, forwardMs, attempts }) => {
    requests.with({ class: routeClass, cell, status: String(status), stage: answeredBy }).inc();
    stages.with({ class: routeClass }).observe(stagesMs / 1_000);
    if (attempts > 0) forward.with({ cell }).observe(forwardMs / 1_000);
  };
}
