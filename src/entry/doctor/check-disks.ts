import { showOctets } from "../show-octets.ts";
import { doubtful, good, wrong, type Finding } from "./finding.ts";
import type { DiskReport, HealthReport } from "./health-report.ts";

/** Below this the log refuses new work. */
const LEAST_FREE_OCTETS = 256 * 2 ** 20;
const COMFORTABLE_FREE_OCTETS = 5 * 2 ** 30;
const LEAST_FREE_INODES = 10_000;

/** Space and inodes under the folders of a process. */
export function checkDisks({ name, disks }: HealthReport): Finding[] {
  return disks.flatMap((disk) => [...checkSpace(name, disk), ...checkInodes(name, disk)]);
}

function checkSpace(name: string, { folder, freeOctets, allOctets }: DiskReport): Finding[] {
  const subject = `${name}: disk of ${folder}`;
  const detail = `${showOctets(freeOctets)} of ${showOctets(allOctets)} free`;
  const fix = "Free some; never delete files of log/ by hand. On a full disk new messages are refused.";
  if (freeOctets < LEAST_FREE_OCTETS) return [wrong(subject, `only ${detail}`, fix)];
  if (freeOctets < COMFORTABLE_FREE_OCTETS) return [doubtful(subject, `only ${detail}`, fix)];
  return [good(subject, detail)];
}

function checkInodes(name: string, { folder, freeInodes, allInodes }: DiskReport): Finding[] {
  if (allInodes === 0 || freeInodes >= LEAST_FREE_INODES) return [];
  const detail = `only ${freeInodes} of ${allInodes} inodes free`;
  const fix = "Remove small files, or give the folder a file system with more inodes: df -i shows where they are.";
  return [(freeInodes === 0 ? wrong : doubtful)(`${name}: inodes of ${folder}`, detail, fix)];
}
