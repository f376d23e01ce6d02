import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { optOut } from "./opt-out.ts";
import { ACCOUNT, codeOf, draft, SERVICE, world } from "./sample-world.test.ts";

describe("the rule opt-out", () => {
  it("refuses with 21610 who has said STOP to the number, and nobody else", () => {
    const at = world();
    at.consents.pairs.add(ACCOUNT, "+12125550100", "+12125550199");
    assert.equal(codeOf(optOut.judge(draft(), at)), 21_610);
    assert.equal(codeOf(optOut.judge(draft({ to: "+12125550198" }), at)), undefined);
    assert.equal(codeOf(optOut.judge(draft({ from: "+12125550101" }), at)), undefined);
    assert.equal(codeOf(optOut.judge(draft({ accountSid: `AC${"c".repeat(32)}` }), at)), undefined);
  });

  it("refuses for all senders of a service that was said STOP to, and for a whole account", () => {
    const at = world();
    at.consents.pairs.add(ACCOUNT, SERVICE, "+12125550199");
    assert.equal(codeOf(optOut.judge(draft(), at)), undefined);
    assert.equal(codeOf(optOut.judge(draft({ serviceSid: SERVICE }), at)), 21_610);
    assert.equal(codeOf(optOut.judge(draft({ serviceSid: SERVICE, from: "+12125550177" }), at)), 21_610);
    at.consents.pairs.add(ACCOUNT, ACCOUNT, "+12125550198");
    assert.equal(codeOf(optOut.judge(draft({ to: "+12125550198" }), at)), 21_610);
  });

  it("lets the one confirmation of STOP through", () => {
    const at = world();
    at.consents.pairs.add(ACCOUNT, "+12125550100", "+12125550199");
    assert.equal(optOut.judge(draft({ confirms: "STOP" }), at), undefined);
  });

  it("is asked again at submit", () => assert.equal(optOut.asked, "both"));
});
