// Makes the dashboards beside it: node deploy/grafana/dashboards.js
// Change them here: a test compares the files with what this makes.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SCHEMA_VERSION = 38;
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
const WIDTH = 24;

/** A panel over time. `queries` are [expression, legend]. */
const series = (title, unit, queries, more = {}) => ({ kind: "timeseries", title, unit, queries, ...more });
/** A single number, green until the first threshold. */
const stat = (title, unit, query, thresholds = []) => ({
  kind: "stat",
  title,
  unit,
  queries: [[query, ""]],
  thresholds,
  width: 4,
  height: 4,
});
const table = (title, query) => ({ kind: "table", title, unit: "none", queries: [[query, ""]], width: 24, height: 7 });
const row = (title) => ({ kind: "row", title });

const AT = 'region=~"$region",node=~"$node"';
const BY = `${AT},carrier=~"$carrier"`;
const quantile = (q, metric, by, at = AT) =>
  `histogram_quantile(${q}, sum by (${by}, le) (rate(${metric}_bucket{${at}}[$__rate_interval])))`;

const variable = (name, label, query) => ({
  name,
  label,
  type: "query",
  datasource: DATASOURCE,
  query: { query, refId: `variable-${name}` },
  definition: query,
  refresh: 2,
  sort: 1,
  multi: true,
  includeAll: true,
  allValue: ".*",
  current: { selected: true, text: ["All"], value: ["$__all"] },
  hide: 0,
  options: [],
  regex: "",
  skipUrlSync: false,
});

const VARIABLES = {
  region: variable("region", "Region", "label_values(trunkline_build_info, region)"),
  node: variable("node", "Cell or edge", 'label_values(trunkline_build_info{region=~"$region"}, node)'),
  carrier: variable(
    "carrier",
    "Carrier",
    'label_values(trunkline_carrier_usable{region=~"$region",node=~"$node"}, carrier)',
  ),
};

