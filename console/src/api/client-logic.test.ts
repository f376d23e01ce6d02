import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readApiError, toApiError } from "./api-error.ts";
import { backoffMs } from "./backoff.ts";
import { encodeFields, withQuery } from "./form-fields.ts";
import { mergeRows } from "./live-rows.ts";
import { nextPageOf } from "./next-page.ts";

describe("live rows", () => {
  const options = { key: ({ id }: { id: string }) => id, max: 4 };

  it("puts new rows before the old ones, the newest first, and changes rows where they stand", () => {
    const rows = [
      { id: "b", n: 1 },
      { id: "a", n: 1 },
    ];
    const arrived = [
      { id: "a", n: 2 },
      { id: "c", n: 1 },
      { id: "d", n: 1 },
      { id: "c", n: 2 },
    ];
    assert.deepEqual(mergeRows(rows, arrived, options), [
      { id: "c", n: 2 },
      { id: "d", n: 1 },
      { id: "b", n: 1 },
      { id: "a", n: 2 },
    ]);
    assert.equal(rows.length, 2);
  });

  it("drops the oldest beyond the most, and keeps the same list when nothing came", () => {
    const rows = ["d", "c", "b", "a"].map((id) => ({ id }));
    assert.deepEqual(
      mergeRows(rows, [{ id: "e" }], options).map(({ id }) => id),
      ["e", "d", "c", "b"],
    );
    assert.equal(mergeRows(rows, [], options), rows);
  });

  it("keeps an order that is asked for", () => {
    const byId = { ...options, order: (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id) };
    const merged = mergeRows([{ id: "b" }], [{ id: "c" }, { id: "a" }], byId);
    assert.deepEqual(
      merged.map(({ id }) => id),
      ["a", "b", "c"],
    );
  });
});

describe("the backoff", () => {
  it("doubles from a quarter of a second to 15 s, and takes at least half of it", () => {
    assert.deepEqual(
      [0, 1, 2, 6, 100].map((attempt) => backoffMs(attempt, 1)),
      [250, 500, 1_000, 15_000, 15_000],
    );
    assert.deepEqual(
      [0, 6].map((attempt) => backoffMs(attempt, 0)),
      [125, 7_500],
    );
  });
});

describe("fields of a form", () => {
  it("are sent as the SDKs send them", () => {
    const sent = encodeFields({
      To: "+15551234567",
      MediaUrl: ["https://a.example/1", "https://a.example/2"],
      At: new Date(0),
      Smart: false,
      Left: undefined,
      Out: null,
      Filter: { status: "failed" },
    });
    assert.equal(
      sent.toString(),
      "To=%2B15551234567&MediaUrl=https%3A%2F%2Fa.example%2F1&MediaUrl=https%3A%2F%2Fa.example%2F2" +
        "&At=1970-01-01T00%3A00%3A00.000Z&Smart=false&Filter=%7B%22status%22%3A%22failed%22%7D",
    );
  });

  it("go behind a query that is there already", () => {
    assert.equal(withQuery("/x?a=1", { b: 2 }), "/x?a=1&b=2");
    assert.equal(withQuery("/x", { b: undefined }), "/x");
  });
});

describe("a page of a list", () => {
  it("is read in either style", () => {
    assert.deepEqual(nextPageOf({ messages: [1], next_page_uri: "/2010-04-01/x?Page=1" }), {
      items: [1],
      next: "/2010-04-01/x?Page=1",
    });
    assert.deepEqual(nextPageOf({ meta: { key: "alerts", next_page_url: null }, other: [9], alerts: [1, 2] }), {
      items: [1, 2],
      next: undefined,
    });
    assert.deepEqual(nextPageOf(undefined), { items: [], next: undefined });
  });
});

describe("an error of the API", () => {
  it("has its number and its link, whatever form the answer has", () => {
    const error = readApiError(400, '{"code":21211,"message":"Invalid To","more_info":"https://x.example/21211"}');
    assert.deepEqual(
      [error.status, error.code, error.message, error.moreInfo],
      [400, 21211, "Invalid To", "https://x.example/21211"],
    );
    const bare = readApiError(502, "<html>");
    assert.deepEqual([bare.code, bare.message, bare.isAway], [0, "The server answered with status 502.", true]);
    assert.equal(toApiError("odd").message, "odd");
  });
});
