import { Buffer } from "node:buffer";
import type { EventRows } from "../../../platform/event-files/index.ts";

/** Some rows of one stretch of time. They never change. */
export interface EventPage {
  readonly number: number;
  /** The stretch of time that it belongs to. */
  readonly startMs: number;
  readonly openedMs: number;
  readonly rowCount: number;
  readonly rows: EventRows;
}

const FIRST_OCTETS = 16_384;
/** UTF-8 takes at most so many octets for a character. */
const MAX_OCTETS = 3;

/**
 * The page that rows are added to. Rows are octets from the beginning: as arrays of values tens of thousands of them
 * would wait for a file, and cost the garbage collector more than all that is done with them.
 */
export class OpenPage {
  number = 0;
  startMs = 0;
  openedMs = 0;
  rowCount = 0;
  private octets = Buffer.allocUnsafeSlow(FIRST_OCTETS);
  private length = 0;

  /** Begins again, as a page without rows. */
  begin(page: Pick<EventPage, "number" | "startMs" | "openedMs">): void {
    this.number = page.number;
    this.startMs = page.startMs;
    this.openedMs = page.openedMs;
    this.rowCount = 0;
    this.length = 0;
  }

  /** Adds the text of a row, line end included. */
  add(row: string): void {
    const needed = this.length + row.length * MAX_OCTETS;
    if (needed > this.octets.length) {
      const grown = Buffer.allocUnsafeSlow(needed * 2);
      this.octets.copy(grown, 0, 0, this.length);
      this.octets = grown;
    }
    this.length += this.octets.write(row, this.length);
    this.rowCount += 1;
  }

  /** Goes on with a page that a checkpoint has. */
  resume(page: EventPage): void {
    this.begin(page);
    this.add(Buffer.from(page.rows).toString());
    this.rowCount = page.rowCount;
  }

  /** The page as it is now. */
  copy(): EventPage {
    const { number, startMs, openedMs, rowCount } = this;
    return { number, startMs, openedMs, rowCount, rows: new Uint8Array(this.octets.subarray(0, this.length)) };
  }
}
