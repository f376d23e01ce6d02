import assert from "node:assert/strict";
import { it } from "node:test";
import { hostsIn } from "../hosts-in-text.ts";
import { publicShortener } from "./public-shortener.ts";
import { codeOf, draft, world } from "./sample-world.test.ts";

it("refuses public link shorteners with 30007 where carriers filter them", () => {
  for (const body of ["See https://bit.ly/3xYz", "bit.ly/a", "go to WWW.TinyURL.com/abc now", "https://t.ly."]) {
    assert.equal(codeOf(publicShortener.judge(draft({ body }), world())), 30_007, body);
  }
  for (const body of ["See https://acme.com/a", "orbit.lying", "Total: 3.50. Thanks.", "rabbit.ly/a"]) {
    assert.equal(publicShortener.judge(draft({ body }), world()), undefined, body);
  }
  assert.ok(publicShortener.concerns("US", world()));
  assert.ok(!publicShortener.concerns("DE", world()));
});

it("finds hosts in bounded time, whatever the text", () => {
  assert.deepEqual(hostsIn("a.b.c/x, (d.e) . .. f.g."), ["a.b.c", "d.e", "f.g"]);
  assert.equal(hostsIn("a.a ".repeat(1_000)).length, 20);
  assert.ok(hostsIn(".".repeat(1_600)).length <= 20);
  assert.ok(hostsIn("a".repeat(1_600)).length === 0);
});
