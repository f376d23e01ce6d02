/** What is recorded, and who takes it. */

/** OpenTelemetry's kinds of spans, by the names of its API. */
export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer";

/** Values of attributes. Never a phone number, never a text, never a path or query of a customer's URL. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** One step of a trace, done. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent at the beginning of a trace. */
  readonly parentSpanId?: string | undefined;
  /** From a small set: never anything that a customer wrote. */
  readonly name: string;
  readonly kind: SpanKind;
  /** In epoch milliseconds, with fractions where they are known. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: SpanAttributes;
  /** In a few words, where it failed. Its trace is kept then. */
  readonly failure?: string | undefined;
  /** `tracestate` of the client. */
  readonly state?: string | undefined;
}

/** Sends spans away. The OpenTelemetry adapter is one. */
export interface SpanExporter {
  /** Resolves once they were taken; rejects where they were not, after trying again for as long as makes sense. */
  export(spans: readonly Span[]): Promise<void>;
  /** Gives up what it holds. */
  close(): Promise<void>;
}
