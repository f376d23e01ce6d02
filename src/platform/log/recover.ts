import { join } from "node:path";
import type { Logger } from "../ports.ts";
import { checkpointOffset } from "./checkpoint.ts";
import { readFully, withFile, writeFully } from "./file-io.ts";
import type { Files, OpenFile } from "./files.ts";
import { readFloor } from "./floor.ts";
import { checkFrame, findFrame, FRAME_HEADER_OCTETS, seedAt } from "./frame.ts";
import { LogError } from "./log-error.ts";
import {
  createSegment,
  decodeSegmentHeader,
  encodeSegmentHeader,
  offsetHex,
  segmentBase,
  segmentName,
  SEGMENT_HEADER_OCTETS,
  UNFINISHED,
} from "./segments.ts";
import type { Segment } from "./segments.ts";
import type { Offset } from "./types.ts";

const SCAN_OCTETS = 1024 * 1024;

/** What {@link recover} works with. */
export interface RecoverDeps {
  readonly files: Files;
  readonly directory: string;
  readonly logger: Logger;
  /** Take damage out instead of refusing it. */
  readonly repair: boolean;
}

/** A log folder that was found in order, or put in order. */
export interface Recovered {
  readonly segments: Segment[];
  /** The last segment, open for writing. */
  readonly file: OpenFile;
  readonly end: Offset;
  readonly checkpoints: Offset[];
}

/**
 * Looks over the folder: segments must join, and the last one is read through. What a
 * crash left unfinished at its end is cut off; anything else that is wrong is a
 * {@link LogError} of kind `corrupt`, or with `repair` taken out. What is left is made
 * durable, so that nothing can be served that a later power cut takes away.
 */
export async function recover(deps: RecoverDeps): Promise<Recovered> {
  const { files, directory } = deps;
  const names = await files.list(directory);
  for (const name of names) if (name.endsWith(UNFINISHED)) await files.remove(join(directory, name));
  const checkpoints = names.map(checkpointOffset).filter((offset) => offset !== undefined);
  const floor = Math.max(await readFloor(files, directory), ...checkpoints);
  const bases = names.map(segmentBase).filter((base) => base !== undefined);
  bases.sort((a, b) => a - b);
  if (bases.length === 0) {
    if (floor > 0) complain(deps, `the log has no segments, but was durable up to offset ${floor}`, { offset: 0 });
    const made = await createSegment(files, directory, { base: floor, previousEnd: floor });
    return { segments: [made.segment], file: made.file, end: floor, checkpoints };
  }
  const segments: Segment[] = [];
  for (const base of bases) await joinSegment(deps, base, segments);
  const last = await recoverTail(deps, segments, floor);
  // A process that was killed may have left names that only the kernel knows so far.
  await files.syncDirectory(directory);
  return { segments, ...last, checkpoints };
}

/** Refuses to go on, unless a repair was asked for: then it is only told. */
function complain(deps: RecoverDeps, message: string, at: { file?: string; offset: Offset }): void {
  if (!deps.repair) throw new LogError("corrupt", message, at);
  deps.logger.error("log.repairing", { directory: deps.directory, reason: message, offset: at.offset });
}

/** Reads a segment's header, checks that the one before it ends where it should, and adds it to the list. */
async function joinSegment(deps: RecoverDeps, base: Offset, segments: Segment[]): Promise<void> {
  const name = segmentName(base);
  const file = await deps.files.open(join(deps.directory, name), "modify");
  await withFile(file, async () => {
    const header = decodeSegmentHeader(await readFully(file, SEGMENT_HEADER_OCTETS, 0));
    let wrong = typeof header === "string" ? header : undefined;
    let previousEnd = base;
    if (typeof header !== "string") {
      previousEnd = header.previousEnd;
      if (header.base !== base) wrong = "its name is that of another";
    }
    if (wrong !== undefined) {
      complain(deps, `log segment ${name} cannot be used: ${wrong}`, { file: name, offset: base });
    }
    const joined = segments.length === 0 ? previousEnd : await endSegment(deps, segments, { name, previousEnd });
    if (wrong !== undefined || joined !== previousEnd) {
      await writeFully(file, encodeSegmentHeader(base, joined), SEGMENT_HEADER_OCTETS, 0);
      await file.sync();
    }
    segments.push({ name, base, previousEnd: joined, end: undefined });
  });
}

/** Checks the length of the segment listed last, which another follows, and returns where it ends. */
async function endSegment(
  deps: RecoverDeps,
  segments: Segment[],
  next: { name: string; previousEnd: Offset },
): Promise<Offset> {
  const segment = segments.at(-1) as Segment;
  segment.end = next.previousEnd;
  const found = await open(deps, segment, async (file) => {
    const end = segment.base + (await file.size()) - SEGMENT_HEADER_OCTETS;
    if (end <= next.previousEnd) return end;
    // A failed sync left more than was acknowledged, and the log went on in the next segment.
    deps.logger.warn("log.excess-removed", { file: segment.name, end: next.previousEnd });
    await file.truncate(SEGMENT_HEADER_OCTETS + next.previousEnd - segment.base);
    await file.sync();
    return next.previousEnd;
  });
  if (found < next.previousEnd) {
    const message = `log segments ${segment.name} and ${next.name} do not join: the offsets from ${found} to ${next.previousEnd} are missing`;
    complain(deps, message, { file: segment.name, offset: found });
  }
  return deps.repair ? mend(deps, segments) : next.previousEnd;
}

function open<T>(deps: RecoverDeps, segment: Segment, work: (file: OpenFile) => Promise<T>): Promise<T> {
  return deps.files.open(join(deps.directory, segment.name), "modify").then((file) => withFile(file, work));
}

