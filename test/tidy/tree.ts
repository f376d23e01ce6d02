/** Reads the repository into memory: paths and texts. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** Texts by path relative to the root, with slashes. */
export type Tree = ReadonlyMap<string, string>;

const SKIPPED_FOLDERS = new Set(["node_modules", "dist", "coverage", ".git", ".build", ".trunkline"]);
const SKIPPED_FILES = /\.(log|cpuprofile|png|jpe?g|gif|ico|wav|mp3|woff2?|gz)$/;
const MAX_FILES = 20_000;
const MAX_OCTETS = 4 * 1024 * 1024;

/** The nearest folder above `start` with a package.json: this code runs compiled, some folders below the root. */
export function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (folder === dirname(folder)) throw new Error(`no package.json above ${start}`);
  }
}

/** Every text file of the repository that is not built, installed or recorded. */
export function readTree(root: string): Tree {
  const tree = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) visit(path);
      if (!entry.isFile() || SKIPPED_FILES.test(entry.name) || statSync(join(root, path)).size > MAX_OCTETS) continue;
      if (tree.size >= MAX_FILES) throw new Error(`more than ${MAX_FILES} files below ${root}`);
      const text = readFileSync(join(root, path), "utf8");
      if (!text.includes("\0")) tree.set(path, text);
    }
  };
  visit("");
  return tree;
}
