import assert from "node:assert/strict";
import { it } from "node:test";
import { flashMessage } from "./flash-message.ts";
import { codeOf, draft, world } from "./sample-world.test.ts";

it("refuses flash messages with 21612 where they are not known", () => {
  assert.ok(flashMessage.concerns("GB", world()));
  assert.ok(!flashMessage.concerns("DE", world()));
  assert.equal(codeOf(flashMessage.judge(draft({ country: "GB", flash: true }), world())), 21_612);
  assert.equal(flashMessage.judge(draft({ country: "GB" }), world()), undefined);
});
