/** Traces from an API request to the last webhook: contexts, spans, the choice of what is kept. */
export { KeptTraces, keptTracesEndpoint, keptTracesTarget, type AskKept } from "./kept-traces.ts";
export type { TracedMessage } from "./message-spans.ts";
export { MessageTracing } from "./message-tracing.ts";
export { RequestTracing, type RequestPlace } from "./request-tracing.ts";
export type { Span, SpanAttributes, SpanExporter, SpanKind } from "./span.ts";
export { SpanQueue } from "./span-queue.ts";
export { TailSampler, type SamplingOptions } from "./tail-sampler.ts";
export {
  packContext,
  readContext,
  spanIdOf,
  traceIdOf,
  unpackContext,
  writeParent,
  type TraceContext,
} from "./trace-context.ts";
export { Tracing, watchTracing, type TraceCounts, type TracingOptions } from "./tracing.ts";
export { TracedSender, type WebhookTracingOptions } from "./webhook-tracing.ts";
