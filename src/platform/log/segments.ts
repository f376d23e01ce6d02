import { join } from "node:path";
import { assert } from "../../kernel/assert.ts";
import { crc32c } from "../../protocols/crc32c/index.ts";
import { writeFully } from "./file-io.ts";
import type { Files, OpenFile } from "./files.ts";
import { LogError } from "./log-error.ts";
import type { Offset } from "./types.ts";

/** Octets before the first frame of a segment file; they do not count in offsets. */
export const SEGMENT_HEADER_OCTETS = 36;
/** The ending of files that are being made; what is left of them is removed at the next opening. */
export const UNFINISHED = ".new";

const MAGIC = "trunklog";
const VERSION = 1;
const NAME = /^([0-9a-f]{16})\.log$/;

/** One file of the log. */
export interface Segment {
  readonly name: string;
  /** The offset of its first frame. */
  readonly base: Offset;
  /**
   * Where the segment before it ends. The same as `base`, but for a segment after
   * a stretch that a repair took out.
   */
  readonly previousEnd: Offset;
  /** The offset after its last frame; `undefined` while it is written to. */
  end: Offset | undefined;
}

/** The file name of the segment that begins at an offset. */
export function segmentName(base: Offset): string {
  return `${offsetHex(base)}.log`;
}

/** The offset in a segment's file name, or `undefined` for other files. */
export function segmentBase(name: string): Offset | undefined {
  const match = NAME.exec(name);
  return match?.[1] === undefined ? undefined : Number.parseInt(match[1], 16);
}

/** An offset as 16 hexadecimal digits, so that names sort as offsets do. */
export function offsetHex(offset: Offset): string {
  return offset.toString(16).padStart(16, "0");
}

/** Magic, version, base, end of the segment before, and a CRC over them. */
export function encodeSegmentHeader(base: Offset, previousEnd: Offset): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_OCTETS);
  header.write(MAGIC, "latin1");
  header.writeUInt32LE(VERSION, 8);
  header.writeBigUInt64LE(BigInt(base), 16);
  header.writeBigUInt64LE(BigInt(previousEnd), 24);
  header.writeUInt32LE(crc32c(header, 0, 32), 32);
  return header;
}

/** The fields of a header, or a sentence about what is wrong with it. Throws `LogError` for a format of another version, which is no damage. */
export function decodeSegmentHeader(header: Buffer): { base: Offset; previousEnd: Offset } | string {
  if (header.length < SEGMENT_HEADER_OCTETS) return "its header is cut short";
  if (header.toString("latin1", 0, 8) !== MAGIC) return "it does not begin as a log segment does";
  if (crc32c(header, 0, 32) !== header.readUInt32LE(32)) return "its header is damaged";
  const version = header.readUInt32LE(8);
  if (version !== VERSION) {
    throw new LogError("corrupt", `the log's format is version ${version}, and this program knows version ${VERSION}`);
  }
  return { base: Number(header.readBigUInt64LE(16)), previousEnd: Number(header.readBigUInt64LE(24)) };
}

/**
 * Makes an empty segment that survives a power cut before it is used. It comes into
 * being under its name whole, and replaces one of that name, which must hold nothing durable.
 */
export async function createSegment(
  files: Files,
  directory: string,
  at: { base: Offset; previousEnd: Offset },
): Promise<{ segment: Segment; file: OpenFile }> {
  const name = segmentName(at.base);
  const unfinished = join(directory, name + UNFINISHED);
  const file = await files.open(unfinished, "create");
  try {
    await writeFully(file, encodeSegmentHeader(at.base, at.previousEnd), SEGMENT_HEADER_OCTETS, 0);
    await file.sync();
    await files.rename(unfinished, join(directory, name));
    await files.syncDirectory(directory);
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  return { segment: { name, base: at.base, previousEnd: at.previousEnd, end: undefined }, file };
}

/** The segments of an open log in order of offset; the last one is written to. */
export class SegmentList {
  private readonly list: Segment[];

  constructor(list: Segment[]) {
    assert(list.length > 0, "a log has a segment");
    this.list = list;
  }

  get count(): number {
    return this.list.length;
  }

  /** The offset of the oldest record that is kept. */
  get start(): Offset {
    return this.first.base;
  }

  get first(): Segment {
    return this.list[0] as Segment;
  }

  get last(): Segment {
    return this.list.at(-1) as Segment;
  }

  /** The segment after the first. */
  get second(): Segment | undefined {
    return this.list[1];
  }

  /** Seals the last segment and puts an empty one after it, or in its place if it is of the same base. */
  advance(segment: Segment): void {
    if (this.last.base === segment.base) this.list.pop();
    else this.last.end = segment.previousEnd;
    this.list.push(segment);
  }

  removeFirst(): void {
    assert(this.list.length > 1, "the last segment stays");
    this.list.shift();
  }

  /** The segment in which reading goes on at `offset`: the first that does not end at or before it. */
  at(offset: Offset): Segment {
    let low = 0;
    let high = this.list.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const end = (this.list[middle] as Segment).end;
      if (end !== undefined && end <= offset) low = middle + 1;
      else high = middle;
    }
    return this.list[low] as Segment;
  }
}
