import assert from "node:assert/strict";
import { test } from "node:test";
import { AssertionError } from "../../kernel/assert.ts";
import { documentMetrics, Metrics } from "./metrics.ts";
import { addProcessMetrics } from "./process-metrics.ts";

/** The exposition without what every registry has. */
function rendered(metrics: Metrics): string {
  return metrics
    .render()
    .split("\n")
    .filter((line) => !line.includes("trunkline_metrics_overflows"))
    .join("\n");
}

test("counters, gauges and histograms are written in the text format, by name", () => {
  const metrics = new Metrics();
  const waits = metrics.histogram({ name: "trunkline_wait_seconds", help: "Waits." }, [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 3]) waits.with({}).observe(value);
  const sent = metrics.counter({ name: "trunkline_sent_total", help: "Sent\nout.", labels: ["carrier"] });
  sent.with({ carrier: 'no"rth\\' }).inc();
  sent.with({ carrier: 'no"rth\\' }).inc(2);
  const depth = metrics.gauge({ name: "trunkline_depth", help: "Depth." });
  depth.with({}).set(5);
  depth.with({}).add(-2);
  assert.equal(
    rendered(metrics),
    `# HELP trunkline_depth Depth.
# TYPE trunkline_depth gauge
trunkline_depth 3
# HELP trunkline_sent_total Sent\\nout.
# TYPE trunkline_sent_total counter
trunkline_sent_total{carrier="no\\"rth\\\\"} 3
# HELP trunkline_wait_seconds Waits.
# TYPE trunkline_wait_seconds histogram
trunkline_wait_seconds_bucket{le="0.1"} 2
trunkline_wait_seconds_bucket{le="1"} 3
trunkline_wait_seconds_bucket{le="+Inf"} 4
trunkline_wait_seconds_sum 3.65
trunkline_wait_seconds_count 4
`,
  );
});

test("a metric without labels shows zero before anything happened", () => {
  const metrics = new Metrics();
  metrics.counter({ name: "trunkline_x_total", help: "X." });
  assert(metrics.render().includes("trunkline_x_total 0\n"));
});

test("combinations of labels beyond the bound are counted together as other", () => {
  const metrics = new Metrics();
  const hits = metrics.counter({ name: "trunkline_hits_total", help: "Hits.", labels: ["host"], maxSeries: 2 });
  for (let i = 0; i < 10_000; i += 1) hits.with({ host: `h${i}` }).inc();
  assert.deepEqual(rendered(metrics).split("\n").slice(2, -1), [
    'trunkline_hits_total{host="h0"} 1',
    'trunkline_hits_total{host="h1"} 1',
    'trunkline_hits_total{host="other"} 9998',
  ]);
  // Whoever looks at the metrics sees which of them is not to be trusted.
  assert(metrics.render().includes('trunkline_metrics_overflows{metric="trunkline_hits_total"} 9998\n'));
});

test("a gauge that is cleared before it is read shows only what is still there", () => {
  const metrics = new Metrics();
  let names = ["north", "south"];
  metrics.gauge({ name: "trunkline_up", help: "Up.", labels: ["carrier"], maxSeries: 1 }, (gauge) => {
    gauge.clear();
    for (const carrier of names) gauge.with({ carrier }).set(1);
  });
  const values = (): string[] =>
    rendered(metrics)
      .split("\n")
      .filter((line) => line.startsWith("trunkline_up"));
  assert.deepEqual(values(), ['trunkline_up{carrier="north"} 1', 'trunkline_up{carrier="other"} 1']);
  names = ["south"];
  assert.deepEqual(values(), ['trunkline_up{carrier="south"} 1']);
});

test("a gauge with a refresh is read at the time of the rendering", () => {
  const metrics = new Metrics();
  let value = 1;
  metrics.gauge({ name: "trunkline_now", help: "Now." }, (gauge) => gauge.with({}).set(value));
  value = 7;
  assert(metrics.render().includes("trunkline_now 7\n"));
});

test("bad names, falling buckets, shrinking counters and a second declaration are bugs", () => {
  const metrics = new Metrics();
  const counter = metrics.counter({ name: "trunkline_a_total", help: "A." });
  const bugs: (() => unknown)[] = [
    () => metrics.counter({ name: "trunkline_a_total", help: "Again." }),
    () => metrics.counter({ name: "trunkline_a", help: "No total." }),
    () => metrics.gauge({ name: "other_b", help: "No prefix." }),
    () => metrics.gauge({ name: "trunkline_c", help: "Bad label.", labels: ["le"] }),
    () => metrics.histogram({ name: "trunkline_d", help: "Falling." }, [2, 1]),
    () => counter.with({}).inc(-1),
  ];
  for (const bug of bugs) assert.throws(bug, AssertionError);
});

test("the reference lists every metric with its labels and their bound", () => {
  const metrics = new Metrics();
  metrics.counter({ name: "trunkline_b_total", help: "B.", labels: ["x", "y"], maxSeries: 9 });
  assert(documentMetrics(metrics).includes("| `trunkline_b_total` | counter | `x`, `y` | 9 | B. |"));
});

test("the process shows its memory, CPU time and event-loop delay", () => {
  const metrics = new Metrics();
  const own = addProcessMetrics(metrics);
  const text = metrics.render();
  own.stop();
  assert.match(text, /trunkline_process_resident_octets [1-9]/);
  assert.match(text, /trunkline_process_cpu_seconds\{mode="user"\} [0-9]/);
  assert.match(text, /trunkline_event_loop_delay_seconds\{percentile="99"\} [0-9]/);
  assert.match(text, /trunkline_process_open_files_limit [0-9]/);
  assert.match(text, /trunkline_process_start_time_seconds 1[0-9]{9}/);
});

test("OpenMetrics has the traces of what buckets counted, counters without their suffix, and an end", () => {
  const metrics = new Metrics();
  const waits = metrics.histogram({ name: "trunkline_wait_seconds", help: "Waits." }, [0.1, 1]);
  waits.with({}).observe(0.5, "4bf92f3577b34da6a3ce929d0e0e4736");
  metrics.counter({ name: "trunkline_sent_total", help: "Sent." }).with({}).inc();
  const { contentType, body } = metrics.expose("application/openmetrics-text; version=1.0.0,text/plain;q=0.5");
  assert(contentType.startsWith("application/openmetrics-text"));
  assert(body.includes("# TYPE trunkline_sent counter\n"));
  assert(body.includes("trunkline_sent_total 1\n"));
  assert(
    body.includes('trunkline_wait_seconds_bucket{le="1"} 1 # {trace_id="4bf92f3577b34da6a3ce929d0e0e4736"} 0.5\n'),
  );
  assert(body.endsWith("# EOF\n"));
  assert(metrics.expose(undefined).contentType.startsWith("text/plain"));
  assert(!metrics.expose("text/plain").body.includes("trace_id"));
});