const BOARDS = {
  overview: {
    title: "Trunkline: overview",
    variables: ["region", "node"],
    panels: [
      stat("Processes down", "none", 'sum(up{job="trunkline"} == bool 0)', [[1, "red"]]),
      stat("API requests", "reqps", `sum(rate(trunkline_api_answers_total{${AT}}[$__rate_interval]))`),
      stat("Errors of ours", "percentunit", "max(tier:trunkline_api_errors:ratio_rate5m)", [
        [0.0005, "orange"],
        [0.007, "red"],
      ]),
      stat("Messages", "ops", `sum(rate(trunkline_messages_total{${AT}}[$__rate_interval]))`),
      stat("Late deliveries", "percentunit", "max(carrier:trunkline_late_deliveries:ratio_rate5m)", [
        [0.01, "orange"],
        [0.14, "red"],
      ]),
      stat("Unknown messages", "none", `sum(trunkline_messages_unknown{${AT}})`, [[1, "orange"]]),
      row("API"),
      series("Answers by class of status", "reqps", [
        [`sum by (status) (rate(trunkline_api_answers_total{${AT}}[$__rate_interval]))`, "{{status}}"],
      ]),
      series("Errors of ours by tier", "percentunit", [["tier:trunkline_api_errors:ratio_rate5m", "{{tier}}"]]),
      row("Messages"),
      series("Accepted and received", "ops", [
        [`sum by (direction) (rate(trunkline_messages_total{${AT}}[$__rate_interval]))`, "{{direction}}"],
      ]),
      series("How they ended", "ops", [
        [`sum by (status) (rate(trunkline_message_outcomes_total{${AT}}[$__rate_interval]))`, "{{status}}"],
      ]),
      series("Waiting", "none", [
        [`sum(trunkline_messages_open{${AT}})`, "messages in memory"],
        [`sum(trunkline_messages_parked{${AT}})`, "messages in the database alone"],
        [`sum(trunkline_webhooks_waiting{${AT}})`, "webhooks"],
        [`sum(trunkline_projection_waiting{${AT}})`, "changes for PostgreSQL"],
      ]),
      series("From acceptance to receipt", "s", [
        [quantile(0.5, "trunkline_message_delivery_seconds", "job"), "median"],
        [quantile(0.99, "trunkline_message_delivery_seconds", "job"), "99 of 100"],
      ]),
      row("What runs"),
      table("Versions and settings", `trunkline_build_info{${AT}}`),
    ],
  },
  messaging: {
    title: "Trunkline: messaging",
    variables: ["region", "node"],
    panels: [
      series("Accepted and received", "ops", [
        [
          `sum by (node, direction) (rate(trunkline_messages_total{${AT}}[$__rate_interval]))`,
          "{{node}} {{direction}}",
        ],
      ]),
      series("Ends by error code", "ops", [
        [`sum by (code) (rate(trunkline_message_outcomes_total{${AT},code!="0"}[$__rate_interval]))`, "{{code}}"],
      ]),
      series("From acceptance to the first attempt", "s", [
        [quantile(0.5, "trunkline_message_first_attempt_seconds", "node"), "{{node}} median"],
        [quantile(0.99, "trunkline_message_first_attempt_seconds", "node"), "{{node}} 99 of 100"],
      ]),
      series("From acceptance to receipt", "s", [
        [quantile(0.5, "trunkline_message_delivery_seconds", "node"), "{{node}} median"],
        [quantile(0.99, "trunkline_message_delivery_seconds", "node"), "{{node}} 99 of 100"],
      ]),
      series("Unknown, and receipts of nobody", "none", [
        [`trunkline_messages_unknown{${AT}}`, "{{node}} unknown"],
        [`trunkline_receipts_held{${AT}}`, "{{node}} receipts held"],
      ]),
      series("In memory, parked, due", "none", [
        [`trunkline_messages_open{${AT}}`, "{{node}} in memory"],
        [`trunkline_messages_parked{${AT}}`, "{{node}} parked"],
        [`trunkline_messages_due{${AT}}`, "{{node}} due soon"],
      ]),
      row("Rules"),
      series("Refused and held by rules", "ops", [
        [`sum by (rule, outcome) (rate(trunkline_rule_outcomes{${AT}}[$__rate_interval])) > 0`, "{{rule}} {{outcome}}"],
      ]),
      series("Opted out, sticky", "none", [
        [`sum(trunkline_opt_outs{${AT}})`, "opt-outs"],
        [`sum(trunkline_sticky_recipients{${AT}})`, "sticky recipients"],
      ]),
      row("Customers by SMPP"),
      series("Sessions", "none", [[`trunkline_smpp_sessions{${AT}}`, "{{node}}"]]),
      series("Waiting for them", "none", [
        [`trunkline_smpp_deliveries_waiting{${AT}}`, "{{node}} deliveries"],
        [`trunkline_smpp_open_parts{${AT}}`, "{{node}} open parts"],
      ]),
    ],
  },
  carriers: {
    title: "Trunkline: carriers",
    variables: ["region", "node", "carrier"],
    panels: [
      series("Usable", "none", [[`trunkline_carrier_usable{${BY}}`, "{{node}} {{carrier}}"]], { max: 1 }),
      series("Bound", "none", [[`trunkline_carrier_up{${BY}}`, "{{node}} {{carrier}}"]], { max: 1 }),
      series("Waiting", "none", [[`trunkline_carrier_queued{${BY}}`, "{{node}} {{carrier}}"]]),
      series("Ends by status", "ops", [
        [
          `sum by (carrier, status) (rate(trunkline_message_outcomes_total{${BY}}[$__rate_interval]))`,
          "{{carrier}} {{status}}",
        ],
      ]),
      series("Failed and undelivered", "percentunit", [
        ['carrier:trunkline_failed_messages:ratio_rate15m{carrier=~"$carrier"}', "{{carrier}}"],
      ]),
      series("Error codes", "ops", [
        [
          `sum by (carrier, code) (rate(trunkline_message_outcomes_total{${BY},code!="0"}[$__rate_interval]))`,
          "{{carrier}} {{code}}",
        ],
      ]),
      series("From acceptance to receipt, 99 of 100", "s", [
        [quantile(0.99, "trunkline_message_delivery_seconds", "carrier", BY), "{{carrier}}"],
      ]),
      series("Later than 5 s", "percentunit", [
        ['carrier:trunkline_late_deliveries:ratio_rate5m{carrier=~"$carrier"}', "{{carrier}}"],
      ]),
      series("From acceptance to the first attempt, 99 of 100", "s", [
        [quantile(0.99, "trunkline_message_first_attempt_seconds", "carrier", BY), "{{carrier}}"],
      ]),
    ],
  },
  "cells-and-edges": {
    title: "Trunkline: cells and edges",
    variables: ["region", "node"],
    panels: [
      row("Edges"),
      series("Requests by class", "reqps", [
        [`sum by (class) (rate(trunkline_edge_requests_total{${AT}}[$__rate_interval]))`, "{{class}}"],
      ]),
      series("Answered by a stage of the edge", "reqps", [
        [
          `sum by (stage, status) (rate(trunkline_edge_requests_total{${AT},stage!="none"}[$__rate_interval]))`,
          "{{stage}} {{status}}",
        ],
      ]),
      series("Time in the stages, 99 of 100", "s", [
        [quantile(0.99, "trunkline_edge_stages_seconds", "node"), "{{node}}"],
      ]),
      series("Time in the cells, 99 of 100", "s", [
        [quantile(0.99, "trunkline_edge_forward_seconds", "cell"), "{{cell}}"],
      ]),
      series("Cells that do not answer", "none", [
        [`trunkline_upstream_broken{${AT}}`, "{{node}} to {{cell}}"],
        [`trunkline_upstream_connections{${AT}}`, "{{node}} to {{cell}}: connections"],
      ]),
      series("Refused by limits", "reqps", [
        [`sum by (rule) (rate(trunkline_limit_refused{${AT}}[$__rate_interval]))`, "{{rule}}"],
      ]),
      series("Age of the routing table", "s", [[`trunkline_router_table_age_seconds{${AT}}`, "{{node}}"]]),
      series("Look-ups of homes", "ops", [
        [`sum by (from) (rate(trunkline_router_lookups{${AT}}[$__rate_interval]))`, "{{from}}"],
      ]),
      row("Cells"),
      series("API requests by operation", "reqps", [
        [`topk(10, sum by (operation) (rate(trunkline_api_requests_total{${AT}}[$__rate_interval])))`, "{{operation}}"],
      ]),
      series("API time, 99 of 100", "s", [[quantile(0.99, "trunkline_api_seconds", "node"), "{{node}}"]]),
      series("Sync of the log", "s", [
        [quantile(0.5, "trunkline_log_sync_seconds", "node"), "{{node}} median"],
        [quantile(0.99, "trunkline_log_sync_seconds", "node"), "{{node}} 99 of 100"],
      ]),
      series("Record to durable", "s", [
        [quantile(0.5, "trunkline_log_commit_seconds", "node"), "{{node}} median"],
        [quantile(0.99, "trunkline_log_commit_seconds", "node"), "{{node}} 99 of 100"],
      ]),
      series("Records and commits", "ops", [
        [`rate(trunkline_log_records{${AT}}[$__rate_interval])`, "{{node}} records"],
        [`rate(trunkline_log_commits{${AT}}[$__rate_interval])`, "{{node}} commits"],
      ]),
      series("Log", "bytes", [
        [`trunkline_log_octets{${AT}}`, "{{node}} kept"],
        [`trunkline_log_pending_octets{${AT}}`, "{{node}} waits for the disk"],
      ]),
      series("Takes new work", "none", [[`trunkline_log_accepts_work{${AT}}`, "{{node}}"]], { max: 1 }),
      series("PostgreSQL is behind by", "s", [[`trunkline_projection_lag_seconds{${AT}}`, "{{node}}"]]),
      row("Together"),
      series("Members that each hears", "none", [[`trunkline_gossip_members{${AT}}`, "{{node}} {{status}}"]]),
      series("Gossip", "pps", [
        [`sum by (kind) (rate(trunkline_gossip_packets{${AT}}[$__rate_interval]))`, "{{kind}}"],
      ]),
    ],
  },
  "money-and-webhooks": {
    title: "Trunkline: money and webhooks",
    variables: ["region", "node"],
    panels: [
      series("Webhooks by outcome", "reqps", [
        [`sum by (outcome) (rate(trunkline_webhook_requests_total{${AT}}[$__rate_interval]))`, "{{outcome}}"],
      ]),
      series("Webhooks that fail", "percentunit", [["trunkline_webhook_failures:ratio_rate15m", "not 2xx"]]),
      series("Time of webhooks", "s", [
        [quantile(0.5, "trunkline_webhook_seconds", "job"), "median"],
        [quantile(0.99, "trunkline_webhook_seconds", "job"), "99 of 100"],
      ]),
      series("Waiting", "none", [[`trunkline_webhooks_waiting{${AT}}`, "{{node}}"]]),
      series("Hosts that fail", "none", [[`trunkline_webhook_hosts_failing{${AT}}`, "{{node}}"]]),
      series("Visits of links lost", "none", [
        [`increase(trunkline_link_visits_lost{${AT}}[$__rate_interval])`, "{{node}}"],
      ]),
      row("Ledger"),
      series("Amounts set aside", "none", [[`trunkline_ledger_holds{${AT}}`, "{{node}}"]]),
      series("Tables of the ledger", "none", [
        [`sum by (table) (trunkline_table_rows{${AT},table=~"ledger-.*"})`, "{{table}}"],
      ]),
      row("Audit"),
      series("Entries of the audit log", "none", [[`trunkline_audit_entries{${AT}}`, "{{node}}"]]),
      series("Neighbours whose audit log changed", "none", [[`trunkline_audit_findings{${AT}}`, "{{node}}"]]),
    ],
  },
  process: {
    title: "Trunkline: the Node processes",
    variables: ["region", "node"],
    panels: [
      series("CPU", "percentunit", [
        [`sum by (node) (rate(trunkline_process_cpu_seconds{${AT}}[$__rate_interval]))`, "{{node}}"],
      ]),
      series("Event loop busy", "percentunit", [[`trunkline_event_loop_utilization{${AT}}`, "{{node}}"]], { max: 1 }),
      series("Event loop late", "s", [
        [`trunkline_event_loop_delay_seconds{${AT},percentile="99"}`, "{{node}} 99 of 100"],
        [`trunkline_event_loop_delay_seconds{${AT},percentile="100"}`, "{{node}} worst"],
      ]),
      series("Garbage collection, share of time", "percentunit", [
        [`sum by (node, kind) (rate(trunkline_gc_seconds_sum{${AT}}[$__rate_interval]))`, "{{node}} {{kind}}"],
      ]),
      series("Memory", "bytes", [
        [`trunkline_process_resident_octets{${AT}}`, "{{node}} resident"],
        [`trunkline_process_heap_octets{${AT}}`, "{{node}} heap"],
        [`trunkline_process_external_octets{${AT}}`, "{{node}} buffers"],
      ]),
      series(
        "Heap, of its limit",
        "percentunit",
        [[`trunkline_process_heap_octets{${AT}} / trunkline_process_heap_limit_octets{${AT}}`, "{{node}}"]],
        { max: 1 },
      ),
      series("Open files", "none", [
        [`trunkline_process_open_files{${AT}}`, "{{node}}"],
        [`trunkline_process_open_files_limit{${AT}}`, "{{node}} limit"],
      ]),
      series("Disk free", "bytes", [[`trunkline_disk_octets{${AT},of="free"}`, "{{node}} {{folder}}"]]),
      series("Up for", "s", [[`time() - trunkline_process_start_time_seconds{${AT}}`, "{{node}}"]]),
      series("Largest tables", "none", [[`topk(10, trunkline_table_rows{${AT}})`, "{{node}} {{table}}"]]),
      series("Spans of traces", "ops", [
        [`sum by (outcome) (rate(trunkline_trace_spans{${AT}}[$__rate_interval]))`, "{{outcome}}"],
      ]),
      series("Series without room", "none", [[`trunkline_metrics_overflows{${AT}}`, "{{node}} {{metric}}"]]),
      series("Certificates end in", "s", [
        [`trunkline_certificate_ends_seconds{${AT}} - time()`, "{{node}} {{certificate}}"],
      ]),
    ],
  },
};

