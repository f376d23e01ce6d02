import { assert } from "../../kernel/assert.ts";
import type { GossipView } from "../gossip/index.ts";
import { hashOfKey } from "./key-hash.ts";

/** Invalidations in one gossip value: 512 octets, which are 684 characters of base64. */
export const PAGE_ENTRIES = 128;
/** Pages that a publisher keeps: those who have missed more than these hold must distrust all they have. */
export const PAGES = 8;
const OCTETS_PER_HASH = 4;
const NAME = /^[a-z][a-z0-9-]{0,31}$/;
const PAGE = /^(\d{1,15})\.([A-Za-z0-9+/]{0,684}={0,2})$/;

/** A part of what a publisher has invalidated. */
export interface InvalidationPage {
  /** The number of the first one, counted from the publisher's start. */
  readonly first: number;
  readonly hashes: Int32Array;
}

/** Where the invalidations of a cache stand in gossip. */
export function cachePrefix(name: string): string {
  assert(NAME.test(name), "a cache is named in lower case");
  return `cache/${name}/`;
}

/** The key under which a publisher says how many there were, when it ends in order. */
export const END_KEY = "end";

/** Reads a gossip value; `undefined` where it is none of ours. */
export function readPage(value: string): InvalidationPage | undefined {
  const [, first = "", text = ""] = PAGE.exec(value) ?? [];
  if (first === "") return undefined;
  const octets = Buffer.from(text, "base64");
  if (octets.length % OCTETS_PER_HASH !== 0) return undefined;
  const hashes = new Int32Array(octets.length / OCTETS_PER_HASH);
  for (let at = 0; at < hashes.length; at += 1) hashes[at] = octets.readInt32LE(at * OCTETS_PER_HASH);
  return { first: Number(first), hashes };
}

/** Of which cache invalidations are told. */
export interface InvalidationLogOptions {
  readonly gossip: GossipView;
  /** As all who share the cache call it. */
  readonly name: string;
  /** As all who share the cache have it; 0 unless told. */
  readonly hashSeed?: number;
}

/**
 * Tells others by gossip what this process has invalidated: hashes of the keys, so that
 * nothing personal leaves, in pages with the number of their first entry. The last
 * thousand stand in gossip. One for each cache and process; a process that only changes
 * what others cache, and caches nothing itself, needs this alone.
 */
export class InvalidationLog {
  readonly #gossip: GossipView;
  readonly #prefix: string;
  readonly #hashSeed: number;
  readonly #page = Buffer.alloc(PAGE_ENTRIES * OCTETS_PER_HASH);
  #next = 0;

  constructor({ gossip, name, hashSeed = 0 }: InvalidationLogOptions) {
    this.#gossip = gossip;
    this.#prefix = cachePrefix(name);
    this.#hashSeed = hashSeed;
    this.#goOn();
    gossip.delete(`${this.#prefix}${END_KEY}`);
    this.#write();
  }

  /** A key has changed. To be called after the change can be read. */
  publish(key: string): void {
    this.publishHash(hashOfKey(key, this.#hashSeed));
  }

  /** The same for a key whose hash is known. */
  publishHash(hash: number): void {
    this.#page.writeInt32LE(hash, (this.#next % PAGE_ENTRIES) * OCTETS_PER_HASH);
    this.#next += 1;
    this.#write();
  }

  /** Says that no more will come, so that those who heard all need not distrust a successor. */
  close(): void {
    this.#gossip.set(`${this.#prefix}${END_KEY}`, String(this.#next));
  }

  /** One that was there before in this process has counted already. */
  #goOn(): void {
    for (let page = 0; page < PAGES; page += 1) {
      const read = readPage(this.#gossip.get(this.#gossip.self.id, `${this.#prefix}${page}`) ?? "");
      if (read === undefined || read.first + read.hashes.length < this.#next) continue;
      this.#next = read.first + read.hashes.length;
      for (const [at, hash] of read.hashes.entries()) this.#page.writeInt32LE(hash, at * OCTETS_PER_HASH);
    }
  }

  #write(): void {
    const used = this.#next === 0 ? 0 : ((this.#next - 1) % PAGE_ENTRIES) + 1;
    const first = this.#next - used;
    const hashes = this.#page.toString("base64", 0, used * OCTETS_PER_HASH);
    this.#gossip.set(`${this.#prefix}${Math.floor(first / PAGE_ENTRIES) % PAGES}`, `${first}.${hashes}`);
  }
}
