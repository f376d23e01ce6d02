import { doubtful, good, wrong, type Finding } from "./finding.ts";
import type { HealthReport } from "./health-report.ts";

/** A disk that takes longer than this for one group of records is sick, or shared with somebody busy. */
const SLOW_COMMIT_MS = 1_000;

/** Whether the log takes new work, and how fast. */
export function checkLog({ name, log }: HealthReport): Finding[] {
  const subject = `${name}: log`;
  if (!log.acceptsWork) {
    const detail = `refuses new work: ${log.reason ?? "no reason given"}; new messages are answered 503`;
    return [wrong(subject, detail, "Free space on its disk, or move its data folder to a good one.")];
  }
  if (log.slowestCommitMs > SLOW_COMMIT_MS) {
    const detail = `takes work; one write took ${(log.slowestCommitMs / 1_000).toFixed(1)} s since the start`;
    return [doubtful(subject, detail, "See what else writes to that disk: PostgreSQL, backups, another cell.")];
  }
  return [good(subject, "takes work")];
}