const COLOURS = ["green"];

function panelOf(panel, id, gridPos) {
  if (panel.kind === "row") return { id, type: "row", title: panel.title, collapsed: false, gridPos, panels: [] };
  const steps = [
    { color: COLOURS[0], value: null },
    ...(panel.thresholds ?? []).map(([value, color]) => ({ color, value })),
  ];
  return {
    id,
    type: panel.kind,
    title: panel.title,
    datasource: DATASOURCE,
    gridPos,
    targets: panel.queries.map(([expr, legendFormat], at) => ({
      refId: String.fromCharCode(65 + at),
      datasource: DATASOURCE,
      expr,
      legendFormat,
      ...(panel.kind === "timeseries" ? { range: true } : { instant: true }),
      ...(panel.kind === "table" ? { format: "table" } : {}),
    })),
    fieldConfig: {
      defaults: {
        unit: panel.unit,
        min: 0,
        ...(panel.max === undefined ? {} : { max: panel.max }),
        thresholds: { mode: "absolute", steps },
        ...(panel.kind === "timeseries" ? { custom: { fillOpacity: 8, lineWidth: 1, showPoints: "never" } } : {}),
      },
      overrides: [],
    },
    options:
      panel.kind === "timeseries"
        ? {
            legend: { displayMode: "list", placement: "bottom", showLegend: true },
            tooltip: { mode: "multi", sort: "desc" },
          }
        : panel.kind === "stat"
          ? { reduceOptions: { calcs: ["lastNotNull"] }, colorMode: "value", graphMode: "area" }
          : {},
  };
}

