/** What the rules need to know of a source file, found by a real parser. */
import { posix } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import type { Tree } from "./tree.ts";

/** An import or re-export. */
export interface Import {
  readonly line: number;
  /** As it is written. */
  readonly specifier: string;
  /** Path in the tree, of what is imported relatively. */
  readonly target: string | undefined;
  /** False for `import type` and `export type`, which leave no trace at run time. */
  readonly atRunTime: boolean;
}

/** A use of the clock, timers, chance or the environment. */
export interface AmbientUse {
  readonly line: number;
  readonly name: string;
}

/** One TypeScript file. */
export interface Source {
  readonly path: string;
  readonly imports: readonly Import[];
  readonly ambient: readonly AmbientUse[];
}

const AMBIENT_FUNCTIONS = new Set([
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
  "fetch",
]);
const AMBIENT_MEMBERS = new Set(["Date.now", "Math.random", "process.env", "process.hrtime", "performance.now"]);

/** All TypeScript files of `src`, `test` and `bench`. */
export function readSources(tree: Tree): Source[] {
  return [...tree].filter(([path]) => /^(src|test|bench)\/.*\.ts$/.test(path)).map(([path, text]) => parse(path, text));
}

function parse(path: string, text: string): Source {
  const { module, program } = parseSync(path, text);
  const lineAt = lineFinder(text);
  const statements = [
    ...module.staticImports.map(({ start, moduleRequest }) => ({ start, specifier: moduleRequest.value })),
    ...module.staticExports.flatMap(({ start, entries }) => {
      const specifier = entries.find((entry) => entry.moduleRequest)?.moduleRequest?.value;
      return specifier === undefined ? [] : [{ start, specifier }];
    }),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => {
      return { start, specifier: text.slice(start, end).replace(/^["'`]|["'`]$/g, "") };
    }),
  ];
  const imports = statements.map(({ start, specifier }) => ({
    line: lineAt(start),
    specifier,
    target: specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : undefined,
    atRunTime: !/^(import|export)\s+type\b/.test(text.slice(start, start + 40)),
  }));
  const ambient: AmbientUse[] = [];
  const note = (start: number, name: string): void => void ambient.push({ line: lineAt(start), name });
  new Visitor({
    CallExpression: ({ callee, start }) => {
      if (callee.type === "Identifier" && AMBIENT_FUNCTIONS.has(callee.name)) note(start, callee.name);
    },
    MemberExpression: ({ object, property, start }) => {
      if (object.type !== "Identifier" || property.type !== "Identifier") return;
      const name = `${object.name}.${property.name}`;
      if (AMBIENT_MEMBERS.has(name)) note(start, name);
    },
    NewExpression: ({ callee, arguments: given, start }) => {
      if (callee.type === "Identifier" && callee.name === "Date" && given.length === 0) note(start, "new Date()");
    },
  }).visit(program);
  return { path, imports, ambient };
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
