/** Anything JSON can say (RFC 8259 §3). `undefined` members are left out when written. */
export type JsonValue = string | number | boolean | null | undefined | readonly JsonValue[] | JsonObject;

/** A JSON object (RFC 8259 §4). */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}
