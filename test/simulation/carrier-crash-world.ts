import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock, systemNet } from "../../src/adapters/system/index.ts";
import {
  judge,
  misbehaviours,
  SandboxCarrier,
  type EndedMessage,
  type MisbehaviourName,
  type Outcome,
} from "../kit/carriers/index.ts";
import { startTrunkline } from "../kit/command-line.ts";
import { startSystemProcess, temporaryFolder, type SystemProcess } from "../kit/running-system.ts";
import { SeededRandom } from "../kit/smpp-pdus.ts";
import { waitFor } from "../kit/wait-for.ts";
import { SpreadLoad } from "./spread-load.ts";
import { listAll, type ListedMessage } from "./verdict.ts";

const FROM = "+15005550100";
const PER_SECOND_EACH = 15;
const VALIDITY_SECONDS = 15;
/** Longer than a receipt takes, a restart included. */
const UNKNOWN_GRACE_SECONDS = 6;
const RESPONSE_TIMEOUT_MS = 600;
const WINDOW = 20;
const DRAIN_LIMIT_MS = 45_000;
const DRAIN_LOOK_MS = 250;
const OPEN: ReadonlySet<string> = new Set(["queued", "sending", "sent"]);
/** Of the whole process, whatever the carriers do. */
const MAX_RESIDENT_KIB = 700 * 1024;

interface Side {
  readonly name: MisbehaviourName;
  readonly prefix: string;
  readonly carrier: SandboxCarrier;
}

/** One line of the table of results. */
export type Row = { readonly behaviour: MisbehaviourName } & Omit<Outcome, "problems">;

/** A system that is killed again and again while every carrier that it has misbehaves in a way of its own. */
export class CarrierCrashWorld {
  readonly random: SeededRandom;
  kills = 0;
  /** Attempts that a start found without an answer. */
  unanswered = 0;
  private readonly sides: readonly Side[];
  private readonly load: SpreadLoad;
  private readonly config: object;
  private readonly dataFolder = join(temporaryFolder("carriers"), "data");
  private running: SystemProcess | undefined;

  private constructor(parts: { random: SeededRandom; sides: readonly Side[]; config: object }) {
    this.random = parts.random;
    this.sides = parts.sides;
    this.config = parts.config;
    this.load = new SpreadLoad({
      random: parts.random,
      from: FROM,
      validitySeconds: VALIDITY_SECONDS,
      perSecond: PER_SECOND_EACH * parts.sides.length,
      prefixes: parts.sides.map(({ prefix }) => prefix),
    });
  }

  static async open(seed: number, names: readonly MisbehaviourName[]): Promise<CarrierCrashWorld> {
    const random = new SeededRandom(seed);
    const sides: Side[] = [];
    const carriers: object[] = [];
    for (const [at, name] of names.entries()) {
      const kind = misbehaviours[name];
      const pace = { tooLateMs: RESPONSE_TIMEOUT_MS + 200 };
      const own = new SeededRandom(random.next());
      const carrier = new SandboxCarrier({ kind, net: systemNet, clock: systemClock, random: own, pace });
      // One number plan area for each carrier, by which it is chosen and by which its messages are found.
      const prefix = `+1557${String(at + 1).padStart(2, "0")}`;
      sides.push({ name, prefix, carrier });
      carriers.push({
        name,
        type: "smpp",
        url: `smpp://app:secret@127.0.0.1:${await carrier.start()}`,
        window: WINDOW,
        prefixes: [prefix],
        responseTimeoutMs: RESPONSE_TIMEOUT_MS,
        enquireLinkMs: 1_000,
        ...("messageIds" in kind ? { messageIds: kind.messageIds } : {}),
      });
    }
    const config = {
      carriers,
      numbers: [{ number: FROM }],
      messaging: { adoptReceiptSeconds: 1, unknownGraceSeconds: UNKNOWN_GRACE_SECONDS },
      log: { level: "warn" },
    };
    return new CarrierCrashWorld({ random, sides, config });
  }

  private get system(): SystemProcess {
    assert(this.running !== undefined, "the system runs");
    return this.running;
  }

  /** Starts the system on its data folder and aims the load at it. */
  async start(): Promise<void> {
    this.running = await startSystemProcess({ dataFolder: this.dataFolder, config: this.config });
    this.load.aim(this.running);
  }

  /** Lets the load run for a random while. */
  async runFor(lowMs: number, highMs: number): Promise<void> {
    await sleep(this.random.between(lowMs, highMs));
  }

