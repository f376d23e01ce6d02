import { INTERNAL_PREFIX, signedMount, type FleetKey } from "../../../platform/fleet/index.ts";
import type { Mount } from "../../../platform/http/index.ts";
import type { Clock, Database, Migration } from "../../../platform/ports.ts";
import type { NumberSearch } from "../available.store.ts";
import { importMount } from "../csv/numbers.mount.ts";
import { inventoryNumber } from "../phone-number.ts";
import type { DrawnNumber, GivenBack, NumberPool } from "./number-pool.ts";
import { poolMigrations } from "./migrations.ts";
import { databasePool, importIntoPool, type PoolCell } from "./pool.store.ts";

/** What the pool works with, where the control plane runs. */
export interface NumberPoolOptions {
  /** The database of the control plane. */
  readonly database: Database;
  readonly clock: Pick<Clock, "nowMs">;
  readonly fleetKey: FleetKey;
  readonly isOperator: (accountSid: string) => boolean;
}

/** What entry mounts where the control plane runs. */
export interface NumberPoolModule {
  readonly migrations: readonly Migration[];
  /** The import of the operator, and the endpoints that cells ask. */
  readonly mounts: readonly Mount[];
  /** The pool as a cell of the same process sees it. */
  forCell(cell: PoolCell): NumberPool;
}

const PATH = "/number-pool";
const MAX_BODY_OCTETS = 4 * 1024 * 1024;
const BATCH_ROWS = 5_000;
class DryRun extends Error {}

/** The inventory that cells share. */
export function numberPoolModule({ database, clock, fleetKey, isOperator }: NumberPoolOptions): NumberPoolModule {
  return {
    migrations: poolMigrations,
    mounts: [
      signedMount(fleetKey, clock, {
        method: "POST",
        path: PATH,
        maxBodyOctets: MAX_BODY_OCTETS,
        run: async ({ json }) => {
          const { cell, call } = json as { cell: PoolCell; call: PoolCall };
          return { result: (await answerCall(databasePool(database, cell), call)) ?? null };
        },
      }),
      importMount("/trunkline/v1/NumberPool/Import", isOperator, async (lines, { isDryRun, pool }) => {
        for (const { number, accountSid } of lines.numbers) {
          if (accountSid !== undefined || !number.startsWith("+")) {
            lines.fail(lines.lineOf(number), "the shared inventory takes no short codes and no numbers of accounts");
          }
        }
        if (lines.wrong > 0) return undefined;
        let [added, changed] = [0, 0];
        await database
          .transaction(async (tx) => {
            await tx.query("lock table number_pool in share row exclusive mode");
            for (let start = 0; start < lines.numbers.length; start += BATCH_ROWS) {
              const batch = lines.numbers.slice(start, start + BATCH_ROWS).map(inventoryNumber);
              const put = await importIntoPool(tx, pool, batch);
              added += put.added;
              changed += put.changed;
              for (const number of put.elsewhere) lines.fail(lines.lineOf(number), `${number} is a cell's own`);
            }
            if (isDryRun || lines.wrong > 0) throw new DryRun();
          })
          .catch((error: unknown) => {
            if (!(error instanceof DryRun)) throw error;
          });
        if (lines.wrong > 0) return undefined;
        const count = lines.numbers.length;
        return { lines: count, added, changed, unchanged: count - added - changed, assigned: 0, kept: 0 };
      }),
    ],
    forCell: (cell) => databasePool(database, cell),
  };
}

/** A call of a {@link NumberPool}, as it goes over the network. */
type PoolCall = {
  readonly [Name in keyof NumberPool]: { readonly name: Name; readonly args: Parameters<NumberPool[Name]> };
}[keyof NumberPool];

async function answerCall(pool: NumberPool, call: PoolCall): Promise<unknown> {
  switch (call.name) {
    case "search":
      return pool.search(...call.args);
    case "kinds":
      return pool.kinds(...call.args);
    case "draw":
      return pool.draw(...call.args);
    case "drawAny":
      return pool.drawAny(...call.args);
    case "giveBack":
      return pool.giveBack(...call.args);
    case "drawn":
      return pool.drawn(...call.args);
    case "claim":
      return pool.claim(...call.args);
    case "disclaim":
      return pool.disclaim(...call.args);
    default:
      return undefined;
  }
}

/** Asks the control plane; resolves to the JSON of a 200, rejects otherwise. */
export type AskControl = (method: "POST", target: string, json: unknown) => Promise<unknown>;

/** The pool as a cell in a process of its own sees it. */
export function remotePool(ask: AskControl, cell: PoolCell): NumberPool {
  const call = async <T>(name: keyof NumberPool, args: readonly unknown[]): Promise<T> => {
    const answer = (await ask("POST", `${INTERNAL_PREFIX}${PATH}`, { cell, call: { name, args } })) as { result: T };
    return answer.result;
  };
  return {
    search: (search: NumberSearch, limit) => call("search", [search, limit]),
    kinds: (country) => call("kinds", country === undefined ? [] : [country]),
    draw: async (number) => (await call<DrawnNumber | null>("draw", [number])) ?? undefined,
    drawAny: async (areaCode) => (await call<DrawnNumber | null>("drawAny", [areaCode])) ?? undefined,
    giveBack: async (numbers) => void (await call("giveBack", [numbers])),
    drawn: (after, limit) => call<GivenBack[]>("drawn", [after, limit]),
    claim: (numbers) => call<string[]>("claim", [numbers]),
    disclaim: async (numbers) => void (await call("disclaim", [numbers])),
  };
}
