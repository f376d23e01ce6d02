import assert from "node:assert/strict";
import { it } from "node:test";
import { filterPattern, searchPattern } from "./number-pattern.ts";

it("turns the patterns of a search into LIKE patterns", () => {
  assert.equal(searchPattern("510"), "%510%");
  assert.equal(searchPattern("510555****"), "%510555____%");
  assert.equal(searchPattern("+1510"), "+1510%");
  assert.equal(searchPattern("%00$"), "%%00");
  assert.equal(searchPattern("+1%77$"), "+1%77");
  assert.equal(searchPattern("**STORM**"), "%__78676__%");
  assert.equal(searchPattern("aZ"), "%29%");
  assert.equal(searchPattern("(510) 555-12"), "%51055512%");
});

it("refuses patterns that are too short, too long, too vague, or made of other characters", () => {
  const refused = ["", "5", "*5*", "%%%%", "+5", "$$", "5$5", "55+", "5_5", "55'", "ü5", "12345678901234567"];
  for (const text of refused) {
    assert.equal(searchPattern(text), undefined, text);
  }
});

it("turns the pattern of a list into a LIKE pattern, from the beginning of the number where it says so", () => {
  assert.equal(filterPattern("+15005550100"), "+15005550100%");
  assert.equal(filterPattern("500-555"), "%500555%");
  assert.equal(filterPattern("5*5"), "%5_5%");
  assert.equal(filterPattern("%"), undefined);
  assert.equal(filterPattern("_"), undefined);
  assert.equal(filterPattern("1".repeat(65)), undefined);
});
