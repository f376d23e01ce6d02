/** Accounts, numbers and cells for the benchmark of the router, the same in every run and process. */
import { CellHints } from "../../src/kernel/cell-hints.ts";
import { SidMinter } from "../../src/kernel/ids.ts";
import type { CellDescriptor } from "../../src/platform/fleet/index.ts";
import { seededRandom } from "../../test/kit/seeded-random.ts";

export const CELLS = 8;
/** Of the accounts one in so many was made before SIDs had hints. */
const OLD_EVERY = 20;
/** And one in so many has moved since it was made. */
const MOVED_EVERY = 50;
/** For so many accounts there is one phone number. */
const ACCOUNTS_A_NUMBER = 5;
/** Of the look-ups one in so many is for a phone number: a text that comes in. */
const NUMBER_EVERY = 10;
const ZIPF_EXPONENT = 0.9;

export const HINTS = new CellHints(Uint8Array.from({ length: 16 }, (_, at) => at + 1));
export const PLACEMENT = { type: "messaging", tier: "smb", region: "us1" } as const;

export function cellName(number: number): string {
  return `messaging-${number}`;
}

export const cells: readonly CellDescriptor[] = Array.from({ length: CELLS }, (_, at) => {
  const address = { host: "127.0.0.1", port: 9_001 + at };
  return { name: cellName(at + 1), number: at + 1, ...PLACEMENT, address, state: "open" };
});

/** One key, and where it is at home. */
export interface Resident {
  readonly key: string;
  readonly cell: string;
  readonly epoch: number;
}

export interface World {
  /** The key of rank 0 is the one that is asked for most. */
  readonly accounts: readonly Resident[];
  readonly numbers: readonly Resident[];
}

export function makeWorld(accountCount: number): World {
  const random = seededRandom(3);
  const octets = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => random() * 256);
  let nowMs = 1_735_689_600_000;
  const minterOf = (cellNumber?: number): SidMinter =>
    new SidMinter(() => nowMs, octets, cellNumber === undefined ? undefined : { cellNumber, hints: HINTS });
  const minters = Array.from({ length: CELLS }, (_, at) => minterOf(at + 1));
  const oldMinter = minterOf();
  const accounts = Array.from({ length: accountCount }, (_, at): Resident => {
    nowMs += Math.floor(random() * 5);
    const number = 1 + Math.floor(random() * CELLS);
    if (at % OLD_EVERY === 7) return { key: oldMinter.mint("AC"), cell: cellName(number), epoch: 1 };
    const key = minters[number - 1]?.mint("AC") ?? "";
    if (at % MOVED_EVERY === 3) return { key, cell: cellName((number % CELLS) + 1), epoch: 2 };
    return { key, cell: cellName(number), epoch: 1 };
  });
  const numbers = Array.from({ length: Math.floor(accountCount / ACCOUNTS_A_NUMBER) }, (_, at): Resident => {
    const { cell = "", epoch = 1 } = accounts[at * ACCOUNTS_A_NUMBER] ?? {};
    return { key: `+1${String(2_000_000_000 + at)}`, cell, epoch };
  });
  return { accounts, numbers };
}

/** What is looked up, in its order: ranks by Zipf's law. */
export function traceOf({ accounts, numbers }: World, lookUps: number): Resident[] {
  const random = seededRandom(5);
  const rankIn = zipf(accounts.length, random);
  return Array.from({ length: lookUps }, (_, at) => {
    const rank = rankIn();
    const isNumber = at % NUMBER_EVERY === 0;
    return (isNumber ? numbers[rank % numbers.length] : accounts[rank]) as Resident;
  });
}

function zipf(count: number, random: () => number): () => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank += 1) {
    sum += (rank + 1) ** -ZIPF_EXPONENT;
    sums[rank] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** The key of a race, without a hint. */
export function raceKey(at: number): string {
  return `AC${at.toString(16).padStart(32, "0")}`;
}
