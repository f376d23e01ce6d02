import { spawn, spawnSync } from "node:child_process";
import { findProgram } from "../kit/programs.ts";

/** Set in a process that has a network of its own. */
const MARK = "TRUNKLINE_CHAOS_NETWORK";
const NEEDED = ["unshare", "ip", "nft"];

/** True where rules for packets may be made, because nothing but this run is on this network. */
export function hasOwnNetwork(): boolean {
  return process.env[MARK] === "own";
}

/** Why there can be no network of one's own here, or `undefined`. */
export function withoutOwnNetwork(): string | undefined {
  const missing = NEEDED.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) return `${missing.join(" and ")} not found (packages util-linux, iproute2, nftables)`;
  const tried = spawnSync(findProgram("unshare") ?? "", ["-n", "-m", "true"]);
  return tried.status === 0 ? undefined : "a network namespace needs an administrator";
}

/**
 * Runs this program again in a network namespace with nothing but a loopback interface, so that
 * packets can be dropped without touching the machine's own network, and with mounts of its own,
 * which are gone when it is, however it ends. Resolves to its exit code.
 */
export function runInOwnNetwork(): Promise<number> {
  const inside = 'ip link set lo up && exec "$0" "$@"';
  const program = [process.execPath, ...process.argv.slice(1)];
  const child = spawn(findProgram("unshare") ?? "", ["-n", "-m", "sh", "-c", inside, ...program], {
    stdio: "inherit",
    env: { ...process.env, [MARK]: "own" },
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/** Changes the rules for packets of this run's own network. Throws what nft says when it does not like them. */
export function setPacketRules(rules: string): void {
  const { status, stderr } = spawnSync(findProgram("nft") ?? "", ["-f", "-"], { input: rules, encoding: "utf8" });
  if (status !== 0) throw new Error(`nft: ${stderr}`);
}
