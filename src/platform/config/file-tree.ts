/** Reads YAML into a plain tree in which everything knows its line and column. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, Node, YAMLMap } from "yaml";

/** A configuration file larger than this is refused. */
export const MAX_FILE_OCTETS = 16 * 1024 * 1024;
const MAX_DEPTH = 12;
const MAX_NODES = 1_000_000;

/** Where something stands in the file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A value in the file. Scalars keep their source text: `+1500…` stays what was written, whatever YAML makes of it. */
export type FileNode =
  | { readonly kind: "scalar"; readonly text: string; readonly at: Position }
  | { readonly kind: "empty"; readonly at: Position }
  | { readonly kind: "list"; readonly items: readonly FileNode[]; readonly at: Position }
  | { readonly kind: "map"; readonly entries: readonly FileEntry[]; readonly at: Position };

/** A key and its value. */
export interface FileEntry {
  readonly key: string;
  readonly at: Position;
  readonly value: FileNode;
}

/** What cannot be read, and where. */
export interface FileProblem {
  readonly at: Position;
  readonly message: string;
}

/** Parses YAML 1.2. Never throws for what the text says: `problems` tells. An alias is followed; merge keys are not. */
export function readFileTree(source: string): { root: FileNode; problems: FileProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, version: "1.2" });
  const builder = new TreeBuilder(document, lines);
  for (const error of document.errors) builder.complain(error.pos[0], firstLine(error.message));
  const root = document.errors.length > 0 ? builder.empty(0) : builder.convert(document.contents, 0, 0);
  return { root, problems: builder.problems };
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}

class TreeBuilder {
  readonly problems: FileProblem[] = [];
  private readonly document: Document;
  private readonly lines: LineCounter;
  private nodes = 0;

  constructor(document: Document, lines: LineCounter) {
    this.document = document;
    this.lines = lines;
  }

  complain(offset: number, message: string): void {
    this.problems.push({ at: this.position(offset), message });
  }

  empty(offset: number): FileNode {
    return { kind: "empty", at: this.position(offset) };
  }

  convert(node: Node | null | undefined, depth: number, fallbackOffset: number): FileNode {
    const offset = node?.range?.[0] ?? fallbackOffset;
    this.nodes += 1;
    if (depth > MAX_DEPTH || this.nodes > MAX_NODES) {
      if (this.nodes <= MAX_NODES + 1) this.complain(offset, "the file nests too deeply or is too large");
      return this.empty(offset);
    }
    if (isAlias(node)) {
      const target = node.resolve(this.document);
      if (target === undefined) this.complain(offset, `no anchor is called ${node.source}`);
      return this.convert(target, depth + 1, offset);
    }
    if (isMap(node)) return this.convertMap(node, depth, offset);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.convert(item as Node | null, depth + 1, offset));
      return { kind: "list", items, at: this.position(offset) };
    }
    if (!isScalar(node) || node.value === null) return this.empty(offset);
    return { kind: "scalar", text: scalarText(node), at: this.position(offset) };
  }

  private convertMap(map: YAMLMap, depth: number, offset: number): FileNode {
    const entries: FileEntry[] = [];
    for (const { key, value } of map.items) {
      if (!isScalar(key) || key.value === null) {
        this.complain((key as Node | null)?.range?.[0] ?? offset, "a key must be a plain word");
        continue;
      }
      const keyOffset = key.range?.[0] ?? offset;
      const child = this.convert(value as Node | null, depth + 1, key.range?.[1] ?? keyOffset);
      entries.push({ key: scalarText(key), at: this.position(keyOffset), value: child });
    }
    return { kind: "map", entries, at: this.position(offset) };
  }

  private position(offset: number): Position {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** The text as it was written, for YAML would turn `+15005550100` into a number and `0x10` into 16. */
function scalarText(node: { value: unknown; source?: string | undefined }): string {
  return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
}
