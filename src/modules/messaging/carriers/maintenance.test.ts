import assert from "node:assert/strict";
import { it } from "node:test";
import { isInMaintenance } from "./maintenance.ts";

it("a moment lies in a window of its day, or in one that began the day before", () => {
  const windows = [
    { days: [0], fromMinute: 120, toMinute: 240 },
    { days: [6], fromMinute: 1410, toMinute: 30 },
  ];
  const at = (iso: string): boolean => isInMaintenance(windows, Date.parse(iso));
  // 2025-06-01 was a Sunday.
  assert.deepEqual(
    ["2025-06-01T01:59Z", "2025-06-01T02:00Z", "2025-06-01T03:59:59Z", "2025-06-01T04:00Z", "2025-06-02T03:00Z"].map(
      at,
    ),
    [false, true, true, false, false],
  );
  assert.deepEqual(
    ["2025-05-31T23:29Z", "2025-05-31T23:30Z", "2025-06-01T00:29Z", "2025-06-01T00:30Z", "2025-06-02T00:10Z"].map(at),
    [false, true, true, false, false],
  );
  assert.equal(isInMaintenance([], 0), false);
});
