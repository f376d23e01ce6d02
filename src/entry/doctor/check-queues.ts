import { doubtful, good, wrong, type Finding } from "./finding.ts";
import type { HealthReport } from "./health-report.ts";

/** A queue in front of a carrier that is up moves several times a second. */
const STILL_MS = 60_000;
const LONG = 10_000;

/** Queues that wait in front of carriers that could take something. */
export function checkQueues({ name, nowMs, startedMs, carriers }: HealthReport): Finding[] {
  return carriers.flatMap(({ name: carrier, usable, queued, submittedMs }) => {
    // A carrier that cannot be used has a finding of its own.
    if (!usable || queued === 0) return [];
    const subject = `${name}: queue of ${carrier}`;
    const stillMs = nowMs - (submittedMs ?? startedMs);
    if (stillMs > STILL_MS) {
      const detail = `${queued} messages wait, and none has left for ${Math.round(stillMs / 1_000)} s`;
      const fix =
        "See npx trunkline why for one of them: rates of its sender, quiet hours, or a window without answers.";
      return [wrong(subject, detail, fix)];
    }
    const fix =
      "Raise its rate or window where the contract allows it, or give a part of the traffic to another carrier.";
    return queued > LONG ? [doubtful(subject, `${queued} messages wait`, fix)] : [good(subject, `${queued} messages`)];
  });
}
