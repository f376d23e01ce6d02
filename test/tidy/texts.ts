/** Sizes, names, and what must or must not stand in the tree. */
import type { Tree } from "./tree.ts";

const MAX_LINES = 600;

const isCode = (path: string): boolean => /^(src|test|bench|scripts|bin)\/.*\.[jt]s$/.test(path);

/** Files over 600 lines that are no table; and tables in the list that are none any more. */
export function oversizedFiles(tree: Tree, tables: readonly string[]): string[] {
  const large = [...tree].filter(([path, text]) => isCode(path) && text.split("\n").length - 1 > MAX_LINES);
  const broken = large.filter(([path]) => !tables.includes(path)).map(([path]) => `${path}:${MAX_LINES + 1}: too long`);
  const stale = tables.filter((table) => !large.some(([path]) => path === table));
  return [...broken, ...stale.map((table) => `${table}:1: is no long table; take it off the list`)];
}

const VAGUE_WORDS = new Set([
  "util",
  "helper",
  "common",
  "manager",
  "handler",
  "provider",
  "vendor",
  "gateway",
  "tenant",
]);
const KEBAB = /^[a-z0-9]+([-.][a-z0-9]+)*$/;

/** Files and folders that are no kebab-case, or are called by a word that says nothing. */
export function badNames(tree: Tree): string[] {
  return [...tree.keys()].filter(isCode).flatMap((path) =>
    path.split("/").flatMap((part) => {
      if (!KEBAB.test(part)) return [`${path}:1: “${part}” is no kebab-case`];
      const vague = part.split(/[-.]/).find((word) => VAGUE_WORDS.has(word) || VAGUE_WORDS.has(word.replace(/s$/, "")));
      return vague === undefined ? [] : [`${path}:1: “${vague}” says nothing`];
    }),
  );
}

/** Lines with a text that has no place in the repository. Put together here, so that this file passes. */
export function strayMentions(tree: Tree): string[] {
  const join = (...pieces: string[]): string => pieces.join("");
  const strays = [
    ...["main", "shared", "brief", ".library"].map((folder) => join("/wo", "rk/", folder)),
    join("bash", "_jobs"),
    join("issues", " show"),
    join("/ro", "ot/"),
    join("anth", "ropic"),
    join("cla", "ude"),
    join("co-auth", "ored-by"),
  ];
  const found: string[] = [];
  for (const [path, text] of tree) {
    const lower = text.toLowerCase();
    for (const stray of strays) {
      for (let at = lower.indexOf(stray); at >= 0; at = lower.indexOf(stray, at + 1)) {
        found.push(`${path}:${lower.slice(0, at).split("\n").length}: mentions “${stray}”`);
      }
    }
  }
  return found;
}

/** Hooks around each test that stand outside a suite: files share a process, so they would run around the tests of others. */
export function hooksOfNobody(tree: Tree): string[] {
  return [...tree]
    .filter(([path]) => path.endsWith(".test.ts"))
    .flatMap(([path, text]) =>
      text.split("\n").flatMap((line, at) => {
        const hook = /^(beforeEach|afterEach)\(/.exec(line)?.[1];
        return hook === undefined ? [] : [`${path}:${at + 1}: ${hook} stands outside a suite`];
      }),
    );
}

/** A module has its door, what entry mounts, half a page to read, and a place in `docs/subsystems`. */
export function incompleteModules(tree: Tree): string[] {
  const paths = [...tree.keys()];
  const modules = new Set(paths.flatMap((path) => /^src\/modules\/([^/]+)\//.exec(path)?.[1] ?? []));
  const pages = paths.filter((path) => /^docs\/subsystems\/.*\.md$/.test(path));
  return [...modules].flatMap((name) => {
    const missing = ["index.ts", "module.ts", "README.md"].filter((file) => !tree.has(`src/modules/${name}/${file}`));
    const isTold = pages.some((page) => {
      return page === `docs/subsystems/${name}.md` || tree.get(page)?.includes(`src/modules/${name}`);
    });
    return [
      ...missing.map((file) => `src/modules/${name}/${file}:1: is missing`),
      ...(isTold ? [] : [`docs/subsystems/${name}.md:1: no page tells of src/modules/${name}`]),
    ];
  });
}
