import type { CellHints } from "../../kernel/cell-hints.ts";
import { CELL_TYPES, type CellDescriptor, type CellType, type Home } from "../fleet/index.ts";
import type { GossipView } from "../gossip/index.ts";
import type { Clock, Logger } from "../ports.ts";
import { GOSSIP_DESCRIPTOR, parseDescriptor } from "./descriptor.ts";
import { TableFollower } from "./follow-table.ts";
import { HomeBook, type BookLimits } from "./home-book.ts";
import { HomePool, ownText } from "./home-pool.ts";
import { SnapshotKeeper } from "./keep-snapshot.ts";
import { KnownCells, type CellSource } from "./known-cells.ts";
import { LookUps } from "./look-ups.ts";
import { withinMs } from "./patience.ts";
import {
  FIRST_EPOCH,
  isRouteKey,
  type Assignment,
  type HomeChange,
  type HomeTable,
  type SharedRoutes,
} from "./ports.ts";
import type { SnapshotFolder } from "./snapshot-folder.ts";
import type { SnapshotContent } from "./snapshot-text.ts";

/** How long a start waits for the table. */
const START_WAIT_MS = 3_000;
const DEFAULT_LIMITS: BookLimits = { maxFollowed: 1_000_000, maxCached: 100_000 };

/** What a router works with. Each of table, shared cache, gossip and snapshot may be absent. */
export interface CellRouterOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly hints: CellHints;
  readonly table?: HomeTable | undefined;
  readonly shared?: SharedRoutes | undefined;
  readonly gossip?: GossipView | undefined;
  readonly snapshot?: SnapshotFolder | undefined;
  /** Cells that are known beforehand. What registry and gossip say of them counts more. */
  readonly cells?: readonly CellDescriptor[] | undefined;
  /** For each type of cell. */
  readonly limits?: BookLimits | undefined;
}

/** How often a home was found where, since the start. */
export interface RouterCounts {
  /** In memory: written down in the table, looked up before, or repaired. */
  readonly known: number;
  /** In the SID itself. */
  readonly hinted: number;
  readonly shared: number;
  readonly table: number;
  readonly assigned: number;
  /** There is none. */
  readonly unknown: number;
  /** Failures of the table. */
  readonly failed: number;
  readonly repaired: number;
}

/**
 * Finds the cell that a key (account SID, key SID, phone number) is at home in: in
 * memory, else in the hint inside the SID, else in the shared cache, else in the routing
 * table. What is in memory never expires; it follows the table, is repaired by cells that
 * know better, and survives a restart in a snapshot. So every known key is routed with
 * table and shared cache down.
 */
export class CellRouter {
  readonly #options: CellRouterOptions;
  readonly #cells = new KnownCells();
  readonly #books = new Map<CellType, HomeBook>();
  readonly #pool = new HomePool();
  readonly #lookUps: LookUps;
  readonly #keeper: SnapshotKeeper | undefined;
  #follower: TableFollower | undefined;
  #stopGossip: () => void = () => {};
  #cursor = "";
  #known = 0;
  #hinted = 0;
  #repaired = 0;
  #isCrowded = false;

  constructor(options: CellRouterOptions) {
    this.#options = options;
    const { clock, logger, snapshot, table, shared, limits = DEFAULT_LIMITS } = options;
    for (const type of CELL_TYPES) this.#books.set(type, new HomeBook(limits));
    this.#lookUps = new LookUps({ clock, table, shared, isGone: (cell) => this.#cells.isRemoved(cell) });
    if (snapshot !== undefined) {
      this.#keeper = new SnapshotKeeper({ clock, logger, folder: snapshot, content: () => this.#content() });
    }
    for (const cell of options.cells ?? []) this.#cells.learn(cell, "told");
  }

