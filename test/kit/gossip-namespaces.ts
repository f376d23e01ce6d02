import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Interface } from "node:readline";
import type { TestContext } from "node:test";
import type { GossipProcessReport, GossipProcessSettings } from "./gossip-process.ts";
import { findProgram, missingPrograms } from "./programs.ts";

const PORT = 7_946;
const POLL_MS = 50;

/** Why tests in network namespaces are skipped here, or false. */
export const withoutNamespaces: string | false =
  missingPrograms(["ip"], "apt-get install -y --no-install-recommends iproute2") ?? whyNoNamespace();

/** Only an administrator may make namespaces, and not everywhere: that fails nowhere, also not with CI=true. */
function whyNoNamespace(): string | false {
  const name = `tl-try-${process.pid}`;
  const { status, stderr } = run("netns", "add", name);
  if (status !== 0) return `no network namespaces here: ${String(stderr).trim()}`;
  run("netns", "del", name);
  return false;
}

function run(...args: string[]): ReturnType<typeof spawnSync> {
  return spawnSync(findProgram("ip") ?? "ip", args);
}

function mustRun(...args: string[]): void {
  const { status, stderr } = run(...args);
  assert.equal(status, 0, `ip ${args.join(" ")}: ${String(stderr)}`);
}

/** A process in a namespace of its own. */
export interface NamespaceMember {
  readonly id: string;
  /** What it knows, after it has said something, where told. */
  report(say?: string): Promise<GossipProcessReport>;
  /** Takes its network cable out, or puts it back. */
  link(state: "up" | "down"): void;
}

/** Network namespaces that hang together by a bridge in one more, so that nothing of the machine's own network changes. */
export class GossipNamespaces {
  /** Whether packets take the time that was asked for; not every kernel can. */
  isDelayed = true;
  readonly #hub: string;
  readonly #names: string[] = [];
  readonly #children: ChildProcessWithoutNullStreams[] = [];

  constructor(t: TestContext) {
    this.#hub = `tl-${process.pid}-hub`;
    t.after(() => this.#end());
    this.#addNamespace(this.#hub);
    mustRun("-n", this.#hub, "link", "add", "hub", "type", "bridge");
    mustRun("-n", this.#hub, "link", "set", "hub", "up");
  }

  /** Starts a member, each packet of which is under way for `delayMs`. */
  async add(region: string, delayMs: number): Promise<NamespaceMember> {
    const number = this.#names.length;
    const name = `tl-${process.pid}-${number}`;
    const port = `port${number}`;
    this.#addNamespace(name);
    mustRun("-n", name, "link", "add", "net", "type", "veth", "peer", "name", port, "netns", this.#hub);
    mustRun("-n", name, "address", "add", `10.99.0.${number}/24`, "dev", "net");
    for (const device of ["lo", "net"]) mustRun("-n", name, "link", "set", device, "up");
    mustRun("-n", this.#hub, "link", "set", port, "master", "hub", "up");
    const tc = findProgram("tc");
    const delayed =
      tc !== undefined &&
      spawnSync(tc, ["-n", name, "qdisc", "add", "dev", "net", "root", "netem", "delay", `${delayMs}ms`]);
    if (delayed === false || delayed.status !== 0) this.isDelayed = false;
    return this.#start(name, {
      id: `${region}-${number}`,
      region,
      host: `10.99.0.${number}`,
      port: PORT,
      seed: { host: "10.99.0.1", port: PORT },
    });
  }

  async #start(namespace: string, settings: GossipProcessSettings): Promise<NamespaceMember> {
    const program = join(import.meta.dirname, "gossip-process.js");
    const args = ["netns", "exec", namespace, process.execPath, program, JSON.stringify(settings)];
    const child = spawn(findProgram("ip") ?? "ip", args, { stdio: "pipe" });
    child.stderr.pipe(process.stderr);
    this.#children.push(child);
    const lines = createInterface({ input: child.stdout });
    await nextLine(lines);
    const device = `port${namespace.split("-").at(-1)}`;
    return {
      id: settings.id,
      report: async (say = "") => {
        child.stdin.write(`${say}\n`);
        return JSON.parse(await nextLine(lines)) as GossipProcessReport;
      },
      link: (state) => mustRun("-n", this.#hub, "link", "set", device, state),
    };
  }

  #addNamespace(name: string): void {
    mustRun("netns", "add", name);
    this.#names.push(name);
  }

  async #end(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
    for (const name of this.#names) run("netns", "del", name);
  }
}

async function nextLine(lines: Interface): Promise<string> {
  const [line] = (await once(lines, "line")) as [string];
  return line;
}

/** Waits until something that members report is so, and gives how long that took. */
export async function untilReported(
  members: readonly NamespaceMember[],
  what: string,
  limitMs: number,
  holds: (reports: readonly GossipProcessReport[]) => boolean,
): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    const reports = await Promise.all(members.map((member) => member.report()));
    const tookMs = performance.now() - startMs;
    if (holds(reports)) return tookMs;
    assert.ok(tookMs < limitMs, `not within ${limitMs} ms: ${what}; ${JSON.stringify(reports)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
