import { createHash, type Hash } from "node:crypto";
import { CELL_TYPES, type CellDescriptor, type CellType, type Home } from "../fleet/index.ts";
import { encodeDescriptor, isCellName, parseDescriptor } from "./descriptor.ts";
import { HomePool, ownText } from "./home-pool.ts";
import { isRouteKey } from "./ports.ts";

const FIRST_LINE = "trunkline-routes 1";
const CHUNK_CHARACTERS = 256 * 1_024;
const MAX_CURSOR_CHARACTERS = 256;
const NEWLINE = 0x0a;

/** What a router knows, as it goes to disk. */
export interface SnapshotContent {
  /** How far the routing table was followed. */
  readonly cursor: string;
  readonly cells: readonly CellDescriptor[];
  readonly homes: Iterable<readonly [type: CellType, key: string, home: Home]>;
}

/**
 * The snapshot as text, in pieces of some 256 KiB: a line that names the format, one of
 * JSON with cells and cursor, a line for each home, and the SHA-256 of all before it.
 */
export function* encodeSnapshot({ cursor, cells, homes }: SnapshotContent): Generator<string> {
  const hash = createHash("sha256");
  let chunk = `${FIRST_LINE}\n${JSON.stringify({ cursor, cells: cells.map(encodeDescriptor) })}\n`;
  for (const [type, key, { cell, epoch }] of homes) {
    chunk += `${type}\t${key}\t${cell}\t${epoch}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    hash.update(chunk, "latin1");
    yield chunk;
    chunk = "";
  }
  hash.update(chunk, "latin1");
  yield `${chunk}${lastLine(hash)}`;
}

/** Reads what {@link encodeSnapshot} wrote. Throws for anything else, and where a single bit of it changed. */
export function decodeSnapshot(content: Buffer): SnapshotContent {
  const hashAt = content.lastIndexOf(NEWLINE, content.length - 2) + 1;
  const expected = lastLine(createHash("sha256").update(content.subarray(0, hashAt)));
  if (content.toString("latin1", hashAt) !== expected) throw new Error("its check sum is wrong");
  const lines = linesOf(content, hashAt);
  if (lines.next().value !== FIRST_LINE) throw new Error("it is of another version");
  const { cursor, cells } = readHead(lines.next().value ?? "");
  return { cursor, cells, homes: [...readHomes(lines)] };
}

function lastLine(hash: Hash): string {
  return `sha256 ${hash.digest("hex")}\n`;
}

function* linesOf(content: Buffer, end: number): Generator<string, undefined> {
  for (let at = 0; at < end;) {
    const lineEnd = content.indexOf(NEWLINE, at);
    yield content.toString("latin1", at, lineEnd);
    at = lineEnd + 1;
  }
  return undefined;
}

function readHead(line: string): Omit<SnapshotContent, "homes"> {
  const { cursor, cells } = JSON.parse(line) as { cursor: unknown; cells: unknown };
  if (typeof cursor !== "string" || cursor.length > MAX_CURSOR_CHARACTERS) throw new Error("its cursor is none");
  if (!Array.isArray(cells)) throw new Error("it has no cells");
  const read = cells.map((cell) => (typeof cell === "string" ? parseDescriptor(cell) : undefined));
  return { cursor, cells: read.filter((cell) => cell !== undefined) };
}

function* readHomes(lines: Iterable<string>): Generator<readonly [CellType, string, Home]> {
  const pool = new HomePool();
  for (const line of lines) {
    const [typeName, key = "", cell = "", epochText = ""] = line.split("\t");
    const type = CELL_TYPES.find((each) => each === typeName);
    const epoch = Number(epochText);
    if (type === undefined || !isRouteKey(key) || !isCellName(cell) || !Number.isSafeInteger(epoch)) {
      throw new Error("it has a line that is no home");
    }
    yield [type, ownText(key), pool.home(cell, epoch)];
  }
}
