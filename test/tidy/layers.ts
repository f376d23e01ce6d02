/** Who may import whom. Every rule gives the lines that break it. */
import type { Source } from "./source.ts";

const LAYERS = ["kernel", "protocols", "platform", "modules", "adapters", "entry"] as const;

/** Layers in which every folder is a unit with a door of its own. */
const FOLDERED = new Set<string>(["protocols", "platform", "modules", "adapters"]);

/** Facts are told to these, nobody asks them. */
const LISTENERS = new Set(["ledger", "webhooks", "insights"]);

/** Layers that may not know Node, npm, time or chance. */
const PURE = new Set<string>(["kernel", "protocols", "modules"]);

/** Which module may enter which other ones, by name. */
export type UsesTable = Readonly<Record<string, readonly string[]>>;

interface Place {
  readonly layer: string;
  /** −1 for what stands outside `src`. */
  readonly rank: number;
  /** `platform/http`; the layer itself where it has no folders. */
  readonly unit: string;
}

function placeOf(path: string): Place {
  const [top = "", layer = "", folder = ""] = path.split("/");
  if (top !== "src") return { layer: top, rank: -1, unit: top };
  const rank = LAYERS.findIndex((name) => name === layer);
  return { layer, rank, unit: FOLDERED.has(layer) ? `${layer}/${folder}` : layer };
}

const isTest = (path: string): boolean => path.endsWith(".test.ts");

/** Every folder of `src` is a layer, and imports go down or stay level. A test may use adapters and `test/kit`. */
export function brokenLayers(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, imports }) => {
    const from = placeOf(path);
    if (!path.startsWith("src/")) return [];
    if (from.rank < 0) return [`${path}:1: src/${from.layer} is no layer`];
    return imports.flatMap(({ target, line }) => {
      if (target === undefined) return [];
      const to = placeOf(target);
      if (isTest(path) && (to.layer === "adapters" || target.startsWith("test/kit/"))) return [];
      const isUp = to.rank < 0 || to.rank > from.rank;
      const knowsModule = from.layer === "adapters" && to.layer === "modules";
      return isUp || knowsModule ? [`${path}:${line}: ${from.layer} may not import ${target}`] : [];
    });
  });
}

/** Another folder is entered through its `index.ts`; `platform/ports.ts` is a door itself. */
export function bypassedDoors(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, imports }) => {
    if (!path.startsWith("src/")) return [];
    return imports.flatMap(({ target, line }) => {
      if (target === undefined || target === "src/platform/ports.ts") return [];
      const { layer, unit } = placeOf(target);
      if (!FOLDERED.has(layer) || unit === placeOf(path).unit || target === `src/${unit}/index.ts`) return [];
      return [`${path}:${line}: ${target} is entered through src/${unit}/index.ts`];
    });
  });
}

/** Modules enter each other only as the table says; the table has no loop and nobody in it enters a listener. */
export function brokenUses(sources: readonly Source[], uses: UsesTable): string[] {
  const broken = sources.flatMap(({ path, imports }) => {
    const from = /^src\/modules\/([^/]+)\//.exec(path)?.[1];
    return imports.flatMap(({ target, line }) => {
      const to = /^src\/modules\/([^/]+)\//.exec(target ?? "")?.[1];
      if (from === undefined || to === undefined || from === to || uses[from]?.includes(to)) return [];
      return [`${path}:${line}: USES does not let ${from} enter ${to}`];
    });
  });
  const heard = Object.entries(uses).flatMap(([from, targets]) => {
    return targets.filter((to) => LISTENERS.has(to)).map((to) => `USES: ${from} may not enter ${to}, which listens`);
  });
  const loops = findLoops(new Map(Object.entries(uses))).map((loop) => `USES: loop ${loop.join(" > ")}`);
  return [...broken, ...heard, ...loops];
}

/** No file needs itself at run time, however far around. */
export function importCycles(sources: readonly Source[]): string[] {
  const graph = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.flatMap(({ target, atRunTime }) => (target !== undefined && atRunTime ? [target] : [])),
    ]),
  );
  return findLoops(graph).map((loop) => `${loop[0]}:1: import cycle ${loop.join(" > ")}`);
}

/** One loop for each edge that closes one, found depth first without recursion. */
function findLoops(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const loops: string[][] = [];
  const finished = new Set<string>();
  for (const start of graph.keys()) {
    const path: { node: string; next: number }[] = [{ node: start, next: 0 }];
    while (path.length > 0) {
      const top = path.at(-1) as { node: string; next: number };
      const target = finished.has(top.node) ? undefined : graph.get(top.node)?.[top.next];
      top.next += 1;
      if (target === undefined) {
        finished.add(top.node);
        path.pop();
        continue;
      }
      const seenAt = path.findIndex(({ node }) => node === target);
      if (seenAt >= 0) loops.push([...path.slice(seenAt).map(({ node }) => node), target]);
      else if (!finished.has(target)) path.push({ node: target, next: 0 });
    }
  }
  return loops;
}

/** Pure layers import nothing but each other and `node:buffer`. Their tests may import what they like. */
export function impureImports(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, imports }) => {
    const { layer } = placeOf(path);
    if (!path.startsWith("src/") || !PURE.has(layer) || isTest(path)) return [];
    return imports
      .filter(({ target, specifier }) => target === undefined && specifier !== "node:buffer")
      .map(({ line, specifier }) => `${path}:${line}: ${layer} may not import ${specifier}`);
  });
}

/** Pure layers take time, chance and settings from ports and arguments. Their tests may read clocks, but throw no dice. */
export function ambientUses(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, ambient }) => {
    const { layer } = placeOf(path);
    if (!path.startsWith("src/") || !PURE.has(layer)) return [];
    return ambient
      .filter(({ name }) => !isTest(path) || name === "Math.random")
      .map(({ line, name }) => `${path}:${line}: ${layer} may not use ${name}`);
  });
}
