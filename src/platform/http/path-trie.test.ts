import assert from "node:assert/strict";
import { test } from "node:test";
import { PathTrie } from "./path-trie.ts";

function trieOf(...patterns: string[]): (path: string) => string {
  const trie = new PathTrie<string>();
  for (const pattern of patterns) trie.at(pattern, () => pattern);
  return (path) => {
    const values: string[] = [];
    return `${trie.find(path, values)} ${values.join("|")}`;
  };
}

test("a fixed segment is preferred, and a dead end is left again", () => {
  const find = trieOf("/a/{x}", "/a/b/c", "/a/{x}/d", "/a/{rest*}");
  assert.equal(find("/a/b"), "/a/{x} b");
  assert.equal(find("/a/b/c"), "/a/b/c ");
  assert.equal(find("/a/b/d"), "/a/{x}/d b");
  assert.equal(find("/a/b/e"), "/a/{rest*} b/e");
});

test("an empty segment matches no parameter, and a path must end where its pattern does", () => {
  const find = trieOf("/a/{x}", "/a/{x}/c");
  for (const path of [
    "/a/",
    "/a",
    "/",
    "//",
    "/a//c",
    "/a/b/",
    "/a/b/c/",
    "/a/b/c/d",
    "/__proto__",
    "/a/b/constructor",
  ]) {
    assert.equal(find(path), "undefined ", path);
  }
});
