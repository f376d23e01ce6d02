import assert from "node:assert/strict";
import { it } from "node:test";
import { emptyDatabase } from "../../../test/kit/routes.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { routingModule, UNKNOWN_HEALTH } from "./index.ts";
import { request, sha256 } from "./sample-routes.test.ts";

it("carriers that go are in no decision at once, and those that come are in the table that follows from them", async () => {
  const north = { name: "north", prefixes: [], priority: 1 };
  const south = { name: "south", prefixes: [], priority: 2 };
  const west = { name: "west", prefixes: ["44"], priority: 3 };
  let told = 0;
  const routing = await routingModule({
    database: emptyDatabase,
    clock: new ManualClock(),
    logger: silentLogger,
    hash: sha256,
    pause: () => Promise.resolve(),
    carriers: [north, south],
    traffic: async function* () {},
    health: () => UNKNOWN_HEALTH,
    isOperator: () => true,
    onTable: () => (told += 1),
  });
  const ranking = (): readonly string[] =>
    routing.router.decide(request({ to: "+447700900123" }), UNKNOWN_HEALTH).ranking;
  assert.deepEqual(ranking(), ["north", "south"]);
  const first = routing.useCarriers([south, west]);
  assert.deepEqual(ranking(), ["south"], "before the new table is compiled");
  const second = routing.useCarriers([north, south, west]);
  await Promise.all([first, second]);
  assert.deepEqual(ranking(), ["west", "north", "south"]);
  assert.equal(told, 1, "the table that was overtaken decides nothing");
});