  /** Kills the system in the middle of what it does. */
  async kill(): Promise<void> {
    const killed = this.system;
    this.running = undefined;
    await killed.kill9();
    this.countUnanswered(killed.stderr());
    this.kills += 1;
  }

  /** Begins a start and kills it at whatever it does then. */
  async killWithinStart(): Promise<void> {
    const cwd = temporaryFolder("carriers");
    // JSON is YAML.
    await writeFile(join(cwd, "trunkline.yaml"), JSON.stringify(this.config));
    const env = { TRUNKLINE_PORT: "0", TRUNKLINE_DATA: this.dataFolder };
    const { child, ended } = startTrunkline(["up"], { cwd, env });
    await this.runFor(50, 1_000);
    child.kill("SIGKILL");
    this.countUnanswered((await ended).stderr);
    this.kills += 1;
  }

  private countUnanswered(log: string): void {
    for (const [, count] of log.matchAll(/"event":"dispatch\.unknown-after-restart".*?"count":(\d+)/g))
      this.unanswered += Number(count);
  }

  /** Ends the load, waits until everything is done, and compares what the system says with what the carriers know. */
  async judged(): Promise<{ rows: Row[]; problems: string[] }> {
    await this.load.stop();
    await this.sentOnce();
    for (const { carrier } of this.sides) carrier.payReceipts();
    const listed = await this.drained();
    const problems: string[] = [];
    const repeatable = { recipients: this.load.repeatableRecipients, afterMs: UNKNOWN_GRACE_SECONDS * 1_000 };
    const rows = this.sides.map(({ name, prefix, carrier }): Row => {
      const mine = new Map(listed.filter(({ to }) => to.startsWith(prefix)).map((one) => [one.sid, ended(one)]));
      const { problems: found, ...row } = judge(carrier, this.load.acceptedBelow(prefix), mine, repeatable);
      problems.push(...found.map((problem) => `${name}: ${problem}`));
      if (carrier.receiptsOwed > 0) problems.push(`${name}: ${carrier.receiptsOwed} receipts were never taken`);
      return { behaviour: name, ...row };
    });
    this.countUnanswered(this.system.stderr());
    const residentKib = await residentSetKib(this.system.pid);
    if (residentKib > MAX_RESIDENT_KIB) problems.push(`the process takes ${residentKib} KiB`);
    return { rows, problems };
  }

  /** Nothing is queued any more, so that held back receipts come after everything else. */
  private async sentOnce(): Promise<void> {
    await waitFor(
      "everything to leave the queue",
      async () => (await listAll(this.system)).every(({ status }) => status !== "queued" && status !== "sending"),
      DRAIN_LIMIT_MS,
    );
  }

  /** The messages when all is done, or when it has lasted too long: what is wrong then is the judge's to say. */
  private async drained(): Promise<ListedMessage[]> {
    const endMs = Date.now() + DRAIN_LIMIT_MS;
    for (;;) {
      const listed = await listAll(this.system);
      const isDone = !listed.some(({ status }) => OPEN.has(status));
      const isPaid = this.sides.every(({ carrier }) => carrier.receiptsOwed === 0);
      if ((isDone && isPaid) || Date.now() > endMs) return listed;
      await sleep(DRAIN_LOOK_MS);
    }
  }

  async close(): Promise<void> {
    await this.load.stop();
    await this.running?.stop();
    for (const { carrier } of this.sides) await carrier.close();
  }
}

function ended(message: ListedMessage & { readonly date_updated?: string }): EndedMessage {
  const { sid, to, status, error_code: errorCode, num_segments: parts } = message;
  return { sid, to, status, errorCode, parts: Number(parts), updatedMs: Date.parse(message.date_updated ?? "") };
}

/** What the process holds in memory, 0 where the system does not say. */
async function residentSetKib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
}

/** The rows as text in columns. */
export function tableOf(rows: readonly Row[], kills: number): string {
  const head = [
    "behaviour",
    "kills",
    "accepted",
    "delivered",
    "undelivered",
    "failed",
    "unknown",
    "duplicates",
    "lost",
    "receipts given/taken",
  ];
  const lines = rows.map((row) => [
    row.behaviour,
    kills,
    row.accepted,
    row.delivered,
    row.undelivered,
    row.failed,
    row.unknown,
    row.duplicates,
    row.lost,
    `${row.receiptsGiven}/${row.receiptsTaken}`,
  ]);
  const widths = head.map((_, at) => Math.max(...[head, ...lines].map((line) => String(line[at]).length)));
  return [head, ...lines]
    .map((line) => line.map((cell, at) => String(cell).padEnd(widths[at] ?? 0)).join("  "))
    .join("\n");
}
