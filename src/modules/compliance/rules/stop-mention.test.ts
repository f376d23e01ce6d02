import assert from "node:assert/strict";
import { it } from "node:test";
import { stopMention } from "./stop-mention.ts";
import { codeOf, draft, world } from "./sample-world.test.ts";

it("refuses marketing to France with 21618 that does not say STOP", () => {
  const toFrance = { to: "+33612345678", country: "FR", trafficClass: "marketing" } as const;
  assert.equal(codeOf(stopMention.judge(draft({ ...toFrance, body: "-20 % ce week-end" }), world())), 21_618);
  assert.equal(stopMention.judge(draft({ ...toFrance, body: "-20 % ce week-end. STOP au 36180" }), world()), undefined);
  assert.equal(codeOf(stopMention.judge(draft({ ...toFrance, body: "Stopper la pluie" }), world())), 21_618);
  assert.equal(
    stopMention.judge(draft({ ...toFrance, trafficClass: "urgent", body: "Code 1234" }), world()),
    undefined,
  );
  assert.ok(stopMention.concerns("FR", world()));
  assert.ok(!stopMention.concerns("DE", world()));
});
