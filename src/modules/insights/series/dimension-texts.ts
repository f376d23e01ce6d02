import type { Dimension } from "../query.ts";
import { words, type Rollups } from "../rollups/index.ts";

/** What is the same for everything in a cell. */
export interface CellNames {
  readonly cell: string;
  readonly tier: string;
}

const { OTHER, OTHER_ERROR, STATUSES } = words;
const COUNTRY_LETTERS = 2;
const CURRENCY_LETTERS = 3;

/** The text of a dimension's number; `null` for others, `""` for none. */
export function textOf(rollups: Rollups, dimension: Dimension, number: number): string | null {
  switch (dimension) {
    case "account":
      return rollups.accounts.textOf(number);
    case "sender":
      return rollups.senders.textOf(number);
    case "carrier":
      return rollups.carriers.textOf(number);
    case "country":
      return words.lettersOf(number, COUNTRY_LETTERS);
    case "currency":
      return words.lettersOf(number, CURRENCY_LETTERS);
    case "status":
      return STATUSES[number] ?? null;
    case "direction":
      return number === words.OUTBOUND ? "outbound" : "inbound";
    case "error":
      return errorText(number);
    default:
      return null;
  }
}

function errorText(number: number): string | null {
  if (number === OTHER_ERROR) return null;
  return number === 0 ? "" : String(number);
}

/** The number of a dimension's text; -1 where nothing has it. */
export function numberOf(rollups: Rollups, dimension: Dimension, text: string): number {
  switch (dimension) {
    case "account":
      return rollups.accounts.find(text) ?? -1;
    case "sender":
      return rollups.senders.find(text) ?? -1;
    case "carrier":
      return rollups.carriers.find(text) ?? -1;
    case "country":
      return unlessOther(words.countryNumber(text));
    case "currency":
      return unlessOther(words.currencyNumber(text));
    case "status":
      return unlessOther(words.statusNumber(text));
    case "direction":
      return ["inbound", "outbound"].indexOf(text);
    case "error":
      return text === "" ? 0 : /^\d{1,6}$/.test(text) ? Number(text) : -1;
    default:
      return -1;
  }
}

function unlessOther(number: number): number {
  return number === OTHER ? -1 : number;
}
