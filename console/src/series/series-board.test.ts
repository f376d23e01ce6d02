import assert from "node:assert/strict";
import { test } from "node:test";
import { SeriesBoard, type SeriesItem } from "./series-board.ts";

function item(startMs: number, groups: SeriesItem["groups"], more: Partial<SeriesItem> = {}): SeriesItem {
  const points = groups[0]?.counts?.length ?? 0;
  return { kind: "count", startMs, stepMs: 10, points, groups, isWhole: false, ...more };
}

void test("cells add up, and what is told anew replaces what was", () => {
  const board = new SeriesBoard();
  board.take("messaging-1", item(0, [{ key: ["sent"], counts: [1, 2, 3] }], { isWhole: true }));
  board.take(
    "messaging-2",
    item(
      10,
      [
        { key: ["sent"], counts: [10, 20] },
        { key: ["failed"], counts: [1, 0] },
      ],
      { isWhole: true },
    ),
  );
  board.take("messaging-1", item(20, [{ key: ["sent"], counts: [5, 1] }]));
  assert.deepEqual(board.read({ endMs: 40, stepMs: 10, points: 4 }, 5)?.groups, [
    { key: ["sent"], counts: [1, 12, 25, 1] },
    { key: ["failed"], counts: [0, 1, 0, 0] },
  ]);
});

void test("a group that is not named any more for a time has nothing at that time", () => {
  const board = new SeriesBoard();
  board.take("a", item(0, [{ key: ["queued"], counts: [4, 4] }], { isWhole: true }));
  board.take("a", item(10, [{ key: ["sent"], counts: [4] }]));
  assert.deepEqual(board.read({ endMs: 20, stepMs: 10, points: 2 }, 5)?.groups, [
    { key: ["queued"], counts: [4, 0] },
    { key: ["sent"], counts: [0, 4] },
  ]);
});

void test("the window moves on, and what lies before it is forgotten", () => {
  const board = new SeriesBoard();
  board.take("a", item(0, [{ key: [], counts: [1, 2] }], { isWhole: true }));
  assert.deepEqual(board.read({ endMs: 30, stepMs: 10, points: 2 }, 5)?.groups, [{ key: [], counts: [2, 0] }]);
  assert.deepEqual(board.read({ endMs: 20, stepMs: 10, points: 2 }, 5)?.groups, [{ key: [], counts: [0, 2] }]);
});

void test("groups beyond the largest are one", () => {
  const board = new SeriesBoard();
  const groups = [5, 4, 3, 2].map((count, at) => ({ key: [`c${at}`], counts: [count] }));
  board.take("a", item(0, groups, { isWhole: true }));
  assert.deepEqual(board.read({ endMs: 10, stepMs: 10, points: 1 }, 2)?.groups, [
    { key: ["c0"], counts: [5] },
    { key: ["c1"], counts: [4] },
    { key: [null], counts: [5] },
  ]);
});
