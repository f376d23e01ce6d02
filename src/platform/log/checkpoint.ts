import { join } from "node:path";
import { assert } from "../../kernel/assert.ts";
import { crc32c } from "../../protocols/crc32c/index.ts";
import type { Logger } from "../ports.ts";
import { fileError, readFully, withFile, writeFully } from "./file-io.ts";
import type { Files, OpenFile } from "./files.ts";
import { checkFrame, FRAME_HEADER_OCTETS, MAX_PAYLOAD_OCTETS, sealFrame } from "./frame.ts";
import { LogError } from "./log-error.ts";
import { offsetHex, UNFINISHED } from "./segments.ts";
import type { Checkpoint, Offset } from "./types.ts";

const NAME = /^([0-9a-f]{16})\.checkpoint$/;
const MAGIC = "trunkckp";
const VERSION = 1;
const HEADER_OCTETS = 28;
const TRAILER_OCTETS = FRAME_HEADER_OCTETS + 12;
const KEPT = 2;
const BLOCK_OCTETS = 1024 * 1024;
/** A checkpoint is synced as often as this, so that the log's own syncs never wait behind all of it. */
const SYNC_EVERY_OCTETS = 8 * 1024 * 1024;

/** The offset in a checkpoint's file name, or `undefined` for other files. */
export function checkpointOffset(name: string): Offset | undefined {
  const match = NAME.exec(name);
  return match?.[1] === undefined ? undefined : Number.parseInt(match[1], 16);
}

/** The checkpoints of one log: files of frames, whose CRC is seeded with their number, between a header and a trailer. */
export class Checkpoints {
  private readonly deps: { files: Files; directory: string; logger: Logger };
  /** Offsets of the files there are, oldest first. */
  private offsets: Offset[];
  private writing = false;

  constructor(deps: { files: Files; directory: string; logger: Logger }, offsets: readonly Offset[]) {
    this.deps = deps;
    this.offsets = [...offsets].sort((a, b) => a - b);
  }

  /** The offset of the oldest file, which retention respects. */
  get oldest(): Offset | undefined {
    return this.offsets[0];
  }

  /** See `Log.writeCheckpoint`. */
  async write(
    offset: Offset,
    chunks: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
  ): Promise<void> {
    assert(!this.writing, "one checkpoint is written at a time");
    this.writing = true;
    const { files, directory } = this.deps;
    const path = join(directory, `${offsetHex(offset)}.checkpoint`);
    try {
      await withFile(await files.open(path + UNFINISHED, "create"), (file) => writeContent(file, offset, chunks));
      await files.rename(path + UNFINISHED, path);
      await files.syncDirectory(directory);
      this.offsets = [...this.offsets.filter((other) => other !== offset), offset].sort((a, b) => a - b);
      await this.dropOld();
    } catch (error) {
      await files.remove(path + UNFINISHED).catch(() => undefined);
      if (error instanceof Error && !("syscall" in error || "code" in error)) throw error;
      throw fileError(error, "the checkpoint cannot be written");
    } finally {
      this.writing = false;
    }
  }

  private async dropOld(): Promise<void> {
    const { files, directory, logger } = this.deps;
    for (const offset of this.offsets.splice(0, Math.max(0, this.offsets.length - KEPT))) {
      const file = checkpointName(offset);
      await files.remove(join(directory, file)).catch((error: unknown) => {
        // Only space is lost; the next opening finds it again.
        logger.warn("log.checkpoint-not-removed", { file, reason: String(error) });
      });
    }
  }

  /** The newest whole checkpoint within `[start, end]`. */
  async read(start: Offset, end: Offset): Promise<Checkpoint | undefined> {
    for (const offset of this.offsets.toReversed()) {
      const file = checkpointName(offset);
      if (offset < start || offset > end) {
        this.deps.logger.warn("log.checkpoint-out-of-reach", { file, start, end });
        continue;
      }
      try {
        // All of it is verified first, because whoever loads it cannot unload half of it.
        for await (const chunk of this.chunks(offset)) assert(chunk.length > 0, "a chunk is not empty");
        return { offset, chunks: { [Symbol.asyncIterator]: () => this.chunks(offset) } };
      } catch (error) {
        this.deps.logger.error("log.checkpoint-damaged", { file, reason: fileError(error, "unreadable").message });
      }
    }
    return undefined;
  }

