import { systemClock } from "../../adapters/system/index.ts";
import { authorization, callApi, callForJson } from "../call-api.ts";
import type { RunningHere } from "../find-running.ts";
import type { FleetStatus } from "../fleet/fleet-status.ts";
import { checkCarriers } from "./check-carriers.ts";
import { checkCertificates } from "./check-certificates.ts";
import { checkClocks, type AskedAt } from "./check-clocks.ts";
import { checkDifferences } from "./check-differences.ts";
import { checkDisks } from "./check-disks.ts";
import { checkGossip } from "./check-gossip.ts";
import { checkLimits } from "./check-limits.ts";
import { checkLog } from "./check-log.ts";
import { checkMoney } from "./check-money.ts";
import { checkProjection } from "./check-projection.ts";
import { checkQueues } from "./check-queues.ts";
import { checkWebhookHosts } from "./check-webhook-hosts.ts";
import { wrong, type Finding } from "./finding.ts";
import { HEALTH_PATH, type HealthReport } from "./health-report.ts";

/** What is asked of every cell, the most important first. */
const CHECKS: readonly ((report: HealthReport, asked: AskedAt) => Finding[])[] = [
  checkLog,
  checkDisks,
  checkCarriers,
  checkQueues,
  checkProjection,
  checkClocks,
  checkLimits,
  checkGossip,
  checkCertificates,
  checkWebhookHosts,
  checkMoney,
];

/** Cells of a large system are not asked all at once. */
const AT_ONCE = 8;

/** Asks every cell how it does, and judges what they say. */
export async function checkHealth(run: RunningHere): Promise<Finding[]> {
  const cells = await messagingCells(run);
  const asked: (Answered | Finding)[] = [];
  for (let at = 0; at < cells.length; at += AT_ONCE) {
    asked.push(...(await Promise.all(cells.slice(at, at + AT_ONCE).map((cell) => askCell(run, cell)))));
  }
  const silent = asked.flatMap((each) => ("report" in each ? [] : [each]));
  const answered = asked.flatMap((each) => ("report" in each ? [each] : []));
  const judged = CHECKS.flatMap((check) => answered.flatMap(({ report, at }) => check(report, at)));
  return [...silent, ...judged, ...checkDifferences(answered.map(({ report }) => report))];
}

interface Answered {
  readonly report: HealthReport;
  readonly at: AskedAt;
}

/** The names of the cells; one without a name where there is one process. */
async function messagingCells(run: RunningHere): Promise<readonly (string | undefined)[]> {
  if (run.supervisorUrl === null) return [undefined];
  try {
    const headers = { Authorization: authorization(run) };
    const { cells } = (await callForJson(`${run.baseUrl}/trunkline/v1/Fleet`, { headers })) as FleetStatus;
    // Those that are down have been found already.
    return cells.filter(({ type, health }) => type === "messaging" && health === "up").map(({ name }) => name);
  } catch {
    // Control is away, which has been found already; the operator's own cell can be asked all the same.
    return [undefined];
  }
}

async function askCell(run: RunningHere, cell: string | undefined): Promise<Answered | Finding> {
  const pin = cell === undefined ? {} : { "X-Trunkline-Cell": cell };
  const beforeMs = systemClock.nowMs();
  try {
    const url = `${run.baseUrl}${HEALTH_PATH}`;
    const { status, text } = await callApi(url, { headers: { Authorization: authorization(run), ...pin } });
    if (status !== 200) throw new Error(`answers ${status}`);
    return { report: JSON.parse(text) as HealthReport, at: { beforeMs, afterMs: systemClock.nowMs() } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return wrong(
      cell ?? "health",
      `does not say how it does: ${reason}`,
      "See its log; its requests are answered 503.",
    );
  }
}
