import { doubtful, good, wrong, type Finding } from "./finding.ts";
import type { CarrierReport, HealthReport } from "./health-report.ts";

const BIND = "Check address, user and secret in trunkline.yaml, and whether the carrier lets this machine in.";
const BREAKER = "It is tried again by itself. Where it stays so, ask the carrier, or give its traffic to another one.";
const UNKNOWN = "See with npx trunkline why SM… which carrier it was. They are not sent again by themselves.";

/** Carriers that messages cannot go to, with the last reason. */
export function checkCarriers({ name, carriers, messages }: HealthReport): Finding[] {
  const findings = carriers.map((carrier) => judge(name, carrier));
  const isCutOff = carriers.length > 0 && carriers.every(({ usable }) => !usable);
  if (isCutOff) {
    const detail = "none can be used: messages are accepted, and wait until their validity ends";
    findings.unshift(wrong(`${name}: carriers`, detail, "Mend one of those below."));
  }
  if (messages.unknown > 0) {
    const detail = `of ${messages.unknown} messages nobody knows whether they arrived`;
    findings.push(doubtful(`${name}: unknown`, detail, UNKNOWN));
  }
  return findings;
}

function judge(name: string, { name: carrier, up, usable, reason, detail, breaker }: CarrierReport): Finding {
  const subject = `${name}: carrier ${carrier}`;
  if (!up) return wrong(subject, `is not bound${because(detail ?? reason)}`, BIND);
  if (breaker !== "closed") return wrong(subject, `failed too often and is left alone${because(reason)}`, BREAKER);
  if (!usable)
    return doubtful(subject, `is not used${because(reason)}`, "Maintenance ends by itself, or in the console.");
  return good(subject, "up");
}

function because(reason: string | null): string {
  return reason === null ? "" : `: ${reason}`;
}
