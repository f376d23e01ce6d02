/** A file that is open. Positions and lengths are octets. */
export interface OpenFile {
  /** Writes some of `buffer[from, from + length)` at `position` and tells how much; may be short. */
  write(buffer: Buffer, from: number, length: number, position: number): Promise<number>;
  /** Reads up to `length` octets at `position` into `buffer` from `into` on; 0 at the end. */
  read(buffer: Buffer, into: number, length: number, position: number): Promise<number>;
  size(): Promise<number>;
  truncate(length: number): Promise<void>;
  /** Makes content and length survive a power cut (fdatasync). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The file system as the log needs it. Errors carry a `code` such as `ENOSPC`. */
export interface Files {
  /** `create` empties a file that is there; `modify` and `read` need it to be there. */
  open(path: string, mode: "create" | "modify" | "read"): Promise<OpenFile>;
  /** Names in a folder, in no order. */
  list(directory: string): Promise<string[]>;
  makeDirectory(directory: string): Promise<void>;
  /** Atomic; replaces the target. */
  rename(from: string, to: string): Promise<void>;
  /** Does nothing where there is no such file. */
  remove(path: string): Promise<void>;
  /** Makes creations, renames and removals in the folder survive a power cut. */
  syncDirectory(directory: string): Promise<void>;
  /** Free space for an unprivileged writer, `undefined` where it cannot be told. */
  freeOctets(directory: string): Promise<number | undefined>;
  /** Takes the folder for this process alone; rejects with `LogError` of kind `in-use`. The result gives it up. */
  lock(directory: string): Promise<() => Promise<void>>;
}
