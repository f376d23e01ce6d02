import assert from "node:assert/strict";
import { it } from "node:test";
import { actsAsOperator } from "./acts-as-operator.ts";
import type { Principal } from "./principal.ts";

const OPERATOR = "AC1";
const isOperator = (sid: string): boolean => sid === OPERATOR;

it("takes the operator's token, main keys and users for the operator, and no other key of his", () => {
  const acts = (more: Partial<Principal>, accountSid: string | undefined = OPERATOR): boolean => {
    const principal: Principal = {
      accountSid: OPERATOR,
      status: "active",
      credential: "token",
      canAccess: () => Promise.resolve(false),
      ...more,
    };
    return actsAsOperator({ accountSid, principal }, isOperator);
  };
  assert.equal(acts({}), true);
  assert.equal(acts({ userSid: "US1", role: "support" }), true);
  assert.equal(acts({ credential: "key", keyKind: "main" }), true);
  assert.equal(acts({ credential: "key", keyKind: "standard" }), false);
  assert.equal(acts({ credential: "key", keyKind: "restricted" }), false);
  assert.equal(acts({}, "AC2"), false);
  assert.equal(actsAsOperator({ accountSid: undefined, principal: undefined }, isOperator), false);
});
