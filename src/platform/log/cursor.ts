import { join } from "node:path";
import { checkFrame, FRAME_DAMAGED, FRAME_HEADER_OCTETS, FRAME_INCOMPLETE, seedAt } from "./frame.ts";
import { errorCode, fileError, readFully } from "./file-io.ts";
import type { Files, OpenFile } from "./files.ts";
import { LogError } from "./log-error.ts";
import { SEGMENT_HEADER_OCTETS } from "./segments.ts";
import type { Segment, SegmentList } from "./segments.ts";
import type { LogRecord, Offset } from "./types.ts";

/** Octets that are read at a time; a longer record is read alone. */
const CHUNK_OCTETS = 256 * 1024;

/** Cuts octets that are known to be whole frames into records, without checking them again. */
export function sliceRecords(buffer: Buffer, base: Offset): LogRecord[] {
  const records: LogRecord[] = [];
  let at = 0;
  while (at < buffer.length) {
    const from = at + FRAME_HEADER_OCTETS;
    const to = from + buffer.readUInt32LE(at + 4);
    records.push({ offset: base + at, next: base + to, payload: buffer.subarray(from, to) });
    at = to;
  }
  return records;
}

/** Reads durable records forward from an offset, across segments, checking each. */
export class Cursor {
  private readonly files: Files;
  private readonly directory: string;
  private readonly segments: SegmentList;
  private file: OpenFile | undefined;
  private segment: Segment | undefined;
  /** Where the next record is read. */
  position: Offset;

  constructor(deps: { files: Files; directory: string; segments: SegmentList }, from: Offset) {
    this.files = deps.files;
    this.directory = deps.directory;
    this.segments = deps.segments;
    this.position = from;
  }

  /**
   * The next batch of records before `to`, which must be a durable record boundary,
   * or `undefined` at `to`. Rejects with {@link LogError} of kind `corrupt`, `gone` or `io`.
   */
  async next(to: Offset): Promise<LogRecord[] | undefined> {
    if (this.position >= to) return undefined;
    const { file, segment } = await this.enter();
    if (this.position >= to) return undefined;
    const end = Math.min(to, segment.end ?? to);
    let records = await this.readRecords(file, segment, { end, want: CHUNK_OCTETS });
    if (typeof records === "number") records = await this.readRecords(file, segment, { end, want: records });
    if (typeof records === "number") throw this.damage(segment, "is cut short");
    this.position = (records.at(-1) as LogRecord).next;
    return records;
  }

  /** Opens the segment that the position lies in, unless it is open. */
  private async enter(): Promise<{ file: OpenFile; segment: Segment }> {
    if (this.position < this.segments.start) throw this.gone();
    let segment = this.segments.at(this.position);
    while (this.position < segment.base) {
      // A repair took out what lies before the base, and may have left nothing in the segment either.
      this.position = segment.base;
      segment = this.segments.at(this.position);
    }
    if (this.segment === segment && this.file !== undefined) return { file: this.file, segment };
    await this.close();
    try {
      this.file = await this.files.open(join(this.directory, segment.name), "read");
    } catch (error) {
      if (errorCode(error) === "ENOENT" && this.position < this.segments.start) throw this.gone();
      throw fileError(error, `log segment ${segment.name} cannot be opened`, { file: segment.name });
    }
    this.segment = segment;
    return { file: this.file, segment };
  }

  /** The records in the next `want` octets, at least one; or how many octets the first one needs. */
  private async readRecords(
    file: OpenFile,
    segment: Segment,
    span: { end: Offset; want: number },
  ): Promise<LogRecord[] | number> {
    const length = Math.min(span.want, span.end - this.position);
    let buffer: Buffer;
    try {
      buffer = await readFully(file, length, SEGMENT_HEADER_OCTETS + this.position - segment.base);
    } catch (error) {
      throw fileError(error, `log segment ${segment.name} cannot be read`, { file: segment.name });
    }
    const records: LogRecord[] = [];
    let at = 0;
    while (at < buffer.length) {
      const offset = this.position + at;
      const payload = checkFrame(buffer, at, buffer.length, seedAt(offset));
      if (payload === FRAME_INCOMPLETE) break;
      if (payload === FRAME_DAMAGED) {
        // What lies before the damage is good, and is served; the next call meets the damage first.
        if (records.length > 0) break;
        throw this.damage(segment, "is not what was written");
      }
      const from = at + FRAME_HEADER_OCTETS;
      at = from + payload;
      records.push({ offset, next: this.position + at, payload: buffer.subarray(from, at) });
    }
    if (records.length > 0) return records;
    if (buffer.length < length || buffer.length < FRAME_HEADER_OCTETS) throw this.damage(segment, "is cut short");
    const need = FRAME_HEADER_OCTETS + buffer.readUInt32LE(4);
    if (this.position + need > span.end) throw this.damage(segment, "is not what was written");
    return need;
  }

  private damage(segment: Segment, what: string): LogError {
    const message = `the record at offset ${this.position} in log segment ${segment.name} ${what}`;
    return new LogError("corrupt", message, { file: segment.name, offset: this.position });
  }

  private gone(): LogError {
    const message = `the log begins at offset ${this.segments.start}; what was at ${this.position} has been deleted`;
    return new LogError("gone", message, { offset: this.position });
  }

  /** Lets go of the file. The cursor may be used again. */
  async close(): Promise<void> {
    const file = this.file;
    this.file = undefined;
    this.segment = undefined;
    await file?.close().catch(() => undefined);
  }
}
