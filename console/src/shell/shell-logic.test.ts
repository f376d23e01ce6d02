import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { reasonOfEnd } from "../sign-in/reason.ts";
import { findByText, pathOfSid } from "./find-pages.ts";
import { type KeyPress, KeySequence } from "./key-sequence.ts";
import { keepPlace, takePlace } from "./place.ts";
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

  it("leads from an SID to its page, where there is one that somebody may open", () => {
    const pages = ["/messages/$sid", "/services/$sid", "/alerts/$sid", "/numbers"];
    const digits = "0".repeat(32);
    assert.equal(pathOfSid(` SM${digits} `, pages), `/messages/SM${digits}`);
    assert.equal(pathOfSid(`MM${digits}`, pages), `/messages/MM${digits}`);
    assert.equal(pathOfSid(`MG${digits}`, pages), `/services/MG${digits}`);
    assert.equal(pathOfSid(`IR${digits}`, pages), `/alerts/IR${digits}`);
    assert.equal(pathOfSid(`PN${digits}`, pages), `/numbers?number=PN${digits}`);
    assert.equal(pathOfSid(`MG${digits}`, ["/messages/$sid"]), undefined);
    assert.equal(pathOfSid("SM123", pages), undefined);
    assert.equal(pathOfSid(`XX${digits}`, pages), undefined);
  });
});

describe("the place that a sign-in leads back to", () => {
  it("is kept once, and is a page of the console", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    } as unknown as Storage;
    keepPlace(storage, { pathname: "/console/phones", search: "?phone=%2B1555" });
    assert.equal(takePlace(storage), "/console/phones?phone=%2B1555");
    assert.equal(takePlace(storage), "/console/");
    keepPlace(storage, { pathname: "/console/messages", search: "" });
    keepPlace(storage, { pathname: "/console/enter", search: "" });
    keepPlace(storage, { pathname: "/console/", search: "" });
    assert.equal(kept.size, 0);
    kept.set("trunkline.place", "//evil.example/");
    assert.equal(takePlace(storage), "/console/");
  });
});

describe("the end of a session", () => {
  it("was its time, or somebody's doing", () => {
    const session = { expiresAt: "2026-03-01T12:00:00Z" };
    assert.equal(reasonOfEnd(session, Date.parse("2026-03-01T12:00:00Z")), "over");
    assert.equal(reasonOfEnd(session, Date.parse("2026-03-01T11:59:59Z")), "ended");
    assert.equal(reasonOfEnd({}, 0), "ended");
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
