import { join } from "node:path";
import { crc32c } from "../../protocols/crc32c/index.ts";
import { errorCode, readFully, withFile, writeFully } from "./file-io.ts";
import type { Files } from "./files.ts";
import { offsetHex, UNFINISHED } from "./segments.ts";
import type { Offset } from "./types.ts";

const NAME = "durable-end";
const OCTETS = 26;

function encode(offset: Offset): Buffer {
  const digits = offsetHex(offset);
  const crc = crc32c(Buffer.from(digits, "latin1"));
  return Buffer.from(`${digits} ${crc.toString(16).padStart(8, "0")}\n`, "latin1");
}

/**
 * Notes how far the log is durable, at an orderly end. It lets the next opening tell
 * a damaged last record from one that a crash left unfinished.
 */
export async function writeFloor(files: Files, directory: string, offset: Offset): Promise<void> {
  const path = join(directory, NAME);
  await withFile(await files.open(path + UNFINISHED, "create"), async (file) => {
    await writeFully(file, encode(offset), OCTETS, 0);
    await file.sync();
  });
  await files.rename(path + UNFINISHED, path);
  await files.syncDirectory(directory);
}

/** The offset noted last, or 0 when there is none or it is unreadable: it only sharpens a check. */
export async function readFloor(files: Files, directory: string): Promise<Offset> {
  try {
    const text = await withFile(await files.open(join(directory, NAME), "read"), (file) => readFully(file, OCTETS, 0));
    const offset = Number.parseInt(text.toString("latin1", 0, 16), 16);
    return Number.isSafeInteger(offset) && text.equals(encode(offset)) ? offset : 0;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return 0;
    throw error;
  }
}