  private async *chunks(offset: Offset): AsyncGenerator<Buffer, void> {
    const name = checkpointName(offset);
    const file = await this.deps.files.open(join(this.deps.directory, name), "read");
    try {
      yield* readContent(file, name, offset);
    } finally {
      await file.close().catch(() => undefined);
    }
  }
}

function checkpointName(offset: Offset): string {
  return `${offsetHex(offset)}.checkpoint`;
}

function encodeHeader(offset: Offset): Buffer {
  const header = Buffer.alloc(HEADER_OCTETS);
  header.write(MAGIC, "latin1");
  header.writeUInt32LE(VERSION, 8);
  header.writeBigUInt64LE(BigInt(offset), 16);
  header.writeUInt32LE(crc32c(header, 0, 24), 24);
  return header;
}

/** A frame header of length 0, the number of chunks, and their octets. */
function encodeTrailer(count: number, octets: number): Buffer {
  const trailer = Buffer.alloc(TRAILER_OCTETS);
  trailer.writeUInt32LE(count, 8);
  trailer.writeBigUInt64LE(BigInt(octets), 12);
  trailer.writeUInt32LE(crc32c(trailer, 4, TRAILER_OCTETS, count), 0);
  return trailer;
}

async function writeContent(
  file: OpenFile,
  offset: Offset,
  chunks: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): Promise<void> {
  let block = Buffer.allocUnsafeSlow(BLOCK_OCTETS);
  let used = encodeHeader(offset).copy(block);
  let position = 0;
  let synced = 0;
  let count = 0;
  let octets = 0;
  const flushBlock = async (): Promise<void> => {
    await writeFully(file, block, used, position);
    position += used;
    used = 0;
    if (position - synced < SYNC_EVERY_OCTETS) return;
    await file.sync();
    synced = position;
  };
  for await (const chunk of chunks) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
    assert(bytes.length > 0 && bytes.length <= MAX_PAYLOAD_OCTETS, "a chunk has 1 to 16 MiB octets");
    const need = FRAME_HEADER_OCTETS + bytes.length;
    if (used + need > block.length) await flushBlock();
    if (need > block.length) block = Buffer.allocUnsafeSlow(need);
    block.set(bytes, used + FRAME_HEADER_OCTETS);
    sealFrame(block, used, bytes.length, count);
    used += need;
    count += 1;
    octets += bytes.length;
  }
  await flushBlock();
  used = encodeTrailer(count, octets).copy(block);
  await flushBlock();
  await file.sync();
}

async function* readContent(file: OpenFile, name: string, offset: Offset): AsyncGenerator<Buffer, void> {
  const damaged = (what: string): LogError => new LogError("corrupt", `checkpoint ${name} ${what}`, { file: name });
  if (!(await readFully(file, HEADER_OCTETS, 0)).equals(encodeHeader(offset))) throw damaged("has a damaged header");
  let position = HEADER_OCTETS;
  let want = BLOCK_OCTETS;
  let count = 0;
  let octets = 0;
  for (;;) {
    const block = await readFully(file, want, position);
    const atEnd = block.length < want;
    let at = 0;
    let length = checkFrame(block, at, block.length, count);
    for (; length > 0; length = checkFrame(block, at, block.length, count)) {
      const from = at + FRAME_HEADER_OCTETS;
      at = from + length;
      count += 1;
      octets += length;
      yield block.subarray(from, at);
    }
    position += at;
    if (atEnd) {
      if (block.subarray(at).equals(encodeTrailer(count, octets))) return;
      throw damaged(`is damaged after ${count} chunks`);
    }
    const announced = block.length - at >= FRAME_HEADER_OCTETS ? block.readUInt32LE(at + 4) : 0;
    if (announced > MAX_PAYLOAD_OCTETS || (at === 0 && want > BLOCK_OCTETS)) {
      throw damaged(`is damaged after ${count} chunks`);
    }
    // Nothing whole in it: a longer chunk, or the trailer with octets after it, which only a longer read can tell.
    want = at === 0 ? FRAME_HEADER_OCTETS + Math.max(announced, BLOCK_OCTETS) : BLOCK_OCTETS;
  }
}
