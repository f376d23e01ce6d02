import { constants } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { showOctets } from "../show-octets.ts";
import { doubtful, good, wrong, type Finding } from "./finding.ts";

const LEAST_NODE = [20, 19] as const;
/** With less than this the cell's log soon refuses new work. */
const LEAST_FREE_OCTETS = 256 * 2 ** 20;
const COMFORTABLE_FREE_OCTETS = 5 * 2 ** 30;
/** Files that were written later than now by this much were written by another clock. */
const CLOCK_TOLERANCE_MS = 60_000;
/** Before this nobody can have started this program. */
const EARLIEST_MS = Date.UTC(2025, 0, 1);
const SECRETS = ["run.json", "master.key", join("ca", "authority.json"), join("postgres", "password")];
const OTHERS_MAY = 0o007;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return good("Node", version);
  return wrong("Node", `${version} is too old`, `Install Node ${leastMajor}.${leastMinor} or newer.`);
}

export async function checkDataFolder(folder: string): Promise<Finding[]> {
  const name = "data folder";
  const info = await stat(folder).catch(() => undefined);
  if (info === undefined) {
    const parent = dirname(folder);
    const fix = `The first start makes it; ${parent} has to be there and writable.`;
    if (await isWritable(parent)) return [good(name, `${folder} is not there yet; the first start makes it`)];
    return [wrong(name, `${folder} is not there and cannot be made`, fix)];
  }
  if (!info.isDirectory()) return [wrong(name, `${folder} is no folder`, "Name another one with --data.")];
  if (!(await isWritable(folder))) {
    const fix = `Give it to the user who starts Trunkline: chown -R <user> '${folder}'.`;
    return [wrong(name, `${folder} cannot be written to by this user`, fix)];
  }
  return [good(name, folder), await checkSpace(folder), await checkSecrets(folder)];
}

async function checkSpace(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${showOctets(free)} free`;
  if (free >= COMFORTABLE_FREE_OCTETS) return good("disk", detail);
  const fix = "Free some. On a full disk new messages are refused.";
  return free < LEAST_FREE_OCTETS ? wrong("disk", `only ${detail}`, fix) : doubtful("disk", `only ${detail}`, fix);
}

async function checkSecrets(folder: string): Promise<Finding> {
  const open: string[] = [];
  for (const secret of SECRETS) {
    const info = await stat(join(folder, secret)).catch(() => undefined);
    if (info !== undefined && (info.mode & OTHERS_MAY) !== 0) open.push(join(folder, secret));
  }
  if (open.length === 0) return good("secrets", "only their owner can read them");
  return wrong(
    "secrets",
    `others can read ${open.join(", ")}`,
    `chmod 600 ${open.map((path) => `'${path}'`).join(" ")}`,
  );
}

/** The time is in SIDs, in the order of pages and in certificates. */
export async function checkClock(folder: string, nowMs: number): Promise<Finding> {
  const fix = "Set the clock, and have it kept right by NTP: timedatectl set-ntp true.";
  const shown = new Date(nowMs).toISOString();
  if (nowMs < EARLIEST_MS) return wrong("clock", `it says ${shown}`, fix);
  for (const file of ["run.json", join("ca", "ca.pem"), "cells"]) {
    const info = await stat(join(folder, file)).catch(() => undefined);
    if (info !== undefined && info.mtimeMs > nowMs + CLOCK_TOLERANCE_MS) {
      const then = new Date(info.mtimeMs).toISOString();
      return wrong("clock", `it says ${shown}, but ${file} was written at ${then}`, fix);
    }
  }
  return good("clock", shown);
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
