import { doubtful, wrong, type Finding } from "./finding.ts";
import type { HealthReport } from "./health-report.ts";

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

/** Certificates that end soon. */
export function checkCertificates({ name, nowMs, certificates }: HealthReport): Finding[] {
  return certificates.flatMap(({ name: certificate, endsMs }) => {
    const days = Math.floor((endsMs - nowMs) / DAY_MS);
    if (days >= SOON_DAYS) return [];
    const subject = `${name}: certificate ${certificate}`;
    const fix =
      "See its log for why it was not renewed; give another one, or start again where it is the local authority's.";
    return [days < 0 ? wrong(subject, "has ended", fix) : doubtful(subject, `ends in ${days} days`, fix)];
  });
}
