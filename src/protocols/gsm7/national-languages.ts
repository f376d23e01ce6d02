import { assert } from "../../kernel/assert.ts";
import { LOCKING_TABLE_ROWS } from "./locking-tables.ts";
import { SINGLE_TABLE_ROWS } from "./single-tables.ts";

/** National language identifiers (3GPP TS 23.038 §6.2.1.2.4), as the shift information elements carry them. */
export const NATIONAL_LANGUAGES = {
  turkish: 1,
  spanish: 2,
  portuguese: 3,
  bengali: 4,
  gujarati: 5,
  hindi: 6,
  kannada: 7,
  malayalam: 8,
  oriya: 9,
  punjabi: 10,
  tamil: 11,
  telugu: 12,
  urdu: 13,
} as const;

/** 128 characters in septet order; `undefined` where the table is empty. */
export type ShiftTable = ReadonlyArray<string | undefined>;

const TABLE_SEPTETS = 128;

const lockingTables = new Map<number, ShiftTable>();
const singleTables = new Map<number, ShiftTable>();

/**
 * The locking shift table of a national language identifier, or `undefined`
 * where 3GPP TS 23.038 A.3 defines none (Spanish, reserved identifiers).
 */
export function lockingTable(language: number): ShiftTable | undefined {
  return tableOf(language, LOCKING_TABLE_ROWS, lockingTables);
}

/**
 * The single shift table of a national language identifier, or `undefined`
 * where 3GPP TS 23.038 A.2 defines none (reserved identifiers).
 */
export function singleTable(language: number): ShiftTable | undefined {
  return tableOf(language, SINGLE_TABLE_ROWS, singleTables);
}

function tableOf(
  language: number,
  rows: Readonly<Record<number, string>>,
  compiled: Map<number, ShiftTable>,
): ShiftTable | undefined {
  const known = compiled.get(language);
  if (known !== undefined) return known;
  const text = rows[language];
  if (text === undefined) return undefined;
  const table = text
    .trim()
    .split(/\s+/)
    .map((cell) => (cell === "----" ? undefined : String.fromCharCode(Number.parseInt(cell, 16))));
  assert(table.length === TABLE_SEPTETS, `the shift table of language ${language} has ${table.length} positions`);
  compiled.set(language, table);
  return table;
}
