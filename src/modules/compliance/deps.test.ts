import assert from "node:assert/strict";
import { it } from "node:test";
import type { Principal } from "../../platform/http/index.ts";
import { actorOf, credentialOf, operatorOnly, reachedAccount } from "./deps.ts";

const OPERATOR = "AC1";
const canAccess = (other: string): Promise<boolean> => Promise.resolve(other === "AC2");
const token: Principal = { accountSid: OPERATOR, status: "active", credential: "token", canAccess };
const key: Principal = { ...token, credential: "key", keySid: "SK1", keyKind: "standard" };
const callOf = (principal: Principal) => ({
  accountSid: OPERATOR,
  requestId: "RQ1",
  principal,
  notFound: () => new Error("nothing there") as never,
});
const deps = { isOperator: (sid: string): boolean => sid === OPERATOR };

it("names the user of the console, else the key, else the auth token", () => {
  assert.equal(credentialOf({ ...token, userSid: "US1", role: "owner" }), "US1");
  assert.equal(credentialOf(key), "SK1");
  assert.equal(credentialOf(token), "token");
  const by = actorOf(callOf({ ...token, userSid: "US1" }));
  assert.deepEqual(by, { accountSid: OPERATOR, credential: "US1", requestId: "RQ1" });
});

it("takes no ordinary key of the operator for him", async () => {
  operatorOnly(deps, callOf(token));
  assert.throws(() => operatorOnly(deps, callOf(key)), /nothing there/);
  assert.equal(await reachedAccount(deps, callOf(token), "AC3"), "AC3");
  assert.equal(await reachedAccount(deps, callOf(key), "AC2"), "AC2", "its own subaccount");
  await assert.rejects(reachedAccount(deps, callOf(key), "AC3"), /nothing there/);
});
