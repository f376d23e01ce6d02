import assert from "node:assert/strict";
import { it } from "node:test";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { FleetKey } from "../../platform/fleet/index.ts";
import { defineRoute, HttpServer } from "../../platform/http/index.ts";
import { OPERATOR_HEADER, operatorAuthenticator } from "./index.ts";

const OPERATOR = `AC${"1".repeat(32)}`;
const OTHER = `AC${"2".repeat(32)}`;
const KEY = `SK${"1".repeat(32)}`;

/** A cell that knows nobody. */
function sample() {
  const clock = new ManualClock();
  const fleetKey = new FleetKey(new Uint8Array(32).fill(1));
  const server = new HttpServer({
    clock,
    logger: silentLogger,
    minter: { mint: (prefix) => `${prefix}0` },
    authenticator: operatorAuthenticator({
      authenticator: { authenticate: () => Promise.resolve(undefined) },
      fleetKey,
      clock,
      operatorSid: () => OPERATOR,
    }),
    routes: [
      defineRoute({
        product: "api",
        tag: "T",
        access: "main",
        method: "GET",
        path: "/2010-04-01/Accounts/{AccountSid}/Things",
        operationId: "FetchThing",
        summary: "A thing",
        success: 200,
        run: (call) => ({ caller: call.principal.accountSid }),
        view: (record) => record,
      }),
    ],
  });
  const ask = async (
    signed: { method?: string; target?: string; key?: FleetKey; agoMs?: number } | undefined,
    { account = OPERATOR, username = OPERATOR } = {},
  ): Promise<number> => {
    const url = `/2010-04-01/Accounts/${account}/Things.json?a=1`;
    const { method = "GET", target = url, key = fleetKey, agoMs = 0 } = signed ?? {};
    const signature = key.sign({ method, target, body: "", use: "operator" }, clock.nowMs() - agoMs);
    const headers = signed === undefined ? {} : { [OPERATOR_HEADER]: signature };
    const { status } = await server.inject({ method: "GET", url, headers, auth: { username, password: "x" } });
    return status;
  };
  return { ask };
}

it("lets the operator in on the word of an edge, to his own account", async () => {
  const { ask } = sample();
  assert.equal(await ask({}), 200);
  assert.equal(await ask({}, { account: OTHER }), 404);
});

it("lets nobody in without that word, or with one for something or somebody else", async () => {
  const { ask } = sample();
  assert.equal(await ask(undefined), 401);
  assert.equal(await ask({ method: "POST" }), 401);
  assert.equal(await ask({ target: "/2010-04-01/Accounts.json" }), 401);
  assert.equal(await ask({ key: new FleetKey(new Uint8Array(32).fill(2)) }), 401);
  assert.equal(await ask({ agoMs: 86_400_000 }), 401);
  assert.equal(await ask({}, { account: OTHER, username: OTHER }), 401);
  assert.equal(await ask({}, { username: KEY }), 401);
});
