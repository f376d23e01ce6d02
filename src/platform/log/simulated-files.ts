import type { Files, OpenFile } from "./files.ts";
import { LogError } from "./log-error.ts";

/** What goes wrong with one operation. `short` is a write of only some of the octets, without an error. */
export type FileFault = "ENOSPC" | "EIO" | "short" | "crash";

/** Asked before each operation that changes something. */
export type FaultPlan = (operation: { number: number; name: string; path: string }) => FileFault | undefined;

type Change = { readonly at: number; readonly octets: Buffer } | { readonly length: number };

/** A file: what programs see, what is on the disk, and what is on its way there. */
interface Node {
  seen: Buffer;
  stored: Buffer;
  changes: Change[];
}

type Rename = (names: Map<string, Node>) => void;

/**
 * A disk in memory that keeps only what was synced: for tests of what a power cut and
 * failing operations do. Everything that is left to chance comes from `random`, which
 * answers with numbers in [0, 1).
 */
export class SimulatedFiles implements Files {
  /** Set to make operations fail. */
  plan: FaultPlan = () => undefined;
  /** What `freeOctets` answers. */
  free: number | undefined = undefined;
  /** Operations that changed something, so far. */
  operations = 0;
  crashed = false;
  private readonly random: () => number;
  private names = new Map<string, Node>();
  private storedNames = new Map<string, Node>();
  private renames: Rename[] = [];
  private locked = new Set<string>();

  constructor(random: () => number) {
    this.random = random;
  }

  /** The disk as a machine finds it that starts after a power cut now. */
  afterPowerCut(): SimulatedFiles {
    const next = new SimulatedFiles(this.random);
    const names = new Map(this.storedNames);
    for (const rename of this.some(this.renames)) rename(names);
    for (const [path, node] of names) {
      const stored = this.settle(node);
      next.names.set(path, { seen: Buffer.from(stored), stored, changes: [] });
    }
    next.storedNames = new Map(next.names);
    return next;
  }

  /** The disk as a process finds it that starts after this one was killed: all is seen, and not all is stored. */
  afterKill(): SimulatedFiles {
    const next = new SimulatedFiles(this.random);
    next.names = this.names;
    next.storedNames = this.storedNames;
    next.renames = this.renames;
    return next;
  }

  /** The content of a file as programs see it, to look at or to damage. */
  content(path: string): Buffer {
    const node = this.names.get(path);
    if (node === undefined) throw notFound(path);
    return node.seen;
  }

  /** Puts a file there, or replaces one, durably. */
  put(path: string, content: Buffer): void {
    const node = { seen: Buffer.from(content), stored: Buffer.from(content), changes: [] };
    this.names.set(path, node);
    this.storedNames.set(path, node);
  }

  /** All paths there are, sorted. */
  paths(): string[] {
    return [...this.names.keys()].sort();
  }

  private some<T>(list: readonly T[]): T[] {
    return list.slice(0, Math.floor(this.random() * (list.length + 1)));
  }

  /** What of a file reached the disk: a part of the changes, the last of them torn. */
  private settle(node: Node): Buffer {
    const arrived = this.some(node.changes);
    let stored = node.stored;
    for (const change of arrived) stored = apply(stored, change);
    const torn = node.changes[arrived.length];
    if (torn === undefined || !("at" in torn)) return stored;
    const part = Math.floor(this.random() * (torn.octets.length + 1));
    stored = apply(stored, { at: torn.at, octets: torn.octets.subarray(0, part) });
    // The new length may have arrived before the content did; what was there before stays.
    const end = torn.at + torn.octets.length;
    return this.random() < 0.5 || end <= stored.length ? stored : apply(stored, { length: end });
  }

  private async step(name: string, path: string): Promise<FileFault | undefined> {
    await Promise.resolve();
    if (this.crashed) throw failure("ECRASHED", path);
    this.operations += 1;
    const fault = this.plan({ number: this.operations, name, path });
    if (fault === "crash") this.crashed = true;
    return fault;
  }

