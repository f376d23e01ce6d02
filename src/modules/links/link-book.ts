import type { Database, Logger } from "../../platform/ports.ts";
import type { LinkCodes, LinkIndex } from "../../platform/links/index.ts";
import { decodeLink, indexKey, type Link } from "./link.ts";
import type { LinkState } from "./link-state.ts";
import { findLinkRow, indexChanges, readIndexIdentity, readLinkRows } from "./link.store.ts";

export interface LinkBookOptions {
  readonly database: Database;
  readonly index: LinkIndex;
  readonly codes: LinkCodes;
  readonly state: LinkState;
  readonly cellNumber: number;
  readonly logger: Logger;
}

/** Look-ups of rows that may be under way at once, for links that the index should have and has not. */
const MAX_ROW_LOOKUPS = 16;

/**
 * Finds links by their address: in memory while they are new or were just changed, else in
 * the index. Both answer at once. What is in neither does not exist, but for a code that this
 * cell has given out: for that the database is asked, because an index can lose its end in a
 * crash of the machine on a disk that lies. A guess never gets so far.
 */
export class LinkBook {
  private readonly options: LinkBookOptions;
  private rowLookups = 0;

  constructor(options: LinkBookOptions) {
    this.options = options;
  }

  /** The link at an address, as far as memory and index know. */
  find(address: string): Readonly<Link> | undefined {
    const { state, index, codes } = this.options;
    const recent = state.links.get(address);
    if (recent !== undefined) return recent;
    // Removed, and not projected yet.
    if (state.links.isDirty(address)) return undefined;
    const encoded = index.get(indexKey(codes, address));
    return encoded === undefined ? undefined : decodeLink(encoded);
  }

  /** The row of a code that was given out here, where neither memory nor index knows it. */
  async findLost(address: string): Promise<Link | undefined> {
    const { state, codes, cellNumber, database, index, logger } = this.options;
    const place = codes.place(address);
    if (place === undefined || place.cellNumber !== cellNumber || place.sequence >= state.nextSequence)
      return undefined;
    if (state.links.isDirty(address) || this.rowLookups >= MAX_ROW_LOOKUPS) return undefined;
    this.rowLookups += 1;
    try {
      const link = await findLinkRow(database, address);
      if (link !== undefined) await index.write(indexChanges(codes, [{ address, link }]));
      return link;
    } catch (error) {
      logger.warn("links.row-not-read", { reason: String(error) });
      return undefined;
    } finally {
      this.rowLookups -= 1;
    }
  }

  /**
   * Makes sure that the index is a copy of this database: where it is new, or of another
   * one, it is filled from the rows. After the migrations, before the cell recovers.
   */
  async prepare(): Promise<void> {
    const { database, index, logger } = this.options;
    const identity = await readIndexIdentity(database);
    if (index.identity === identity) return;
    await index.clear();
    const count = await this.fill(undefined);
    await index.begin(identity);
    if (count > 0) logger.info("links.index-filled", { links: count });
  }

  /** Puts rows into the index: all of them, or those of some accounts, that have come or have become forwards. */
  async fill(accountSids: readonly string[] | undefined): Promise<number> {
    const { database, index, codes } = this.options;
    let count = 0;
    for await (const links of readLinkRows(database, accountSids)) {
      await index.write(indexChanges(codes, links));
      count += links.length;
    }
    return count;
  }
}