  /** Reads the snapshot, then what gossip and table say; a table that cannot be reached is waited for in the background. */
  async start(): Promise<void> {
    const { clock, logger, snapshot, gossip, table } = this.#options;
    const content = await snapshot?.read();
    if (content !== undefined) this.#takeIn(content);
    if (gossip !== undefined) this.#followGossip(gossip);
    if (table === undefined) return;
    const news = {
      cells: (cells: readonly CellDescriptor[]) => this.#learnCells(cells, "registry"),
      changes: (changes: readonly HomeChange[]) => this.#learnChanges(changes),
      reached: (cursor: string) => {
        this.#cursor = cursor;
        this.#keeper?.touch();
      },
    };
    this.#follower = new TableFollower({ clock, logger, table, news, cursor: this.#cursor });
    // A table that is slow is no reason not to start: what the snapshot says is good enough until it answers.
    await withinMs(clock, START_WAIT_MS, this.#follower.look()).catch(() => {});
  }

  /** Writes the last snapshot and ends. */
  async stop(): Promise<void> {
    this.#stopGossip();
    this.#follower?.stop();
    await this.#keeper?.stop();
  }

  /**
   * The home of a key. At once where it is known here; else a promise, which rejects with
   * 503/20503 where it cannot be found out. `undefined` is a key that has none.
   */
  route(key: string, type: CellType): Home | undefined | Promise<Home | undefined> {
    const here = this.peek(key, type);
    if (here !== undefined) return here;
    if (!isRouteKey(key) || this.#lookUps.isUnknown(key, type)) return undefined;
    // What is known is of a cell that was removed; then the shared cache may be as old.
    const isOld = this.#book(type).get(key) !== undefined;
    const found = isOld ? this.#lookUps.findNewest(key, type) : this.#lookUps.find(key, type);
    const kept = found.then((home) => this.#keep(key, type, home));
    // Whoever asked may have gone; a look-up that fails then is nobody's failure.
    kept.catch(() => {});
    return kept;
  }

  /** The home of a key where it is known here, without a look-up. */
  peek(key: string, type: CellType): Home | undefined {
    const known = this.#book(type).get(key);
    if (known === undefined) {
      const hinted = this.#hintedHome(key, type);
      if (hinted !== undefined) this.#hinted += 1;
      return hinted;
    }
    if (this.#cells.isRemoved(known.cell)) return undefined;
    this.#known += 1;
    return known;
  }

  /**
   * Takes in what a cell said that is not the home (421). True when that is newer than
   * what was known, in a cell that is known: then it is worth to try again there.
   */
  repair(key: string, type: CellType, home: Home): boolean {
    const book = this.#book(type);
    const known = book.get(key) ?? this.#hintedHome(key, type);
    if (!isRouteKey(key) || !Number.isSafeInteger(home.epoch) || home.epoch <= (known?.epoch ?? -1)) return false;
    const cell = this.#cells.get(home.cell);
    if (cell === undefined || cell.type !== type || cell.state === "removed") {
      void this.#follower?.look();
      return false;
    }
    book.follow(ownText(key), this.#pool.home(home.cell, home.epoch));
    this.#repaired += 1;
    this.#lookUps.share(key, type, home);
    this.#keeper?.touch();
    return true;
  }

  /** Asks the table anew, for a key whose home turned out to be another one (421) that nobody named. As {@link route} otherwise. */
  async refresh(key: string, type: CellType): Promise<Home | undefined> {
    if (!isRouteKey(key) || this.#lookUps.isUnknown(key, type)) return undefined;
    return this.#keep(key, type, await this.#lookUps.findNewest(key, type));
  }

  /** The home of a key, or the one that it gets now in a cell of this type, tier and region. Rejects with 503/20503 where there is no room, or no table. */
  async assign(key: string, placement: Omit<Assignment, "key">): Promise<Home> {
    const { type, tier, region, cell } = placement;
    const known = this.#book(type).get(key);
    if (known !== undefined && !this.#cells.isRemoved(known.cell)) return known;
    const assignment = cell === undefined ? { key, type, tier, region } : { key, type, tier, region, cell };
    const home = await this.#lookUps.assign(assignment);
    return this.#keep(key, type, home) ?? home;
  }

  /** What is known of a cell, also of one that was removed. */
  cell(name: string): CellDescriptor | undefined {
    return this.#cells.get(name);
  }

  cells(): CellDescriptor[] {
    return this.#cells.all();
  }

  /** How long ago the routing table was last seen as a whole, in milliseconds; `undefined` when never since the start. */
  get tableAgeMs(): number | undefined {
    return this.#follower?.ageMs;
  }

  get counts(): RouterCounts {
    const { shared, table, assigned, unknown, failed } = this.#lookUps.counts;
    const known = this.#known;
    const hinted = this.#hinted;
    return { known, hinted, shared, table, assigned, unknown, failed, repaired: this.#repaired };
  }

  /** How many homes are in memory. */
  get size(): number {
    let size = 0;
    for (const book of this.#books.values()) size += book.size;
    return size;
  }

  #book(type: CellType): HomeBook {
    return this.#books.get(type) as HomeBook;
  }

  #hintedHome(key: string, type: CellType): Home | undefined {
    const number = this.#options.hints.cellOf(key);
    return number === undefined ? undefined : this.#cells.hinted(number, type);
  }

  /** Remembers a home that was looked up; gives the newest that is known. */
  #keep(key: string, type: CellType, found: Home | undefined): Home | undefined {
    if (found === undefined) return undefined;
    const book = this.#book(type);
    if (this.#isAsHinted(key, type, found) && book.get(key) === undefined) return found;
    if (book.cache(ownText(key), this.#pool.home(found.cell, found.epoch))) this.#keeper?.touch();
    return book.get(key) ?? found;
  }

  /** Whether the hint says the same, so that nothing has to be remembered. */
  #isAsHinted(key: string, type: CellType, home: Home): boolean {
    return home.epoch <= FIRST_EPOCH && this.#hintedHome(key, type)?.cell === home.cell;
  }

  #learnCells(cells: readonly CellDescriptor[], source: CellSource): void {
    let isNew = false;
    for (const cell of cells) isNew = this.#cells.learn(cell, source) || isNew;
    if (isNew) this.#keeper?.touch();
  }

  #learnChanges(changes: readonly HomeChange[]): void {
    for (const { key, type, cell, epoch } of changes) {
      const book = this.#book(type);
      if (cell === undefined) {
        book.forget(key, epoch);
        continue;
      }
      const home = this.#pool.home(cell, epoch);
      if (!this.#isAsHinted(key, type, home) || book.get(key) !== undefined) book.follow(key, home);
    }
    if (changes.length > 0) this.#keeper?.touch();
    this.#warnOfRefused();
  }

  /** What is not kept for good is found out again and again: that works, but costs, and is not there when the table is down. */
  #warnOfRefused(): void {
    if (this.#isCrowded) return;
    for (const [type, { refused }] of this.#books) {
      if (refused === 0) continue;
      this.#isCrowded = true;
      this.#options.logger.warn("routes.too-many-homes", { type });
    }
  }

  #followGossip(gossip: GossipView): void {
    const learn = (value: string | undefined): void => {
      const cell = value === undefined ? undefined : parseDescriptor(value);
      if (cell !== undefined) this.#learnCells([cell], "gossip");
      else if (value !== undefined) this.#options.logger.warn("routes.descriptor-invalid", { octets: value.length });
    };
    for (const { key, value } of gossip.entries(GOSSIP_DESCRIPTOR)) if (key === GOSSIP_DESCRIPTOR) learn(value);
    this.#stopGossip = gossip.onChange(GOSSIP_DESCRIPTOR, (_, key, value) => {
      if (key === GOSSIP_DESCRIPTOR) learn(value);
    });
  }

  #takeIn({ cursor, cells, homes }: SnapshotContent): void {
    this.#learnCells(cells, "told");
    for (const [type, key, home] of homes) this.#book(type).follow(key, home);
    this.#cursor = cursor;
  }

  #content(): SnapshotContent {
    return { cursor: this.#cursor, cells: this.#cells.all(), homes: this.#homes() };
  }

  *#homes(): Generator<readonly [CellType, string, Home]> {
    for (const [type, book] of this.#books) {
      for (const [key, home] of book.entries()) yield [type, key, home];
    }
  }
}
