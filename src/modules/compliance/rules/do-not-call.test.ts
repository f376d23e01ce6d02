import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { doNotCall } from "./do-not-call.ts";
import { codeOf, draft, set, world } from "./sample-world.test.ts";

const lines = "areacode,number\n212,5550199\r\n+1 (212) 555-0150,2020\n\n2125550151\n";
const lists = [
  {
    name: "us-registry",
    country: "US",
    async *open() {
      // Cut in the middle of a number.
      yield Buffer.from(lines.slice(0, 22));
      yield Buffer.from(lines.slice(22));
    },
  },
];
const marketing = (to: string) => draft({ to, trafficClass: "marketing" });

describe("the rule do-not-call", () => {
  it("refuses marketing with 30640 to who is on the list, and nothing else", async () => {
    const at = world({ lists });
    assert.ok(!doNotCall.concerns("US", at));
    await at.doNotCall.load();
    assert.ok(doNotCall.concerns("US", at));
    for (const to of ["+12125550199", "+12125550150", "+12125550151"]) {
      assert.equal(codeOf(doNotCall.judge(marketing(to), at)), 30_640, to);
    }
    assert.equal(doNotCall.judge(marketing("+12125550152"), at), undefined);
    assert.equal(doNotCall.judge(draft({ to: "+12125550199" }), at), undefined);
    assert.deepEqual(
      at.doNotCall.status().map(({ numbers, skipped }) => ({ numbers, skipped })),
      [{ numbers: 3, skipped: 1 }],
    );
  });

  it("lets an account through that is exempt", async () => {
    const at = world({ lists });
    await at.doNotCall.load();
    set(at.doNotCall, "do-not-call-exemption", { list: "us-registry", reason: "asked for in writing" });
    assert.equal(doNotCall.judge(marketing("+12125550199"), at), undefined);
  });
});
