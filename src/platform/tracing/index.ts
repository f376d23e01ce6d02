/** Traces from an API request to the last webhook: contexts, spans, the choice of what is kept. */
export { KeptTraces, keptTracesEndpoint, keptTracesTarget } from "./kept-traces.ts";
export type { Span, SpanExporter, SpanKind } from "./span.ts";
export { Tracing, watchTracing } from "./tracing.ts";
export { TracedSender } from "./webhook-tracing.ts";
