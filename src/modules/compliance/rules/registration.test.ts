import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RegistrationGap } from "../../a2p/index.ts";
import { registration } from "./registration.ts";
import { codeOf, draft, world } from "./sample-world.test.ts";

const withGap = (gap: RegistrationGap | undefined) => world({ registrations: { gap: () => gap, limits: () => [] } });

describe("the rule registration", () => {
  it("refuses by what is missing", () => {
    const cases: [RegistrationGap | undefined, number | undefined][] = [
      [undefined, undefined],
      ["unregistered", 30_034],
      ["campaign-pending", 30_035],
      ["campaign-suspended", 30_033],
      ["toll-free-unverified", 30_032],
      ["toll-free-rejected", 30_032],
    ];
    for (const [gap, code] of cases) assert.equal(codeOf(registration.judge(draft(), withGap(gap))), code, gap);
  });

  it("asks for numbers that text to the United States, and for toll-free ones in Canada", () => {
    const at = withGap("unregistered");
    assert.equal(registration.judge(draft({ senderKind: "shortcode" }), at), undefined);
    assert.equal(registration.judge(draft({ country: "CA", to: "+14165550199" }), at), undefined);
    assert.equal(codeOf(registration.judge(draft({ country: "CA", senderKind: "tollfree" }), at)), 30_034);
    assert.ok(registration.concerns("PR", at));
    assert.ok(!registration.concerns("DE", at));
    assert.ok(!registration.concerns("US", world()));
  });

  it("is asked again at submit", () => assert.equal(registration.asked, "both"));
});
