/** One row: a value by the name of its column. */
export type Row = Readonly<Record<string, string | number | undefined>>;

/** Prints rows below the names of their columns: text to the left, numbers to the right. */
export function printTable(title: string, rows: readonly Row[]): void {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => names.map((name) => show(row[name])));
  const isNumber = names.map((name) => rows.every((row) => typeof (row[name] ?? 0) === "number"));
  const widths = names.map((name, at) => Math.max(name.length, ...cells.map((cell) => cell[at]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, at) => (isNumber[at] === true ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd();
  console.log(`\n${title}`);
  console.log(`  ${line(names)}`);
  console.log(`  ${widths.map((width) => "-".repeat(width)).join("  ")}`);
  for (const cell of cells) console.log(`  ${line(cell)}`);
}

function show(value: string | number | undefined): string {
  if (value === undefined) return "–";
  return typeof value === "number" ? value.toLocaleString("en-GB", { maximumFractionDigits: 2 }) : value;
}
