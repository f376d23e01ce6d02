import { randomBytes } from "node:crypto";
import { systemClock } from "../adapters/system/index.ts";
import type { AccessRecord } from "../platform/edge/index.ts";
import { EdgeCounts, EdgeReporter, type EdgeReporterOptions } from "../platform/insight/index.ts";
import type { Logger } from "../platform/ports.ts";
import type { Shutdown } from "./shutdown.ts";

/** Requests that are no use of the API: health, metrics, the console's own pages, visitors of links. */
const NO_API: ReadonlySet<string> = new Set(["own", "console", "public", "link", "internal"]);
const LIFE_OCTETS = 8;

/** What reports the answers of an edge. */
export interface EdgeReports {
  readonly name: string;
  /** The tier of the cell in which an account is at home. */
  readonly tierOf: (accountSid: string) => string | undefined;
  /** Makes counts durable in the operator's cell. */
  readonly send: EdgeReporterOptions["send"];
  readonly logger: Logger;
  readonly shutdown: Shutdown;
}

/**
 * Counts how the API answers, by tier, and hands the counts to the operator's cell every ten seconds. Returns what
 * is to be told of every answer.
 */
export function reportAnswers({ name, tierOf, send, logger, shutdown }: EdgeReports): (record: AccessRecord) => void {
  const counts = new EdgeCounts(() => systemClock.nowMs());
  const life = randomBytes(LIFE_OCTETS).toString("hex");
  const reporter = new EdgeReporter({ counts, edge: name, life, send, clock: systemClock, logger });
  reporter.start();
  shutdown.add("reports of answers", () => reporter.stop());
  return ({ routeClass, accountSid, status }) => {
    if (NO_API.has(routeClass)) return;
    counts.count((accountSid === undefined ? undefined : tierOf(accountSid)) ?? "none", routeClass, status);
  };
}
