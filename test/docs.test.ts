import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { describe, it } from "node:test";
import { generatedDocuments } from "../src/entry/catalogue.ts";
import { findRoot, readTree } from "./tidy/tree.ts";

const root = findRoot(import.meta.dirname);
const folder = join(root, "docs/generated");

describe("the documentation", () => {
  it("has generated pages that say what the program does", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    const documents = await generatedDocuments(version);
    assert.deepEqual(readdirSync(folder).toSorted(), [...documents.keys()].toSorted(), "run npm run docs");
    for (const [name, text] of documents) {
      assert.ok(readFileSync(join(folder, name), "utf8") === text, `docs/generated/${name} is old: run npm run docs`);
    }
  });

  it("links to files that are there", () => {
    const broken: string[] = [];
    for (const [path, text] of readTree(root)) {
      if (!path.endsWith(".md")) continue;
      for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^(https?:|mailto:|#)/.test(target)) continue;
        const file = posix.join(dirname(path), target.replace(/#.*$/, ""));
        if (!existsSync(join(root, file))) broken.push(`${path}: ${target}`);
      }
    }
    assert.deepEqual(broken, []);
  });
});
