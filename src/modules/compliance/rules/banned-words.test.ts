import assert from "node:assert/strict";
import { it } from "node:test";
import { bannedWords } from "./banned-words.ts";
import { ACCOUNT, codeOf, draft, set, world } from "./sample-world.test.ts";

it("refuses with 30007 the words of the operator's lists, where they hold and for whom", () => {
  const at = world();
  assert.ok(!bannedWords.concerns("US", at));
  const list = { name: "shaft", category: "alcohol", phrases: ["vodka", "happy hour"], exemptAccounts: [] };
  const made = set(at.content, "content-list", { ...list, countries: ["US"] }, "");
  assert.ok(bannedWords.concerns("US", at));
  assert.ok(!bannedWords.concerns("DE", at));
  for (const body of ["Cheap VODKA!", "Happy   hour, tonight", "it is happy-hour"]) {
    assert.equal(codeOf(bannedWords.judge(draft({ body }), at)), 30_007, body);
  }
  for (const body of ["happy hours", "an hour happy", "vodkas"]) {
    assert.equal(bannedWords.judge(draft({ body }), at), undefined, body);
  }
  at.content.remove(made);
  set(at.content, "content-list", { ...list, countries: [], exemptAccounts: [ACCOUNT] }, "");
  assert.ok(bannedWords.concerns("DE", at));
  assert.equal(bannedWords.judge(draft({ body: "vodka" }), at), undefined);
  const other = draft({ body: "vodka", accountSid: `AC${"e".repeat(32)}` });
  assert.equal(codeOf(bannedWords.judge(other, at)), 30_007);
});
