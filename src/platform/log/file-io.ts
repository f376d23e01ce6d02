import type { OpenFile } from "./files.ts";
import { LogError } from "./log-error.ts";
import type { LogErrorDetail } from "./log-error.ts";

/** Writes `buffer[0, length)` at `position`, in as many writes as it takes. */
export async function writeFully(file: OpenFile, buffer: Buffer, length: number, position: number): Promise<void> {
  let done = 0;
  while (done < length) {
    const written = await file.write(buffer, done, length - done, position + done);
    if (written <= 0) throw Object.assign(new Error("the file system wrote nothing"), { code: "EIO" });
    done += written;
  }
}

/** Reads up to `length` octets at `position`; less only where the file ends. */
export async function readFully(file: OpenFile, length: number, position: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let done = 0;
  while (done < length) {
    const octets = await file.read(buffer, done, length - done, position + done);
    if (octets === 0) break;
    done += octets;
  }
  return buffer.subarray(0, done);
}

/** The `code` of a file system error, such as `ENOSPC`. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** A {@link LogError} for a failed operation: `disk-full` for want of space or quota, otherwise `io`. */
export function fileError(error: unknown, what: string, detail: LogErrorDetail = {}): LogError {
  if (error instanceof LogError) return error;
  const code = errorCode(error);
  const full = code === "ENOSPC" || code === "EDQUOT";
  const message = error instanceof Error ? error.message : String(error);
  return new LogError(full ? "disk-full" : "io", `${what}: ${message}`, { ...detail, cause: error });
}

/** Runs `work` and closes the file after it, whatever happens. */
export async function withFile<T>(file: OpenFile, work: (file: OpenFile) => Promise<T>): Promise<T> {
  try {
    return await work(file);
  } finally {
    await file.close().catch(() => undefined);
  }
}
