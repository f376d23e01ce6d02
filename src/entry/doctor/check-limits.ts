import { showOctets } from "../show-octets.ts";
import { doubtful, good, wrong, type Finding } from "./finding.ts";
import type { HealthReport } from "./health-report.ts";

const FULL_SHARE = 0.85;
const NEARLY_SHARE = 0.7;
/** Each client, carrier and webhook takes one; systems start programs with 1,024 and too few. */
const LEAST_FILES = 4_096;

/** Memory and open files, against what the process may have. */
export function checkLimits({ name, process: own }: HealthReport): Finding[] {
  return [checkMemory(name, own), checkFiles(name, own)];
}

function checkMemory(name: string, { heapOctets, heapLimitOctets }: HealthReport["process"]): Finding {
  const subject = `${name}: memory`;
  const share = heapOctets / heapLimitOctets;
  const detail = `${showOctets(heapOctets)} of ${showOctets(heapLimitOctets)} of the heap are used`;
  const fix =
    "See trunkline_table_rows for what it holds: messages or webhooks that wait have a cause of their own. " +
    "Until then give it more: NODE_OPTIONS=--max-old-space-size=…";
  if (share > FULL_SHARE) return wrong(subject, `${detail}; the process ends beyond that`, fix);
  return share > NEARLY_SHARE ? doubtful(subject, detail, fix) : good(subject, detail);
}

function checkFiles(name: string, { openFiles, openFilesLimit }: HealthReport["process"]): Finding {
  const subject = `${name}: open files`;
  if (openFilesLimit === 0) return good(subject, `${openFiles}, without a limit`);
  const detail = `${openFiles} of ${openFilesLimit}`;
  const fix = "Raise the limit and start again: LimitNOFILE=65536 in its unit, or ulimit -n 65536 before it.";
  if (openFiles / openFilesLimit > FULL_SHARE) return wrong(subject, `${detail}; soon nobody can connect`, fix);
  return openFilesLimit < LEAST_FILES ? doubtful(subject, `${detail}, which is few`, fix) : good(subject, detail);
}
