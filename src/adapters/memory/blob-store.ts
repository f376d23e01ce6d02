import type { BlobInfo, BlobStore } from "../../platform/ports.ts";
import { checkBlobKey } from "../files/index.ts";

/** Objects in memory, for tests. Copies what goes in and out, as a real store does. */
export class MemoryBlobStore implements BlobStore {
  readonly #objects = new Map<string, { info: BlobInfo; content: Uint8Array }>();

  async put(key: string, content: Uint8Array, contentType: string): Promise<void> {
    checkBlobKey(key);
    this.#objects.set(key, { info: { contentType, octets: content.length }, content: Uint8Array.from(content) });
  }

  async get(key: string): Promise<{ info: BlobInfo; content: Uint8Array } | undefined> {
    checkBlobKey(key);
    const found = this.#objects.get(key);
    return found && { info: { ...found.info }, content: Uint8Array.from(found.content) };
  }

  async remove(key: string): Promise<void> {
    checkBlobKey(key);
    this.#objects.delete(key);
  }
}
