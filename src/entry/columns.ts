import { printable } from "./printable.ts";

const MICROS = 1_000_000;

/** Columns under their headings; those that are numbers stand right. Without rows, the headings alone. */
export function columns(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const texts = rows.map((row) => row.map((cell) => printable(String(cell)).replaceAll("\n", " ")));
  const widths = headings.map((heading, at) => Math.max(heading.length, ...texts.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[], numbers: readonly (string | number)[]): string =>
    cells
      .map((cell, at) =>
        typeof numbers[at] === "number" ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join("  ")
      .trimEnd();
  const first = rows[0] ?? [];
  return [line(headings, first), ...texts.map((text, at) => line(text, rows[at] ?? []))]
    .map((each) => `${each}\n`)
    .join("");
}

/** Millionths of a currency as decimals: two at least, six at most. */
export function money(micros: number, currency: string): string {
  return `${(micros / MICROS).toFixed(6).replace(/0{1,4}$/, "")} ${currency}`.trimEnd();
}
