import { doubtful, good, wrong, type Finding } from "./finding.ts";
import type { HealthReport } from "./health-report.ts";

/** What processes tell each other is not believed where it is signed at another time than this. */
const WRONG_MS = 30_000;
const DOUBTFUL_MS = 1_000;
const FIX = "Have clocks kept right by NTP on every machine: timedatectl set-ntp true.";

/** When a report was asked for and when it came, by the clock of whoever asked. */
export interface AskedAt {
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** The clock of a process against ours, and against its database's. */
export function checkClocks(report: HealthReport, { beforeMs, afterMs }: AskedAt): Finding[] {
  const { name, nowMs, databaseAheadMs, databaseProblem } = report;
  // It said its time somewhere in between.
  const aheadMs = nowMs > afterMs ? nowMs - afterMs : nowMs < beforeMs ? nowMs - beforeMs : 0;
  const own = judge(`${name}: clock`, aheadMs, "this machine's");
  if (databaseAheadMs === null) {
    const detail = `cannot be asked: ${databaseProblem ?? "no reason given"}`;
    const fix = "See that PostgreSQL runs and takes connections. Messages go on; lists and old messages wait.";
    return [own, wrong(`${name}: database`, detail, fix)];
  }
  return [own, judge(`${name}: clock of its database`, databaseAheadMs, "its own")];
}

function judge(subject: string, aheadMs: number, against: string): Finding {
  const apart = Math.abs(aheadMs);
  if (apart < DOUBTFUL_MS) return good(subject, `is with ${against}`);
  const detail = `is ${(apart / 1_000).toFixed(1)} s ${aheadMs > 0 ? "ahead of" : "behind"} ${against}`;
  return apart >= WRONG_MS ? wrong(subject, detail, FIX) : doubtful(subject, detail, FIX);
}
