import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startTrunkline } from "../kit/command-line.ts";
import { startSystemProcess, temporaryFolder, type SystemProcess } from "../kit/running-system.ts";
import { SeededRandom } from "../kit/smpp-pdus.ts";
import { CallbackSink } from "./callback-sink.ts";
import { RecordingSmsc } from "./recording-smsc.ts";
import { SteadyLoad } from "./steady-load.ts";

/** What every world sends from. */
export const FROM = "+15005550100";
const PER_SECOND = 250;
/** What was journalled but never left gets no receipt; it ends with its validity. */
const VALIDITY_SECONDS = 15;

/** Everything around a system that crashes, and the system. The surroundings live in the test's process and never crash. */
export class CrashWorld {
  readonly random: SeededRandom;
  readonly smsc: RecordingSmsc;
  readonly sink: CallbackSink;
  readonly load: SteadyLoad;
  readonly dataFolder: string;
  kills = 0;
  /** Attempts that a start found without an answer. */
  unknown = 0;
  private readonly config: object;
  private running: SystemProcess | undefined;

  private constructor(
    parts: Pick<CrashWorld, "random" | "smsc" | "sink" | "load">,
    config: object,
    dataFolder: string,
  ) {
    this.random = parts.random;
    this.smsc = parts.smsc;
    this.sink = parts.sink;
    this.load = parts.load;
    this.config = config;
    this.dataFolder = dataFolder;
  }

  /** `dataFolder` is a new one unless given. */
  static async open(seed: number, dataFolder = join(temporaryFolder("crash"), "data")): Promise<CrashWorld> {
    const random = new SeededRandom(seed);
    const smsc = new RecordingSmsc(random);
    const sink = new CallbackSink();
    const url = `smpp://app:secret@127.0.0.1:${await smsc.start()}`;
    const config = {
      carriers: [{ name: "recorder", type: "smpp", url, window: 50 }],
      numbers: [{ number: FROM }],
      messaging: { adoptReceiptSeconds: 1 },
      log: { level: "warn" },
    };
    const load = new SteadyLoad({
      random,
      from: FROM,
      statusCallback: await sink.start(),
      validitySeconds: VALIDITY_SECONDS,
      perSecond: PER_SECOND,
    });
    return new CrashWorld({ random, smsc, sink, load }, config, dataFolder);
  }

  get system(): SystemProcess {
    assert(this.running !== undefined, "the system runs");
    return this.running;
  }

  /** Starts the system on its data folder and aims the load at it. */
  async start(): Promise<SystemProcess> {
    this.running = await startSystemProcess({ dataFolder: this.dataFolder, config: this.config });
    this.load.aim(this.running);
    return this.running;
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
    this.countUnknown(killed.stderr());
    this.kills += 1;
  }

  /** Begins a start and kills it at whatever it does then. */
  async killWithinStart(): Promise<void> {
    const cwd = temporaryFolder("crash");
    // JSON is YAML.
    await writeFile(join(cwd, "trunkline.yaml"), JSON.stringify(this.config));
    const env = { TRUNKLINE_PORT: "0", TRUNKLINE_DATA: this.dataFolder };
    const { child, ended } = startTrunkline(["up"], { cwd, env });
    await this.runFor(50, 1_500);
    child.kill("SIGKILL");
    this.countUnknown((await ended).stderr);
    this.kills += 1;
  }

  /** Notes that the system has ended by itself. */
  ended(): void {
    this.countUnknown(this.system.stderr());
    this.running = undefined;
    this.kills += 1;
  }

  private countUnknown(log: string): void {
    for (const [, count] of log.matchAll(/"event":"dispatch\.unknown-after-restart".*?"count":(\d+)/g)) {
      this.unknown += Number(count);
    }
  }

  async close(): Promise<void> {
    await this.load.stop();
    if (this.running !== undefined) await this.running.stop();
    await this.smsc.stop();
    await this.sink.stop();
  }
}