  private async change(name: string, path: string): Promise<void> {
    const fault = await this.step(name, path);
    if (fault !== undefined && fault !== "short") throw failure(fault, path);
  }

  private rename_(rename: Rename): void {
    rename(this.names);
    this.renames.push(rename);
  }

  async open(path: string, mode: "create" | "modify" | "read"): Promise<OpenFile> {
    if (mode === "create") {
      await this.change("create", path);
      const node: Node = { seen: Buffer.alloc(0), stored: Buffer.alloc(0), changes: [] };
      this.rename_((names) => names.set(path, node));
    }
    const node = this.names.get(path);
    if (node === undefined) throw notFound(path);
    return this.file(node, path);
  }

  private file(node: Node, path: string): OpenFile {
    const change = (one: Change): void => {
      node.seen = apply(node.seen, one);
      node.changes.push(one);
    };
    return {
      write: async (buffer, from, length, position) => {
        const fault = await this.step("write", path);
        const whole = fault === undefined;
        const part = whole
          ? length
          : Math.min(length, Math.floor(this.random() * length) + (fault === "short" ? 1 : 0));
        if (part > 0) change({ at: position, octets: Buffer.from(buffer.subarray(from, from + part)) });
        if (!whole && fault !== "short") throw failure(fault, path);
        return part;
      },
      read: async (buffer, into, length, position) => {
        await Promise.resolve();
        if (this.crashed) throw failure("ECRASHED", path);
        return node.seen.copy(buffer, into, position, position + length);
      },
      size: () => Promise.resolve(node.seen.length),
      truncate: async (length) => {
        await this.change("truncate", path);
        change({ length });
      },
      sync: async () => {
        const fault = await this.step("sync", path);
        if (fault === "crash") throw failure(fault, path);
        if (fault !== undefined && fault !== "short") {
          // As Linux does: what could not be written counts as clean from now on.
          node.stored = this.settle(node);
          node.changes = [];
          throw failure(fault, path);
        }
        for (const one of node.changes) node.stored = apply(node.stored, one);
        node.changes = [];
      },
      close: () => Promise.resolve(),
    };
  }

  list(directory: string): Promise<string[]> {
    const prefix = `${directory}/`;
    const inside = [...this.names.keys()].filter((path) => path.startsWith(prefix));
    return Promise.resolve(inside.map((path) => path.slice(prefix.length)));
  }

  async makeDirectory(): Promise<void> {
    await Promise.resolve();
  }

  async rename(from: string, to: string): Promise<void> {
    await this.change("rename", from);
    this.rename_((names) => {
      const node = names.get(from);
      if (node === undefined) return;
      names.delete(from);
      names.set(to, node);
    });
  }

  async remove(path: string): Promise<void> {
    await this.change("remove", path);
    this.rename_((names) => names.delete(path));
  }

  async syncDirectory(directory: string): Promise<void> {
    await this.change("syncDirectory", directory);
    // All files of a test lie in one folder; syncing the one above it stores none of their names.
    if (
      ![...this.names.keys()].some(
        (path) => path.startsWith(`${directory}/`) && !path.slice(directory.length + 1).includes("/"),
      )
    )
      return;
    for (const rename of this.renames) rename(this.storedNames);
    this.renames = [];
  }

  freeOctets(): Promise<number | undefined> {
    return Promise.resolve(this.free);
  }

  async lock(directory: string): Promise<() => Promise<void>> {
    await Promise.resolve();
    if (this.locked.has(directory)) throw new LogError("in-use", "already in use by this process");
    this.locked.add(directory);
    return () => {
      this.locked.delete(directory);
      return Promise.resolve();
    };
  }
}

function apply(content: Buffer, change: Change): Buffer {
  if (!("at" in change)) {
    const cut = Buffer.alloc(change.length);
    content.copy(cut);
    return cut;
  }
  const end = change.at + change.octets.length;
  const grown = Buffer.alloc(Math.max(content.length, end));
  content.copy(grown);
  change.octets.copy(grown, change.at);
  return grown;
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated, ${path}`), { code });
}

function notFound(path: string): Error {
  return failure("ENOENT", path);
}
