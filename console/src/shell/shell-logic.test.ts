import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findByText, pathOfSid } from "./find-pages.ts";
import { type KeyPress, KeySequence } from "./key-sequence.ts";
import { homeOf, isBelow, mayOpen, navigationOf } from "./visible-pages.ts";

function press(key: string, atMs: number, more: Partial<KeyPress> = {}): KeyPress {
  return { key, atMs, hasModifier: false, isTyping: false, ...more };
}

describe("shortcuts", () => {
  const all = ["g m", "g p", "/", "?", "mod+k"];

  it("are one key, two keys, or one with the modifier", () => {
    const keys = new KeySequence(all);
    assert.equal(keys.press(press("?", 0)), "?");
    assert.equal(keys.press(press("g", 10)), undefined);
    assert.equal(keys.press(press("m", 400)), "g m");
    assert.equal(keys.press(press("m", 500)), undefined);
    assert.equal(keys.press(press("K", 600, { hasModifier: true })), "mod+k");
  });

  it("forget the first key after a while, and when another came between", () => {
    const keys = new KeySequence(all);
    keys.press(press("g", 0));
    assert.equal(keys.press(press("m", 1_300)), undefined);
    keys.press(press("g", 2_000));
    keys.press(press("x", 2_100));
    assert.equal(keys.press(press("m", 2_200)), undefined);
  });

  it("leave who types alone, but for those with the modifier", () => {
    const keys = new KeySequence(all);
    assert.equal(keys.press(press("?", 0, { isTyping: true })), undefined);
    assert.equal(keys.press(press("k", 0, { isTyping: true, hasModifier: true })), "mod+k");
    keys.press(press("g", 10));
    assert.equal(keys.press(press("m", 20, { isTyping: true })), undefined);
  });

  it("do not take a named key for a letter", () => {
    const keys = new KeySequence(all);
    keys.press(press("g", 0));
    assert.equal(keys.press(press("Shift", 10)), undefined);
    assert.equal(keys.press(press("m", 20)), undefined);
  });
});

describe("the palette", () => {
  const items = [
    { title: "Messages", words: "sms texts" },
    { title: "Phones", words: "handset texts" },
    { title: "Money", words: "balance invoices" },
  ];

  it("finds the best first", () => {
    const titles = (text: string): string[] => findByText(items, text).map(({ title }) => title);
    assert.deepEqual(titles(""), ["Messages", "Phones", "Money"]);
    assert.deepEqual(titles("m"), ["Messages", "Money"]);
    assert.deepEqual(titles("text"), ["Messages", "Phones"]);
    assert.deepEqual(titles("voic"), ["Money"]);
    assert.deepEqual(titles("pns"), ["Phones"]);
    assert.deepEqual(titles("zzz"), []);
  });

  it("leads from an SID to its page", () => {
    const sid = `SM${"0".repeat(32)}`;
    assert.equal(pathOfSid(` ${sid} `), `/messages/${sid}`);
    assert.equal(pathOfSid("SM123"), undefined);
  });
});

describe("the navigation", () => {
  const load = (): Promise<never> => Promise.reject(new Error("not in this test"));
  const phones = { path: "/phones", title: "Phones", group: "Start", feature: "simulator", load } as const;
  const messages = {
    path: "/messages",
    title: "Messages",
    group: "Messaging",
    permission: "messages.read",
    load,
  } as const;
  const cells = { path: "/cells", title: "Cells", group: "Network", isOperators: true, load } as const;
  const message = { path: "/messages/$sid", title: "Message", permission: "messages.read", load } as const;
  const session = {
    user: { sid: "US1", role: "developer" },
    account: { sid: "AC1", friendlyName: "Main" },
    accounts: [],
    isOperator: false,
    permissions: ["messages.read"],
    features: { simulator: true },
    baseUrl: "",
  };

  it("shows what somebody may open", () => {
    const pages = [phones, messages, cells, message];
    assert.deepEqual(
      navigationOf(pages, session).map(({ group, pages: shown }) => [group, shown.map(({ path }) => path)]),
      [
        ["Start", ["/phones"]],
        ["Messaging", ["/messages"]],
      ],
    );
    assert.equal(mayOpen(message, { ...session, permissions: [] }), false);
    assert.equal(mayOpen(cells, { ...session, isOperator: true }), true);
  });

  it("begins at the first page, or at the one at the root", () => {
    assert.equal(homeOf([messages, phones], session), "/phones");
    assert.equal(homeOf([phones, { ...messages, path: "/" }], session), "/");
    assert.equal(homeOf([cells], session), undefined);
  });

  it("marks a page for what is below it", () => {
    assert.equal(isBelow("/messages/SM1", "/messages"), true);
    assert.equal(isBelow("/messagesX", "/messages"), false);
    assert.equal(isBelow("/phones", "/"), false);
  });
});
