import * as fs from "node:fs";
import { join } from "node:path";
import type { Files, OpenFile } from "./files.ts";
import { lockDirectory } from "./lock.ts";

/** An open file over `node:fs` descriptors; the callback functions cost less than `FileHandle`. */
class NodeFile implements OpenFile {
  private readonly descriptor: number;

  constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  write(buffer: Buffer, from: number, length: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.write(this.descriptor, buffer, from, length, position, (error, octets) =>
        error === null ? resolve(octets) : reject(error),
      );
    });
  }

  read(buffer: Buffer, into: number, length: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.descriptor, buffer, into, length, position, (error, octets) =>
        error === null ? resolve(octets) : reject(error),
      );
    });
  }

  size(): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.descriptor, (error, stats) => (error === null ? resolve(stats.size) : reject(error)));
    });
  }

  truncate(length: number): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.ftruncate(this.descriptor, length, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.descriptor, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.close(this.descriptor, (error) => (error ? reject(error) : resolve()));
    });
  }
}

const FLAGS = { create: "w+", modify: "r+", read: "r" } as const;

/** The real file system. Files are for their owner only, as they hold message bodies. */
export const nodeFiles: Files = {
  open(path, mode) {
    return new Promise((resolve, reject) => {
      fs.open(path, FLAGS[mode], 0o600, (error, descriptor) =>
        error === null ? resolve(new NodeFile(descriptor)) : reject(error),
      );
    });
  },

  list: (directory) => fs.promises.readdir(directory),

  async makeDirectory(directory) {
    await fs.promises.mkdir(directory, { recursive: true, mode: 0o700 });
  },

  rename: (from, to) => fs.promises.rename(from, to),

  remove: (path) => fs.promises.rm(path, { force: true }),

  async syncDirectory(directory) {
    const handle = await fs.promises.open(directory, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },

  async freeOctets(directory) {
    const stats = await fs.promises.statfs(directory).catch(() => undefined);
    return stats === undefined ? undefined : stats.bavail * stats.bsize;
  },

  lock: (directory) => lockDirectory(join(directory, "lock")),
};
