/** A process with several routers that ask for the homes of the same new keys as others do at the same time. */
import { createHash } from "node:crypto";
import { openDatabase } from "../../src/adapters/postgres/index.ts";
import { systemClock } from "../../src/adapters/system/index.ts";
import { DatabaseHomeTable } from "../../src/modules/cells/index.ts";
import { CellRouter } from "../../src/platform/cell-router/index.ts";
import { quietLogger } from "../sms/quiet-logger.ts";
import { serveCalls } from "../sms/child.ts";
import { cells, HINTS, PLACEMENT, raceKey } from "./world.ts";

const POOL_SIZE = 4;

export interface Race {
  readonly url: string;
  readonly routers: number;
  readonly keys: number;
  /** Keys that each router asks for at one time. */
  readonly atOnce: number;
}

export interface RaceResult {
  /** Of each router: a hash over the keys in their order and the cells that it was told. */
  readonly digests: readonly string[];
  readonly requests: number;
  readonly seconds: number;
}

export type RacerCalls = { race(race: Race): Promise<RaceResult> };

const calls: RacerCalls = {
  async race({ url, routers, keys, atOnce }) {
    const start = performance.now();
    const digests = await Promise.all(Array.from({ length: routers }, () => raceOnce({ url, keys, atOnce })));
    return { digests, requests: routers * keys, seconds: (performance.now() - start) / 1_000 };
  },
};

async function raceOnce({ url, keys, atOnce }: Omit<Race, "routers">): Promise<string> {
  const database = openDatabase({ url, poolSize: POOL_SIZE });
  const table = new DatabaseHomeTable(database);
  const limits = { maxFollowed: 1, maxCached: 1_000 };
  const router = new CellRouter({ clock: systemClock, logger: quietLogger, hints: HINTS, table, cells, limits });
  const homes: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (;;) {
      const at = next;
      next += 1;
      if (at >= keys) return;
      const { cell } = await router.assign(raceKey(at), PLACEMENT);
      homes[at] = cell;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await database.close();
  return digestOf(homes);
}

/** One text for who is at home where. */
export function digestOf(homes: readonly string[]): string {
  const hash = createHash("sha256");
  for (const cell of homes) hash.update(`${cell}\n`);
  return hash.digest("hex");
}

if (process.send !== undefined) serveCalls(calls);
