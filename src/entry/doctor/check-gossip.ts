import { good, wrong, type Finding } from "./finding.ts";
import type { HealthReport } from "./health-report.ts";

/** Whether a cell of a system of several hears anybody else. */
export function checkGossip({ name, hears }: HealthReport): Finding[] {
  if (hears === null) return [];
  const subject = `${name}: gossip`;
  if (hears > 1) return [good(subject, `hears ${hears - 1} others`)];
  const fix = "Look at its address (advertise), at firewalls for UDP, and at the master key, which all must share.";
  return [wrong(subject, "hears nobody else: it works on with what it knows, and limits hold for it alone", fix)];
}
