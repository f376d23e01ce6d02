import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CarrierKind } from "../kit/carriers/index.ts";
import { findRoot } from "../tidy/tree.ts";

/** A message of a trace: when it was sent, and how it ended. */
export interface TracedMessage {
  readonly to: string;
  readonly body: string;
  readonly atMs: number;
  readonly status: string;
  readonly errorCode: number | null;
}

/**
 * One thing that happened on a connection. `out` is a PDU of the system, `in` one of the
 * carrier, perhaps only its beginning; `cut` is the carrier's end of the connection.
 */
export interface TraceLine {
  readonly direction: "open" | "out" | "in" | "cut";
  /** Since the trace began. */
  readonly atMs: number;
  /** Counts from 1. */
  readonly connection: number;
  /** The octets in hex. */
  readonly pdu?: string;
}

/** What went over the wire between the system and one carrier. On disk, one JSON value a line, the head first. */
export interface Trace {
  readonly head: {
    readonly trace: string;
    readonly about: string;
    readonly messageIds?: CarrierKind["messageIds"];
    readonly messages: readonly TracedMessage[];
  };
  readonly lines: readonly TraceLine[];
}

const FOLDER = join(findRoot(import.meta.dirname), "test/simulation/traces");

/** All traces, in the order of their names. */
export function readTraces(): Trace[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".jsonl"));
  return names.toSorted().map((name) => {
    const [head, ...lines] = readFileSync(join(FOLDER, name), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    return { head: head as Trace["head"], lines: lines as TraceLine[] };
  });
}

/** Puts a trace in the place of the one of that name. */
export function writeTrace({ head, lines }: Trace): void {
  const text = [head, ...lines].map((value) => `${JSON.stringify(value)}\n`).join("");
  writeFileSync(join(FOLDER, `${head.trace}.jsonl`), text);
}
