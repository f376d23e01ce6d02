/** What a cell says of itself when the operator asks; what the doctor judges. */

/** A disk under a folder. */
export interface DiskReport {
  readonly folder: string;
  readonly freeOctets: number;
  readonly allOctets: number;
  /** 0 and 0 where the file system has none to count. */
  readonly freeInodes: number;
  readonly allInodes: number;
}

/** A carrier with its queue. */
export interface CarrierReport {
  readonly name: string;
  readonly up: boolean;
  readonly usable: boolean;
  /** Why it is not usable, in words. */
  readonly reason: string | null;
  /** Why its latest bind or request failed, in words. */
  readonly detail: string | null;
  readonly breaker: "closed" | "open" | "half-open";
  readonly queued: number;
  /** When something was submitted last, in epoch milliseconds. */
  readonly submittedMs: number | null;
}

/** A host whose webhooks fail. */
export interface HostReport {
  readonly host: string;
  readonly failures: number;
  readonly errorCode: number;
  readonly text: string;
}

/** A cell, as it answers `GET /trunkline/v1/Health`. */
export interface HealthReport {
  readonly name: string;
  readonly version: string;
  readonly runtime: string;
  /** The beginning of the digest of the settings that all share. */
  readonly config: string;
  readonly startedMs: number;
  /** Its clock. */
  readonly nowMs: number;
  /** By how much the clock of its database is ahead; null where it could not be asked. */
  readonly databaseAheadMs: number | null;
  /** Why the database could not be asked; null where it could. */
  readonly databaseProblem: string | null;
  readonly log: { readonly acceptsWork: boolean; readonly reason: string | null; readonly slowestCommitMs: number };
  readonly disks: readonly DiskReport[];
  readonly process: {
    readonly heapOctets: number;
    readonly heapLimitOctets: number;
    readonly openFiles: number;
    /** 0 where there is none, or it cannot be told. */
    readonly openFilesLimit: number;
  };
  readonly projection: { readonly lagSeconds: number; readonly waiting: number };
  readonly messages: { readonly unknown: number };
  readonly carriers: readonly CarrierReport[];
  readonly webhooks: { readonly waiting: number; readonly failing: readonly HostReport[] };
  /** Prepaid main accounts with nothing left; at most ten are named. */
  readonly outOfMoney: { readonly count: number; readonly accounts: readonly string[] };
  readonly certificates: readonly { readonly name: string; readonly endsMs: number }[];
  /** Processes that it hears, itself included; null where there is one process only. */
  readonly hears: number | null;
}

/** Where a cell says it. */
export const HEALTH_PATH = "/trunkline/v1/Health";
