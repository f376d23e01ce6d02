import { doubtful, good, wrong, type Finding } from "./finding.ts";
import type { HealthReport } from "./health-report.ts";

const LATE_SECONDS = 60;
/** At 2,000,000 the cell refuses new work. */
const NEARLY_FULL = 1_000_000;

/** How far PostgreSQL is behind the log. */
export function checkProjection({ name, projection }: HealthReport): Finding[] {
  const subject = `${name}: projection`;
  const { lagSeconds, waiting } = projection;
  const detail = `PostgreSQL is ${Math.round(lagSeconds)} s behind; ${waiting} changes wait`;
  const fix = "See its log for projection.failing, and whether PostgreSQL runs, has space, and no long transaction.";
  if (waiting > NEARLY_FULL) return [wrong(subject, `${detail}; at 2,000,000 new work is refused`, fix)];
  if (lagSeconds > LATE_SECONDS) return [doubtful(subject, `${detail}. Nothing is lost; lists are old`, fix)];
  return [good(subject, detail)];
}
