import { present } from "../../../kernel/assert.ts";
import { StateTable } from "../../../platform/cell/index.ts";
import { PairHash } from "./pair-hash.ts";
import { PairPage, type PackedPage } from "./pair-page.ts";

/** A page is split in two beyond this, so that a checkpoint, which reads pages by the hundred, never holds up the cell. */
const SPLIT_ABOVE = 768;
const HASH_BITS = 32;
/** No page is split further; what comes then makes it larger. Never reached by fewer than 10^8 pairs. */
const MAX_DEPTH = 18;

/** The pages of one account: an extendible hash table whose pages tell apart the first `depth` bits. */
interface Directory {
  depth: number;
  /** `2^depth` of them; a page of a lesser depth stands several times. */
  pages: OwnedPage[];
}

interface OwnedPage {
  readonly key: string;
  readonly page: PairPage;
  readonly depth: number;
  readonly prefix: number;
}

/**
 * Who is not written to by whom: pairs of a scope and a recipient, by account, as hashes. Lives
 * in the cell's log; ten million pairs take about 150 MB and can be asked in a fifth of a
 * microsecond. What the pairs are stands in PostgreSQL.
 */
export class PairSet {
  /** Values are {@link PairPage}, which a checkpoint reads back as {@link PackedPage}. */
  readonly table = new StateTable<PairPage>("consent-pages", { projected: false });
  private readonly hash: PairHash;
  private directories = new Map<string, Directory>();
  private pairs = 0;

  constructor(hashKey: string) {
    this.hash = new PairHash(hashKey, "consent-pair");
  }

  get size(): number {
    return this.pairs;
  }

  /** Octets that the hashes take. */
  get octets(): number {
    let octets = 0;
    for (const page of this.table.values()) octets += page.octets;
    return octets;
  }

  /** Whether an account has any pair at all; asked first, because most have none. */
  hasAny(accountSid: string): boolean {
    return this.directories.has(accountSid);
  }

  has(accountSid: string, scope: string, recipient: string): boolean {
    const directory = this.directories.get(accountSid);
    if (directory === undefined) return false;
    const { hash } = this;
    hash.take(scope, recipient);
    return directory.pages[indexOf(hash.high, directory.depth)]?.page.has(hash.high, hash.low) ?? false;
  }

  /** False where it was there. For reducers only. */
  add(accountSid: string, scope: string, recipient: string): boolean {
    const { hash } = this;
    hash.take(scope, recipient);
    const { high, low } = hash;
    const directory = this.directories.get(accountSid) ?? this.open(accountSid);
    let owned = present(directory.pages[indexOf(high, directory.depth)], "a page of consents");
    if (owned.page.has(high, low)) return false;
    while (owned.page.size >= SPLIT_ABOVE && owned.depth < MAX_DEPTH) {
      this.split(accountSid, directory, owned);
      owned = present(directory.pages[indexOf(high, directory.depth)], "a page of consents");
    }
    present(this.table.edit(owned.key), "a page of consents").add(high, low);
    this.pairs += 1;
    return true;
  }

  /** False where it was not there. For reducers only. */
  delete(accountSid: string, scope: string, recipient: string): boolean {
    if (!this.has(accountSid, scope, recipient)) return false;
    const { hash } = this;
    const directory = present(this.directories.get(accountSid), "the account's consents");
    const owned = present(directory.pages[indexOf(hash.high, directory.depth)], "a page of consents");
    present(this.table.edit(owned.key), "a page of consents").delete(hash.high, hash.low);
    this.pairs -= 1;
    if (owned.depth === 0 && owned.page.size === 0) {
      this.table.delete(owned.key);
      this.directories.delete(accountSid);
    }
    return true;
  }

  private open(accountSid: string): Directory {
    const owned = this.keep(accountSid, { depth: 0, prefix: 0, page: new PairPage() });
    const directory = { depth: 0, pages: [owned] };
    this.directories.set(accountSid, directory);
    return directory;
  }

  private keep(accountSid: string, page: Omit<OwnedPage, "key">): OwnedPage {
    const key = `${accountSid}:${page.depth}:${page.prefix}`;
    this.table.put(key, page.page);
    return { key, ...page };
  }

  private split(accountSid: string, directory: Directory, owned: OwnedPage): void {
    const depth = owned.depth + 1;
    const halves = [new PairPage(SPLIT_ABOVE / 2), new PairPage(SPLIT_ABOVE / 2)] as const;
    for (const [high, low] of owned.page) halves[indexOf(high, depth) & 1 ? 1 : 0].add(high, low);
    this.table.delete(owned.key);
    const left = this.keep(accountSid, { depth, prefix: owned.prefix * 2, page: halves[0] });
    const right = this.keep(accountSid, { depth, prefix: owned.prefix * 2 + 1, page: halves[1] });
    if (directory.depth < depth) {
      directory.pages = directory.pages.flatMap((page) => [page, page]);
      directory.depth = depth;
    }
    place(directory, left);
    place(directory, right);
  }

  /** Makes the directories of what a checkpoint brought. */
  restored(): void {
    for (const key of this.table.keys()) {
      const packed = this.table.get(key) as unknown as PackedPage | PairPage | undefined;
      if (packed !== undefined && "h" in packed) this.table.put(key, PairPage.unpack(packed));
    }
    this.index();
  }

  private index(): void {
    this.directories = new Map();
    this.pairs = 0;
    const byAccount = new Map<string, OwnedPage[]>();
    for (const key of this.table.keys()) {
      const [accountSid = "", depth, prefix] = key.split(":");
      const page = present(this.table.get(key), "a page of consents") as PairPage;
      const owned = { key, page, depth: Number(depth), prefix: Number(prefix) };
      const pages = byAccount.get(accountSid);
      if (pages === undefined) byAccount.set(accountSid, [owned]);
      else pages.push(owned);
      this.pairs += page.size;
    }
    for (const [accountSid, pages] of byAccount) {
      const depth = Math.max(...pages.map((page) => page.depth));
      const directory: Directory = { depth, pages: [] };
      for (const page of pages) place(directory, page);
      this.directories.set(accountSid, directory);
    }
  }

  /** The pages of some accounts, as they move to another cell with the same key. */
  entriesOf(accountSids: readonly string[]): (readonly [key: string, value: PackedPage])[] {
    const own = new Set(accountSids);
    const found: (readonly [string, PackedPage])[] = [];
    for (const key of this.table.keys()) {
      if (!own.has(accountOf(key))) continue;
      found.push([key, present(this.table.get(key), "a page of consents").toJSON()]);
    }
    return found;
  }

  /** Forgets accounts and takes over pages. For reducers only. */
  move(forget: readonly string[], entries: readonly (readonly [key: string, value: PackedPage])[]): void {
    const gone = new Set(forget);
    for (const key of this.table.keys()) if (gone.has(accountOf(key))) this.table.delete(key);
    for (const [key, value] of entries) this.table.put(key, PairPage.unpack(value));
    this.index();
  }
}

function indexOf(high: number, depth: number): number {
  return depth === 0 ? 0 : high >>> (HASH_BITS - depth);
}

function place(directory: Directory, owned: OwnedPage): void {
  const span = 2 ** (directory.depth - owned.depth);
  const from = owned.prefix * span;
  for (let at = from; at < from + span; at += 1) directory.pages[at] = owned;
}

function accountOf(key: string): string {
  return key.slice(0, key.indexOf(":"));
}
