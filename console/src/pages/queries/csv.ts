/** A row as the API answers it. */
export type QueryRow = readonly (string | number | boolean | null)[];

/** A cell of a table as CSV (RFC 4180). What a spreadsheet would take for a formula is quoted as text. */
export function csvCell(value: QueryRow[number]): string {
  const text = value === null ? "" : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows under their headings as CSV. */
export function csvOf(columns: readonly string[], rows: readonly QueryRow[]): string {
  return [columns, ...rows].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}
