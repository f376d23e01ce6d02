import { SpanKind as Kind, SpanStatusCode, TraceFlags, type SpanContext } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes, type Resource } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from "@opentelemetry/semantic-conventions";
import type { Span, SpanExporter, SpanKind } from "../../platform/tracing/index.ts";

/** Where spans go, and who says so. */
export interface OtlpOptions {
  /** With its path, for example `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  /** As `Name: value`. */
  readonly headers: readonly string[];
  /** Of this process, for example `messaging-1`; becomes `service.instance.id`. */
  readonly instance: string;
  /** `all`, `edge`, `cell`, `control`. */
  readonly role: string;
  readonly region: string;
  readonly version: string;
}

const SERVICE = "trunkline";
/** For one batch with the repetitions that the exporter makes itself; a process that ends may have to wait for it. */
const TIMEOUT_MS = 3_000;
const SUCCESS = 0;

/** An exporter that sends to an OTLP collector, repeats what may be repeated, and rejects with the last reason. */
export function otlpExporter(options: OtlpOptions): SpanExporter {
  const exporter = new OTLPTraceExporter({
    url: options.url,
    headers: headersOf(options.headers),
    timeoutMillis: TIMEOUT_MS,
    concurrencyLimit: 1,
  });
  const resource = resourceFromAttributes({
    [ATTR_SERVICE_NAME]: SERVICE,
    [ATTR_SERVICE_VERSION]: options.version,
    "service.namespace": SERVICE,
    "service.instance.id": options.instance,
    "cloud.region": options.region,
    "trunkline.role": options.role,
  });
  const scope = { name: SERVICE, version: options.version };
  return {
    export: (spans) =>
      new Promise((resolve, reject) => {
        exporter.export(
          spans.map((span) => readable(span, resource, scope)),
          ({ code, error }) => {
            if (code === Number(SUCCESS)) resolve();
            else reject(error ?? new Error("the collector did not take the spans"));
          },
        );
      }),
    close: () => exporter.shutdown(),
  };
}

function headersOf(headers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    headers.map((header) => {
      const colon = header.indexOf(":");
      return [header.slice(0, colon), header.slice(colon + 1).trim()];
    }),
  );
}

const KINDS: Readonly<Record<SpanKind, Kind>> = {
  internal: Kind.INTERNAL,
  server: Kind.SERVER,
  client: Kind.CLIENT,
  producer: Kind.PRODUCER,
  consumer: Kind.CONSUMER,
};

type Time = [seconds: number, nanoseconds: number];

/** A span as the SDK would have made it. */
function readable(
  span: Span,
  resource: Resource,
  instrumentationScope: ReadableSpan["instrumentationScope"],
): ReadableSpan {
  const { traceId, spanId, parentSpanId, state, failure } = span;
  const contextOf = (id: string): SpanContext => ({
    traceId,
    spanId: id,
    traceFlags: TraceFlags.SAMPLED,
    ...(state === undefined ? {} : { traceState: stateOf(state) }),
  });
  const context = contextOf(spanId);
  return {
    name: span.name,
    kind: KINDS[span.kind],
    spanContext: () => context,
    ...(parentSpanId === undefined ? {} : { parentSpanContext: contextOf(parentSpanId) }),
    startTime: timeOf(span.startMs),
    endTime: timeOf(span.endMs),
    duration: timeOf(span.endMs - span.startMs),
    status: failure === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: failure },
    attributes: { ...span.attributes },
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** It was read and bounded when it came; the exporter only writes it. */
function stateOf(state: string): NonNullable<SpanContext["traceState"]> {
  const same = (): NonNullable<SpanContext["traceState"]> => stateOf(state);
  return { set: same, unset: same, get: () => undefined, serialize: () => state };
}

/** Seconds and nanoseconds of milliseconds with fractions. */
function timeOf(ms: number): Time {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}
