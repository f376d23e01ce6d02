import assert from "node:assert/strict";
import { test } from "node:test";
import { closest, didYouMean } from "./closest.ts";

test("a word with a letter missing, added, wrong or swapped finds its candidate", () => {
  const words = ["transceiver", "window", "port", "tls-port"];
  for (const [typed, meant] of [
    ["windw", "window"],
    ["windoww", "window"],
    ["wundow", "window"],
    ["widnow", "window"],
    ["TLSPORT", "tls-port"],
    ["tranceiver", "transceiver"],
  ] as const) {
    assert.equal(closest(typed, words), meant);
  }
});

test("a word that is near nothing gets no suggestion", () => {
  assert.equal(closest("carrier", ["port", "host"]), undefined);
  assert.equal(didYouMean("x".repeat(10_000), ["x".repeat(10_000)]), "");
});
