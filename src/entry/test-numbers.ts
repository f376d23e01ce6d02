import type { NumberSettings } from "../platform/config/index.ts";
import type { ProgramSettings } from "./carriers.ts";
import { FIRST_CELL } from "./cell-core.ts";

/** A number of a cell; one that is for sale belongs to nobody, also in an installation that is new. */
export type CellNumber = NumberSettings & { readonly forSale?: boolean };

/**
 * The numbers of a cell: those that were configured for it, or, where none are and the
 * carrier is a simulated one, some to play with.
 */
export function numbersOfCell(settings: ProgramSettings, cellNumber: number): readonly CellNumber[] {
  const { numbers, simulator, name = FIRST_CELL } = settings;
  if (numbers.length > 0) return numbers.filter(({ cell = FIRST_CELL }) => cell === name);
  return simulator.enabled && cellNumber <= MAX_TEST_CELLS ? testNumbers(cellNumber) : [];
}

/** Cells beyond have no test numbers: there are four digits for them. */
const MAX_TEST_CELLS = 99;
/** How many local numbers each cell has. */
const LOCAL_NUMBERS = 10;

/** How many of the first cell's numbers belong to the operator from the beginning. */
const OWN_NUMBERS = 2;

/** Local numbers, and in the first cell a toll-free one and a short code. No two cells have the same. */
function testNumbers(cellNumber: number): CellNumber[] {
  const places = Array.from({ length: LOCAL_NUMBERS }, (_, index) => cellNumber * 100 + index);
  const local = places.map((place) => `+1500555${String(place).padStart(4, "0")}`);
  const common = { sms: true, country: "US", cell: undefined };
  return [
    ...local.map((number, index) => {
      const forSale = cellNumber !== 1 || index >= OWN_NUMBERS;
      return { ...common, number, mms: true, voice: true, type: "local" as const, forSale };
    }),
    ...(cellNumber === 1
      ? [
          { ...common, number: "+18335550102", mms: true, voice: true, type: "tollfree" as const },
          { ...common, number: "55501", mms: false, voice: false, type: "shortcode" as const },
        ]
      : []),
  ];
}