function layOut(panels) {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return panels.map((panel, at) => {
    const w = panel.kind === "row" ? WIDTH : (panel.width ?? 12);
    const h = panel.kind === "row" ? 1 : (panel.height ?? 8);
    if (x + w > WIDTH) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const gridPos = { h, w, x, y };
    x += w;
    rowHeight = Math.max(rowHeight, h);
    return panelOf(panel, at + 1, gridPos);
  });
}

/** The dashboards by the names of their files. */
export function dashboards() {
  const names = Object.keys(BOARDS);
  return new Map(
    names.map((name) => {
      const { title, variables, panels } = BOARDS[name];
      const board = {
        uid: `trunkline-${name}`,
        title,
        tags: ["trunkline"],
        schemaVersion: SCHEMA_VERSION,
        version: 1,
        editable: true,
        graphTooltip: 1,
        refresh: "30s",
        time: { from: "now-6h", to: "now" },
        timezone: "browser",
        links: [{ type: "dashboards", tags: ["trunkline"], title: "Trunkline", asDropdown: true, keepTime: true }],
        templating: {
          list: [
            {
              name: "datasource",
              label: "Prometheus",
              type: "datasource",
              query: "prometheus",
              refresh: 1,
              hide: 0,
              includeAll: false,
              multi: false,
              options: [],
              regex: "",
              current: {},
              skipUrlSync: false,
            },
            ...variables.map((each) => VARIABLES[each]),
          ],
        },
        annotations: { list: [] },
        panels: layOut(panels),
      };
      return [`${name}.json`, `${JSON.stringify(board, null, 2)}\n`];
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of dashboards()) writeFileSync(new URL(name, import.meta.url), text);
}
