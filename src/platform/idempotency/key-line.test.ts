import assert from "node:assert/strict";
import { it } from "node:test";
import { KeyLine } from "./key-line.ts";

it("gives what came first of those that have not left, whatever left in between", () => {
  const here = new Set<number>();
  const line = new KeyLine<number>((item) => here.has(item));
  const leave = (item: number): void => {
    here.delete(item);
    line.left();
  };
  for (let i = 0; i < 1_000; i += 1) {
    here.add(i);
    line.push(i);
  }
  for (let i = 0; i < 1_000; i += 1) if (i % 7 !== 3) leave(i);
  const left: number[] = [];
  for (let oldest = line.oldest(); oldest !== undefined; oldest = line.oldest()) {
    left.push(oldest);
    leave(oldest);
  }
  assert.deepEqual(
    left,
    Array.from({ length: 1_000 }, (_, i) => i).filter((i) => i % 7 === 3),
  );
  assert.equal(line.size, 0);
});

it("that many come to and leave at once does not grow", () => {
  let here: object = {};
  const line = new KeyLine<object>((item) => item === here);
  for (let i = 0; i < 10_000; i += 1) {
    here = {};
    line.push(here);
    here = {};
    line.left();
  }
  assert.equal(line.oldest(), undefined);
  assert.ok(JSON.stringify(line).length < 100);
});
