import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../../../test/kit/seeded-random.ts";
import { matchesTemplate, MAX_VARIABLE_CHARACTERS, readyTemplate, templateFault } from "./template-match.ts";

const SEED = Number(process.env["SEED"] ?? 600_612);

/** What the template says, tried in every way: slow, and right. */
function triesAll(template: string, text: string): boolean {
  const pieces = template.split("{#var#}").map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pieces.join(`[\\s\\S]{0,${MAX_VARIABLE_CHARACTERS}}`)}$`).test(text);
}

describe("content templates", () => {
  it("match to the character, with up to 30 of them in a variable", () => {
    const template = readyTemplate("Dear {#var#}, order {#var#} is {#var#}. - ACME");
    assert.ok(matchesTemplate(template, "Dear Ram, order 2345 is on its way. - ACME"));
    assert.ok(matchesTemplate(template, `Dear ${"x".repeat(30)}, order  is . - ACME`));
    assert.ok(!matchesTemplate(template, `Dear ${"x".repeat(31)}, order 1 is 2. - ACME`));
    assert.ok(!matchesTemplate(template, "Dear Ram, order 2345 is on its way. - ACME "));
    assert.ok(!matchesTemplate(template, "dear Ram, order 2345 is on its way. - ACME"));
  });

  it("take two variables in a row for up to 60 characters, and a variable at either end", () => {
    assert.ok(matchesTemplate(readyTemplate("{#var#}{#var#} a"), `${"x".repeat(60)} a`));
    assert.ok(!matchesTemplate(readyTemplate("{#var#}{#var#} a"), `${"x".repeat(61)} a`));
    assert.ok(matchesTemplate(readyTemplate("a {#var#}"), "a b"));
    assert.ok(!matchesTemplate(readyTemplate("a"), "a b"));
  });

  it(`match as trying all ways would (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const letters = (count: number): string =>
      Array.from({ length: count }, () => (random() < 0.5 ? "a" : "b")).join("");
    let matched = 0;
    for (let round = 0; round < 3_000; round += 1) {
      const parts = Array.from({ length: 1 + Math.floor(random() * 4) }, () => letters(Math.floor(random() * 4)));
      const template = `${letters(1)}${parts.join("{#var#}")}`;
      const text = template.split("{#var#}").reduce((so, part) => so + letters(Math.floor(random() * 33)) + part);
      const expected = triesAll(template, text);
      if (expected) matched += 1;
      assert.equal(matchesTemplate(readyTemplate(template), text), expected, `${template} on ${text}`);
    }
    assert.ok(matched > 500, "some matched");
  });

  it("cost bounded work on texts that are made to be slow", () => {
    const template = `${"a{#var#}".repeat(59)}b`;
    assert.equal(templateFault(template), undefined);
    assert.ok(!matchesTemplate(readyTemplate(template), "a".repeat(1_600)));
  });

  it("are refused where they are none", () => {
    for (const template of [
      "",
      "{#var#}",
      "Dear {#name#}",
      "{#var#} {#VAR#}",
      "a{#var#}".repeat(61),
      "x".repeat(2_001),
    ]) {
      assert.ok(templateFault(template) !== undefined, template.slice(0, 30));
    }
  });
});
