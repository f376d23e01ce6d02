/** Where the time went, from a `.cpuprofile` of V8. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
    readonly hitCount?: number;
    readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
  }[];
  /** Microseconds of the machine's monotonic clock. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Time of one function or one folder. */
export interface Cost {
  readonly what: string;
  readonly ms: number;
}

/** The time between two moments, by function and by folder. Waiting is left out. */
export interface Costs {
  /** The time that a function itself took, without those it called. */
  readonly functions: readonly Cost[];
  /** The same with what Node and V8 did counted to the function of this project that asked for it. */
  readonly owners: readonly Cost[];
  /** Of the whole profile, not of the time between alone, because the samples do not say it: lines of ours. */
  readonly lines: readonly Cost[];
  /** As `owners`, by folder. */
  readonly folders: readonly Cost[];
  readonly busyMs: number;
  readonly totalMs: number;
}

const IDLE = new Set(["(idle)", "(root)"]);

/** Reads the profile in a folder: the largest, should there be several. */
export async function readProfile(folder: string, window: { startMs: number; endMs: number }): Promise<Costs> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".cpuprofile"));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const longest = texts.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined) throw new Error(`no profile was written to ${folder}`);
  return costsOf(JSON.parse(longest) as CpuProfile, window);
}

/** Adds up the samples of a window. */
export function costsOf(profile: CpuProfile, window: { startMs: number; endMs: number }): Costs {
  const places = placesOf(profile);
  const functions = new Map<string, number>();
  const owners = new Map<string, number>();
  const folders = new Map<string, number>();
  let busyMs = 0;
  let totalMs = 0;
  let atMs = profile.startTime / 1_000;
  profile.samples.forEach((id, i) => {
    const tookMs = (profile.timeDeltas[i] ?? 0) / 1_000;
    atMs += tookMs;
    if (atMs < window.startMs || atMs > window.endMs) return;
    totalMs += tookMs;
    const place = places.get(id);
    if (place === undefined || IDLE.has(place.own)) return;
    busyMs += tookMs;
    functions.set(place.own, (functions.get(place.own) ?? 0) + tookMs);
    owners.set(place.owner, (owners.get(place.owner) ?? 0) + tookMs);
    folders.set(place.folder, (folders.get(place.folder) ?? 0) + tookMs);
  });
  const lines = linesOf(profile, busyMs);
  return { functions: sorted(functions), owners: sorted(owners), folders: sorted(folders), lines, busyMs, totalMs };
}

/** Ticks by line, as shares of the time that was busy. */
function linesOf({ nodes }: CpuProfile, busyMs: number): Cost[] {
  const ticks = new Map<string, number>();
  let total = 0;
  for (const { callFrame, positionTicks, hitCount = 0 } of nodes) {
    if (!IDLE.has(callFrame.functionName)) total += hitCount;
    const file = projectFile(callFrame.url);
    if (file === undefined) continue;
    for (const { line, ticks: count } of positionTicks ?? []) {
      const key = `${file}:${line}  ${callFrame.functionName}`;
      ticks.set(key, (ticks.get(key) ?? 0) + count);
    }
  }
  return sorted(new Map([...ticks].map(([line, count]) => [line, (count / total) * busyMs])));
}

interface Place {
  readonly own: string;
  readonly owner: string;
  readonly folder: string;
}

function placesOf({ nodes }: CpuProfile): Map<number, Place> {
  const parents = new Map<number, number>();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node.id);
  const places = new Map<number, Place>();
  // A parent always comes before its children.
  for (const { id, callFrame } of nodes) {
    const { functionName, url, lineNumber } = callFrame;
    const file = projectFile(url);
    const name = functionName === "" ? `(anonymous, line ${lineNumber + 1})` : functionName;
    const shown = file ?? (url === "" ? "" : url.replace(/^.*\/node_modules\//, "node_modules/"));
    const own = shown === "" ? name : `${name}  ${shown}`;
    const above = places.get(parents.get(id) ?? -1);
    if (file !== undefined) places.set(id, { own, owner: own, folder: folderOf(file) });
    else if (above === undefined || IDLE.has(above.own))
      places.set(id, { own, owner: own, folder: shown === "" ? name : "node" });
    else places.set(id, { own, owner: above.owner, folder: above.folder });
  }
  return places;
}

/** `src/platform/http/server.js` for a file of this project. */
function projectFile(url: string): string | undefined {
  if (url.includes("/node_modules/") || url.startsWith("node:")) return undefined;
  return /\/((?:src|bench)\/.*)$/.exec(url)?.[1];
}

function folderOf(file: string): string {
  return file.split("/").slice(0, 3).join("/");
}

function sorted(costs: ReadonlyMap<string, number>): Cost[] {
  return [...costs].map(([what, ms]) => ({ what, ms })).sort((a, b) => b.ms - a.ms);
}

/** Prints the most expensive functions and folders, per message. */
export function printCosts(costs: Costs, messages: number): void {
  const busy = Math.round((costs.busyMs / costs.totalMs) * 100);
  console.log(
    `\nCPU profile: the main thread was busy ${busy} % of the time, ${perMessage(costs.busyMs, messages)} µs a message`,
  );
  const show = (title: string, list: readonly Cost[], limit: number): void => {
    console.log(`\n${title}`);
    for (const { what, ms } of list.slice(0, limit)) {
      const share = ((ms / costs.busyMs) * 100).toFixed(1);
      console.log(`${perMessage(ms, messages).padStart(8)} µs ${share.padStart(5)} %  ${what}`);
    }
  };
  show("By folder, with what it made Node do", costs.folders, 25);
  show("By function of ours, with what it made Node do", costs.owners, 30);
  show("By function, itself alone", costs.functions, 30);
  show("By line of dist/, itself alone, over the whole life of the process", costs.lines, 30);
}

function perMessage(ms: number, messages: number): string {
  return ((ms * 1_000) / messages).toFixed(1);
}
