import type { StaticFiles } from "../../../platform/console/index.ts";
import type { FleetKey } from "../../../platform/fleet/index.ts";
import type { HttpRequest, HttpResponse } from "../../../platform/http/index.ts";
import type { Clock, Logger, RandomBytes } from "../../../platform/ports.ts";

/** How a door asks the cells where accounts, and so their users, are at home. */
export interface CellAsker {
  /** The names of the cells that may have users. */
  cells(): readonly string[];
  /** The cell in which an account is at home; with `anew` the table is asked. `undefined` where there is no such account. */
  homeOf(accountSid: string, anew?: boolean): Promise<string | undefined>;
  /**
   * Sends a signed `POST` with JSON to a cell. `target` is a whole path. Resolves to what a 200 brings, to
   * `undefined` for 404; rejects for everything else, and where the cell does not answer within two seconds or so.
   */
  post(cell: string, target: string, json: unknown): Promise<unknown>;
}

/** What the pages may show. */
export interface ConsoleFeatures {
  /** Simulated phones are there. */
  readonly simulator: boolean;
  readonly chaos: boolean;
  /** There is more than one cell, or could be. */
  readonly fleet: boolean;
  /** It is somebody's own machine. */
  readonly development: boolean;
}

/** What entry gives to the door. */
export interface ConsoleDoorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fleetKey: FleetKey;
  readonly randomBytes: RandomBytes;
  readonly cells: CellAsker;
  /** The whole pipeline of this process, before which a request of the API comes as if from a client. Never rejects. */
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  /** The simulated phones: answers requests for `/simulator/…`. Whoever asks may. Absent where there are none. */
  readonly simulator?: ((request: HttpRequest) => Promise<HttpResponse>) | undefined;
  /** What the build of the console made. */
  readonly files: StaticFiles;
  readonly isOperator: (accountSid: string) => boolean;
  readonly features: () => ConsoleFeatures;
  /** Where the API is reached from outside; `undefined` for where the browser reaches the console. */
  readonly publicUrl: () => string | undefined;
}
