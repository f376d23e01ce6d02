/** OpenTelemetry: spans to a collector, by OTLP over HTTP. */
export { otlpExporter, type OtlpOptions } from "./otlp-exporter.ts";
