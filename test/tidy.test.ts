/** Holds the tree to the house style: layers, doors, sizes, names. Function sizes are oxlint's part (`.oxlintrc.json`). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ambientUses,
  brokenLayers,
  brokenUses,
  bypassedDoors,
  importCycles,
  impureImports,
  type UsesTable,
} from "./tidy/layers.ts";
import { readSources } from "./tidy/source.ts";
import { badNames, hooksOfNobody, incompleteModules, oversizedFiles, strayMentions } from "./tidy/texts.ts";
import { findRoot, readTree } from "./tidy/tree.ts";

/** Which module may enter which other ones through their doors. A module that is not named enters none. */
const USES: UsesTable = {
  console: ["accounts"],
  numbers: ["accounts", "regulatory"],
  services: ["accounts", "numbers"],
  pricing: ["routing"],
  ledger: ["accounts", "pricing"],
  a2p: ["services", "regulatory"],
  compliance: ["a2p", "routing"],
  messaging: ["accounts", "numbers", "routing", "pricing", "services", "compliance", "links"],
  esme: ["accounts", "messaging", "numbers"],
};

/** Tables that may be longer than 600 lines. */
const LONG_TABLES: readonly string[] = [];

describe("the tree", () => {
  const tree = readTree(findRoot(import.meta.dirname));
  const sources = readSources(tree);
  const clean = (broken: string[]): void => assert.equal(broken.join("\n"), "");

  it("imports only downward or level", () => clean(brokenLayers(sources)));
  it("enters other folders through their doors", () => clean(bypassedDoors(sources)));
  it("has modules that enter each other only as USES says", () => clean(brokenUses(sources, USES)));
  it("has no import cycle at run time", () => clean(importCycles(sources)));
  it("keeps Node and npm out of the pure layers", () => clean(impureImports(sources)));
  it("keeps clocks, timers, chance and the environment out of the pure layers", () => clean(ambientUses(sources)));
  it("has no file over 600 lines but the named tables", () => clean(oversizedFiles(tree, LONG_TABLES)));
  it("names files in kebab-case and by words that say something", () => clean(badNames(tree)));
  it("mentions nothing of the machines and people it was made with", () => clean(strayMentions(tree)));
  it("has hooks around each test in suites alone", () => clean(hooksOfNobody(tree)));
  it("has complete and documented modules", () => clean(incompleteModules(tree)));
});