/** Reads the segment listed last through and takes damage out; what is whole after it becomes a segment of its own. Returns the end. */
async function mend(deps: RecoverDeps, segments: Segment[]): Promise<Offset> {
  for (;;) {
    const segment = segments.at(-1) as Segment;
    const more = await open(deps, segment, async (file) => {
      const { end, rest, found } = await inspect(file, segment.base);
      segment.end = end;
      if (rest.length === 0) return undefined;
      complain(deps, `log segment ${segment.name} is damaged at offset ${end}`, { file: segment.name, offset: end });
      return cutOut(deps, file, { segment, end, rest, found });
    });
    if (more === undefined) return segment.end as Offset;
    segments.push(more);
  }
}

/** Where the whole frames of a segment end, what comes after them, and where in that the next whole one lies. */
async function inspect(
  file: OpenFile,
  base: Offset,
): Promise<{ end: Offset; rest: Buffer; found: number | "unknown" | undefined }> {
  const end = await scan(file, base);
  const position = SEGMENT_HEADER_OCTETS + end - base;
  const rest = await readFully(file, (await file.size()) - position, position);
  return { end, rest, found: rest.length > 0 ? findFrame(rest, 1, end) : undefined };
}

/** Where the whole frames from the beginning of a segment end. */
async function scan(file: OpenFile, base: Offset): Promise<Offset> {
  let end = base;
  let want = SCAN_OCTETS;
  for (;;) {
    const block = await readFully(file, want, SEGMENT_HEADER_OCTETS + end - base);
    let at = 0;
    let length = checkFrame(block, at, block.length, seedAt(end));
    while (length > 0) {
      at += FRAME_HEADER_OCTETS + length;
      length = checkFrame(block, at, block.length, seedAt(end + at));
    }
    end += at;
    if (length < 0 || block.length < want) return end;
    // Incomplete in this block: at its beginning it is a longer frame, and how long is known to be bounded.
    want = at === 0 ? FRAME_HEADER_OCTETS + block.readUInt32LE(4) : SCAN_OCTETS;
  }
}

/** Reads the last segment through and makes it end with a whole record; a repair may add segments. */
async function recoverTail(
  deps: RecoverDeps,
  segments: Segment[],
  floor: Offset,
): Promise<{ file: OpenFile; end: Offset }> {
  for (;;) {
    const segment = segments.at(-1) as Segment;
    const file = await deps.files.open(join(deps.directory, segment.name), "modify");
    try {
      const { end, rest, found } = await inspect(file, segment.base);
      if (found === undefined && end >= floor) {
        if (rest.length > 0) {
          deps.logger.warn("log.torn-tail-removed", { file: segment.name, offset: end, octets: rest.length });
          await file.truncate(SEGMENT_HEADER_OCTETS + end - segment.base);
        }
        await rewrite(file, segment.base, { from: Math.max(segment.base, floor), to: end });
        await file.sync();
        return { file, end };
      }
      const why = found === undefined ? `although the log was durable up to ${floor}` : "with more records after it";
      const at = { file: segment.name, offset: end };
      complain(deps, `log segment ${segment.name} is damaged at offset ${end}, ${why}`, at);
      segment.end = end;
      let more = await cutOut(deps, file, { segment, end, rest, found });
      if (more === undefined) {
        // No offset that may have been given out is used again.
        const base = Math.max(end + rest.length, floor);
        const made = await createSegment(deps.files, deps.directory, { base, previousEnd: end });
        await made.file.close();
        more = made.segment;
      }
      segments.push(more);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
    await file.close();
  }
}

/**
 * Writes what is there once more. After a failed sync the kernel may show octets that
 * never reached the disk and count them as clean, so that a sync alone proves nothing.
 */
async function rewrite(file: OpenFile, base: Offset, span: { from: Offset; to: Offset }): Promise<void> {
  for (let from = span.from; from < span.to; from += SCAN_OCTETS) {
    const position = SEGMENT_HEADER_OCTETS + from - base;
    const block = await readFully(file, Math.min(SCAN_OCTETS, span.to - from), position);
    await writeFully(file, block, block.length, position);
  }
}

/**
 * Cuts a segment where the damage begins, after keeping the damaged octets and all after
 * them in a file of their own. What was found whole after the damage becomes a new
 * segment, first of all, so that a crash loses none of it.
 */
async function cutOut(
  deps: RecoverDeps,
  file: OpenFile,
  damage: { segment: Segment; end: Offset; rest: Buffer; found: number | "unknown" | undefined },
): Promise<Segment | undefined> {
  const { end, rest, found, segment } = damage;
  await place(deps, `${offsetHex(end)}.damaged`, rest);
  let more: Segment | undefined;
  if (typeof found === "number") {
    const base = end + found;
    more = { name: segmentName(base), base, previousEnd: end, end: undefined };
    await place(deps, more.name, Buffer.concat([encodeSegmentHeader(base, end), rest.subarray(found)]));
  }
  await file.truncate(SEGMENT_HEADER_OCTETS + end - segment.base);
  await file.sync();
  return more;
}

/** Makes a file of a given content come into being whole. */
async function place(deps: RecoverDeps, name: string, content: Buffer): Promise<void> {
  const path = join(deps.directory, name);
  await withFile(await deps.files.open(path + UNFINISHED, "create"), async (file) => {
    await writeFully(file, content, content.length, 0);
    await file.sync();
  });
  await deps.files.rename(path + UNFINISHED, path);
  await deps.files.syncDirectory(deps.directory);
}
