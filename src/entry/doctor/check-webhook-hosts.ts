import { doubtful, good, type Finding } from "./finding.ts";
import type { HealthReport } from "./health-report.ts";

const MANY_WAITING = 10_000;
/** So many hosts at once have something in common: us. */
const MANY_HOSTS = 5;

/** Hosts whose webhooks fail, and webhooks that pile up. */
export function checkWebhookHosts({ name, webhooks }: HealthReport): Finding[] {
  const { waiting, failing } = webhooks;
  const findings = failing.map(({ host, failures, errorCode, text }) => {
    const detail = `failed ${failures} times in a row, with ${errorCode}: ${text}`;
    return doubtful(
      `${name}: webhooks to ${host}`,
      detail,
      `Tell its owner; what ${errorCode} means is in docs/generated/errors.md.`,
    );
  });
  const subject = `${name}: webhooks`;
  if (failing.length >= MANY_HOSTS) {
    const fix =
      "Look at what they have in common: the way out of this machine, its DNS, webhooks.allowPrivateNetworks.";
    return [doubtful(subject, `${failing.length} hosts fail at once`, fix), ...findings];
  }
  if (waiting > MANY_WAITING) {
    const fix = "Slow hosts hold them up; raise webhooks.maxInFlight where there is memory and CPU for it.";
    return [...findings, doubtful(subject, `${waiting} wait`, fix)];
  }
  return findings.length > 0 ? findings : [good(subject, `${waiting} wait`)];
}
