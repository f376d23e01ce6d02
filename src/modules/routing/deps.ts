import type { Clock, Database, Logger } from "../../platform/ports.ts";
import type { PastRequest } from "./decision/index.ts";
import type { HealthSnapshot } from "./health.ts";
import type { TrafficClass } from "./request.ts";
import type { TableRouter } from "./router.ts";
import type { CompiledTable, ContentHash, SettingsCarrier, TableDocument } from "./table/index.ts";

/** A stretch of time; `toMs` is not included. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the operations of this module work with. */
export interface RoutingDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Starts a SHA-256. */
  readonly hash: () => ContentHash;
  /** Lets everything else run. */
  readonly pause: () => Promise<void>;
  /** The carriers of the settings. */
  readonly carriers: readonly SettingsCarrier[];
  /** Messages that were sent in a stretch of time, to try tables with. */
  readonly traffic: (range: TimeRange) => AsyncIterable<PastRequest>;
  /** The health of this moment. */
  readonly health: () => HealthSnapshot;
  /** The class of each `MessageIntent`; none are known by default. */
  readonly intents?: Readonly<Record<string, TrafficClass>>;
  /** Whether an account may see and change routes. */
  readonly isOperator: (accountSid: string) => boolean;
  readonly router: TableRouter;
  readonly tables: TableShelf;
}

/** Loads versions of tables. */
export interface TableShelf {
  /** Compiled; `undefined` where there is no such version or it is a draft. 0 is the table of the settings. */
  load(version: number): Promise<CompiledTable | undefined>;
  /** Version 0 as a document: what follows from the carriers that there are now. */
  defaultDocument(): TableDocument;
}
