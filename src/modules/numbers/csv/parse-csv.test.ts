import assert from "node:assert/strict";
import { it } from "node:test";
import { csvField, CsvError, CsvReader } from "./parse-csv.ts";

function read(...pieces: string[]): [line: number, ...fields: string[]][] {
  const reader = new CsvReader();
  const records = [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
  return records.map(({ line, fields }) => [line, ...fields]);
}

it("reads fields, quoted or not, whatever ends the line, and counts lines as an editor does", () => {
  assert.deepEqual(read('a,b\r\n"x, y","say ""no"""\n\n"two\nlines",\nlast,1'), [
    [1, "a", "b"],
    [2, "x, y", 'say "no"'],
    [4, "two\nlines", ""],
    [6, "last", "1"],
  ]);
});

it("reads the same however the file is cut into pieces", () => {
  const file = '\ufeffa,"b\r\n""c""",d\ne,,"f"\n';
  const whole = read(file);
  assert.deepEqual(whole, [
    [1, "a", 'b\r\n"c"', "d"],
    [3, "e", "", "f"],
  ]);
  for (let cut = 1; cut < file.length; cut += 1) assert.deepEqual(read(file.slice(0, cut), file.slice(cut)), whole);
  assert.deepEqual(read(...Array.from(file)), whole);
});

it("refuses quotes that are not closed or out of place, and records without end", () => {
  for (const wrong of ['a,"b', '"a"b,c\n', 'a"b,c\n', `"${"x".repeat(9_000)}`, "x".repeat(9_000)]) {
    assert.throws(() => read(wrong), CsvError);
  }
});

it("writes what it reads", () => {
  const fields = ["plain", "with, comma", 'a "quote"', "two\nlines", ""];
  assert.deepEqual(read(`${fields.map(csvField).join(",")}\n`), [[1, ...fields]]);
});
