/** Tables and requests for this folder's tests. It holds no tests itself. */
import { createHash } from "node:crypto";
import type { CarrierHealth, HealthSnapshot, RouteRequest } from "./index.ts";
import {
  compileTable,
  partsOf,
  TABLE_FORMAT,
  type CompiledTable,
  type ContentHash,
  type TableDocument,
} from "./table/index.ts";

export const ACCOUNT = `AC${"a".repeat(32)}`;

/** SHA-256, as the entry gives it. */
export function sha256(): ContentHash {
  const hash = createHash("sha256");
  return { update: (text) => void hash.update(text), digest: () => hash.digest("hex") };
}

/** A table with no networks of its own or of anybody, unless it says so. */
export function tableOf(document: Partial<TableDocument>): TableDocument {
  return { format: TABLE_FORMAT, currency: "USD", networks: [], ...document };
}

export function compile(document: unknown, version = 1): Promise<CompiledTable> {
  return compileTable({ parts: partsOf(document), version, hash: sha256(), pause: () => Promise.resolve() });
}

export function request(more: Partial<RouteRequest> = {}): RouteRequest {
  return {
    accountSid: ACCOUNT,
    from: "+15005550100",
    to: "+12125550123",
    senderKind: "local",
    trafficClass: "transactional",
    encoding: "GSM-7",
    segments: 1,
    ...more,
  };
}

/** A snapshot in which only what is named is known. */
export function healthOf(version: number, carriers: Readonly<Record<string, Partial<CarrierHealth>>>): HealthSnapshot {
  const entries = Object.entries(carriers).map(([name, health]): [string, CarrierHealth] => {
    return [name, { usable: true, quality: {}, ...health }];
  });
  return { version, carriers: new Map(entries) };
}

/** Random numbers that a seed decides (mulberry32), from 0 to below 1. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of a test, which it prints: `SEED`, or one that is always the same. */
export function seedOf(name: string): number {
  const seed = Number(process.env["SEED"] ?? 20_250_131);
  console.log(`${name}: SEED=${seed}`);
  return seed;
}
