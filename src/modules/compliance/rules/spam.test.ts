import assert from "node:assert/strict";
import { it } from "node:test";
import { spam } from "./spam.ts";
import { codeOf, draft, world } from "./sample-world.test.ts";

it("refuses with 30007 what the check objects to, and tells its reason to the operator alone", () => {
  const check = ({ body }: { readonly body: string }) =>
    body.includes("prize") ? { score: 0.97, reason: "near-duplicate of 400 others" } : undefined;
  const at = world({ spam: { check } });
  const answer = spam.judge(draft({ body: "You won a prize" }), at);
  assert.equal(codeOf(answer), 30_007);
  assert.ok(answer !== undefined && "refuse" in answer);
  assert.equal(answer.refuse.internal, "score 0.97: near-duplicate of 400 others");
  assert.ok(!answer.refuse.message.includes("duplicate"));
  assert.equal(spam.judge(draft(), at), undefined);
  assert.equal(spam.judge(draft({ body: "You won a prize", riskCheck: "disable" }), at), undefined);
  assert.ok(!spam.concerns("US", world()));
});
