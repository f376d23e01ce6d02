import { AppError } from "../../kernel/errors.ts";
import type { SignedEndpoint } from "../../platform/fleet/index.ts";
import {
  EDGE_BIN_MS,
  MAX_BINS_A_CALL,
  MAX_COUNTS_A_BIN,
  type EdgeBin,
  type EdgeBinsRecord,
} from "../../platform/insight/index.ts";
import { insightErrors } from "./errors.ts";

const MAX_NAME = 64;
const ANSWERS = ["2xx", "3xx", "4xx", "429", "5xx"];

/** Where edges hand over what they counted: durable when it is answered. */
export function edgeBinsEndpoint(commit: (record: EdgeBinsRecord) => Promise<unknown>): SignedEndpoint {
  return {
    method: "POST",
    path: "/insights/edge-bins",
    run: async ({ json }) => {
      await commit(readEdgeBins(json));
      return { taken: true };
    },
  };
}

/** Checks what another process of the system sent, which may be of another version. */
export function readEdgeBins(json: unknown): EdgeBinsRecord {
  const { edge, life, bins } = (json ?? {}) as Partial<Record<"edge" | "life" | "bins", unknown>>;
  if (!isName(edge) || !isName(life) || !Array.isArray(bins) || bins.length > MAX_BINS_A_CALL || !bins.every(isBin)) {
    throw new AppError(insightErrors.badQuery, { reason: "these are no counts of an edge" });
  }
  return {
    kind: "insights.edge-bins",
    edge,
    life,
    bins: bins.map(({ startMs, counts }) => ({ startMs, counts })),
  };
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_NAME;
}

function isBin(value: unknown): value is EdgeBin {
  const { startMs, counts } = (value ?? {}) as Partial<Record<"startMs" | "counts", unknown>>;
  if (!Number.isSafeInteger(startMs) || (startMs as number) % EDGE_BIN_MS !== 0) return false;
  return Array.isArray(counts) && counts.length <= MAX_COUNTS_A_BIN && counts.every(isCount);
}

function isCount(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [tier, kind, answer, count] = value as unknown[];
  const isWhole = Number.isSafeInteger(count) && (count as number) >= 0;
  return isName(tier) && isName(kind) && ANSWERS.includes(answer as string) && isWhole;
}
