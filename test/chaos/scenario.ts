import type { SeededRandom } from "../kit/smpp-pdus.ts";
import type { GroupRow } from "./judge.ts";

/** What every scenario is told. */
export interface ChaosRun {
  readonly seed: number;
  readonly random: SeededRandom;
  /** Messages a second of each account. */
  readonly perSecond: number;
  /** Says to whoever watches what happens. */
  readonly tell: (line: string) => void;
}

/** What came of a scenario. */
export interface ChaosReport {
  readonly rows: readonly GroupRow[];
  /** What was seen beside the figures, as sentences. */
  readonly findings: readonly string[];
  /** Promises that were broken, as sentences; none where all is well. */
  readonly broken: readonly string[];
}

/** Something bad that happens to a system of processes under load. One file and one line in the registry each. */
export interface Scenario {
  readonly name: string;
  /** What happens, in a few words, for the table. */
  readonly summary: string;
  /** What has to hold all the same. */
  readonly promise: string;
  /** Why it cannot run on this machine. */
  readonly unable?: () => string | undefined;
  readonly run: (run: ChaosRun) => Promise<ChaosReport>;
}
