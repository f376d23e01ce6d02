import { createHash } from "node:crypto";
import { routingModule, UNKNOWN_HEALTH, type Router } from "../../src/modules/routing/index.ts";
import type { Clock, Database } from "../../src/platform/ports.ts";
import { silentLogger } from "./silent-logger.ts";

/** Every read finds nothing, as in a database that nothing was projected to. */
export const emptyDatabase: Database = {
  query: () => Promise.resolve([]),
  transaction: () => Promise.reject(new Error("nothing is written here")),
};

/** The routes that follow from the carriers, as while no table was published. */
export async function routerOf(
  carriers: readonly { readonly name: string; readonly prefixes: readonly string[]; readonly priority: number }[],
  clock: Clock,
): Promise<Router> {
  const { router } = await routingModule({
    database: emptyDatabase,
    clock,
    logger: silentLogger,
    hash: () => {
      const hash = createHash("sha256");
      return { update: (text: string) => void hash.update(text), digest: () => hash.digest("hex") };
    },
    pause: () => Promise.resolve(),
    carriers,
    traffic: async function* () {},
    intents: {},
    health: () => UNKNOWN_HEALTH,
    isOperator: () => true,
  });
  return router;
}
