import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KNOWN_ERRORS, magicInput } from "./magic-inputs.ts";
import type { CampaignFiling, TollFreeFiling } from "./registry.ts";
import { simulatedSteps } from "./simulated-standing.ts";

const campaign = (description: string): CampaignFiling => ({
  kind: "campaign",
  brandId: "B1",
  isBrandVerified: true,
  isMock: false,
  usecase: "2FA",
  description,
  messageFlow: "",
  samples: [],
  hasLinks: false,
  hasPhone: false,
  content: {},
});

describe("magic inputs", () => {
  it("are words in brackets, and bounded", () => {
    const found = magicInput("Owl [30886] [score 182] [In Review] [slow] [nonsense] 30885");
    assert.deepEqual([found.codes, found.score, found.isStuck, found.isSlow], [[30886], 100, true, true]);
    assert.equal(magicInput(`${"[30886]".repeat(100_000)}`).codes.length, 5);
    assert.deepEqual(magicInput("[".repeat(100_000)).codes, []);
  });

  it("lead to each error that is known", () => {
    for (const code of Object.keys(KNOWN_ERRORS).map(Number)) {
      const filing = code < 30_500 ? tollFree(`[${code}]`) : code < 30_800 ? brand(`[${code}]`) : campaign(`[${code}]`);
      const last = simulatedSteps(filing, "R1").at(-1)?.body;
      assert.ok(last !== undefined && "errors" in last, String(code));
      assert.deepEqual(
        last.errors?.map((error) => error.code),
        [code],
      );
    }
  });

  it("make everything slow", () => {
    const [, second] = simulatedSteps(campaign("[slow]"), "C1");
    assert.equal(second?.after, 10);
  });
});

const tollFree = (summary: string): TollFreeFiling => ({
  kind: "toll-free",
  number: "+18005550100",
  fields: { use_case_summary: summary },
});

const brand = (name: string) =>
  ({
    kind: "brand",
    brandType: "STANDARD",
    isMock: false,
    skipVetting: false,
    attributes: { business: { business_name: name } },
  }) as const;
