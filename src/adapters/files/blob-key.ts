import { AppError, callerError } from "../../kernel/errors.ts";

const MAX_KEY_CHARACTERS = 512;
const MAX_PARTS = 16;
/** Below what file systems allow for a name (255 octets), with room for a suffix. */
const MAX_PART_CHARACTERS = 200;

const invalidKey = callerError(20001, 400, "'{key}' is not a valid object key.");

/**
 * Throws unless `key` is what {@link BlobStore} promises: slash-separated parts
 * of `[A-Za-z0-9._-]`, none of them `.` or `..`, within the limits above. All
 * stores share it, so that no key works in one and fails in another.
 */
export function checkBlobKey(key: string): void {
  const parts = key.length > MAX_KEY_CHARACTERS ? [] : key.split("/");
  const valid = parts.length > 0 && parts.length <= MAX_PARTS && parts.every(isPart);
  if (!valid) throw new AppError(invalidKey, { key: key.slice(0, 80) });
}

function isPart(part: string): boolean {
  return part.length <= MAX_PART_CHARACTERS && /^[A-Za-z0-9._-]+$/.test(part) && part !== "." && part !== "..";
}