/** Every rule is shown a small tree that breaks it, so that a rule that finds nothing is known to have looked. */
describe("the rules", () => {
  const plant = (files: Record<string, string>) => readSources(new Map(Object.entries(files)));

  it("find an import that goes up, out of src, or from an adapter into a module", () => {
    const sources = plant({
      "src/kernel/a.ts": 'import type { X } from "../platform/ports.ts";',
      "src/platform/x/a.ts": '\nexport { y } from "../../modules/m/index.ts";',
      "src/platform/x/b.ts": 'const z = await import("../../../test/kit/z.ts");',
      "src/adapters/pg/a.ts": 'import { m } from "../../modules/m/index.ts";',
      "src/adapters/pg/b.ts": 'import { m } from "../../platform/x/index.ts"; // import "../../entry/all.ts"',
      "src/modules/m/a.test.ts": 'import { c } from "../../adapters/memory/index.ts";',
      "src/stray/a.ts": "export {};",
    });
    assert.deepEqual(brokenLayers(sources), [
      "src/kernel/a.ts:1: kernel may not import src/platform/ports.ts",
      "src/platform/x/a.ts:2: platform may not import src/modules/m/index.ts",
      "src/platform/x/b.ts:1: platform may not import test/kit/z.ts",
      "src/adapters/pg/a.ts:1: adapters may not import src/modules/m/index.ts",
      "src/stray/a.ts:1: src/stray is no layer",
    ]);
  });

  it("find a folder that is entered beside its door", () => {
    const sources = plant({
      "src/entry/a.ts": 'import "../platform/http/server.ts";\nimport "../platform/http/index.ts";',
      "src/platform/http/a.ts": 'import "./server.ts"; import "../ports.ts"; import "../../kernel/time.ts";',
    });
    assert.deepEqual(bypassedDoors(sources), [
      "src/entry/a.ts:1: src/platform/http/server.ts is entered through src/platform/http/index.ts",
    ]);
  });

  it("find a module that enters another one unasked, and a table with a loop or a listener in it", () => {
    const sources = plant({
      "src/modules/a/x.ts": 'import "../b/index.ts";',
      "src/modules/b/x.ts": 'import "../a/index.ts";',
    });
    assert.deepEqual(brokenUses(sources, { a: ["b"] }), ["src/modules/b/x.ts:1: USES does not let b enter a"]);
    assert.deepEqual(brokenUses([], { a: ["b"], b: ["c"], c: ["a"] }), ["USES: loop a > b > c > a"]);
    assert.deepEqual(brokenUses([], { a: ["ledger"] }), ["USES: a may not enter ledger, which listens"]);
  });

  it("find import cycles, but not those of types alone", () => {
    const sources = plant({
      "src/kernel/a.ts": 'import { b } from "./b.ts";',
      "src/kernel/b.ts": 'export * from "./c.ts";',
      "src/kernel/c.ts": 'import { type A } from "./a.ts";\nimport type { D } from "./d.ts";',
      "src/kernel/d.ts": 'import { c } from "./c.ts";',
    });
    assert.deepEqual(importCycles(sources), [
      "src/kernel/a.ts:1: import cycle src/kernel/a.ts > src/kernel/b.ts > src/kernel/c.ts > src/kernel/a.ts",
    ]);
  });

  it("find Node, npm, clocks and chance in pure layers, and nothing in comments and texts", () => {
    const sources = plant({
      "src/protocols/p/a.ts":
        'import { Buffer } from "node:buffer";\nimport net from "node:net";\nimport pg from "pg";',
      "src/protocols/p/b.ts":
        'const now = Date.now();\nconst at = [new Date(), new Date(5)]; // Date.now()\nf("Date.now()");',
      "src/modules/m/a.ts": "setTimeout(run, 1);\nconst e = process.env.X;\nclock.setTimeout(1);",
      "src/modules/m/a.test.ts": 'import "node:test";\nDate.now();\nMath.random();',
      "src/platform/p/a.ts": 'import "node:net"; Date.now();',
    });
    assert.deepEqual(impureImports(sources), [
      "src/protocols/p/a.ts:2: protocols may not import node:net",
      "src/protocols/p/a.ts:3: protocols may not import pg",
    ]);
    assert.deepEqual(ambientUses(sources), [
      "src/protocols/p/b.ts:1: protocols may not use Date.now",
      "src/protocols/p/b.ts:2: protocols may not use new Date()",
      "src/modules/m/a.ts:1: modules may not use setTimeout",
      "src/modules/m/a.ts:2: modules may not use process.env",
      "src/modules/m/a.test.ts:3: modules may not use Math.random",
    ]);
  });

  it("find long files, vague names, stray mentions and incomplete modules", () => {
    const tree = new Map([
      ["src/kernel/long.ts", "x\n".repeat(601)],
      ["src/kernel/table.ts", "x\n".repeat(601)],
      ["src/kernel/fits.ts", "x\n".repeat(600)],
      ["src/kernel/Time.ts", ""],
      ["src/modules/m/string-utils.ts", ""],
      ["docs/a.md", `one\ntwo ${["/wo", "rk/main"].join("")}`],
    ]);
    assert.deepEqual(oversizedFiles(tree, ["src/kernel/table.ts", "src/kernel/fits.ts"]), [
      "src/kernel/long.ts:601: too long",
      "src/kernel/fits.ts:1: is no long table; take it off the list",
    ]);
    assert.deepEqual(badNames(tree), [
      "src/kernel/Time.ts:1: “Time.ts” is no kebab-case",
      "src/modules/m/string-utils.ts:1: “utils” says nothing",
    ]);
    const hooks = new Map([["src/a.test.ts", "describe(() => {\n  beforeEach(start);\n});\nafterEach(stop);\n"]]);
    assert.deepEqual(hooksOfNobody(hooks), ["src/a.test.ts:4: afterEach stands outside a suite"]);
    assert.equal(strayMentions(tree).length, 1);
    assert.match(strayMentions(tree)[0] ?? "", /^docs\/a\.md:2: /);
    assert.deepEqual(incompleteModules(tree), [
      "src/modules/m/index.ts:1: is missing",
      "src/modules/m/module.ts:1: is missing",
      "src/modules/m/README.md:1: is missing",
      "docs/subsystems/m.md:1: no page tells of src/modules/m",
    ]);
  });
});
