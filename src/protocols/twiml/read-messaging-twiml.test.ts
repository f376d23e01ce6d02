import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { XmlElement } from "../xml/index.ts";
import { readMessagingTwiml, twimlErrors, type MessagingVerb } from "./index.ts";

/** An element as the parser would make it, each on a line of its own. */
function element(
  name: string,
  attributes: Record<string, string> = {},
  ...children: (XmlElement | string)[]
): XmlElement {
  return { name, attributes, children, line: 7, column: 3 };
}

function read(...children: (XmlElement | string)[]): { verbs: readonly MessagingVerb[]; codes: number[] } {
  const result = readMessagingTwiml(element("Response", {}, ...children));
  assert.ok(!("error" in result));
  return { verbs: result.verbs, codes: result.warnings.map((warning) => warning.errorCode) };
}

const plain = { verb: "message", method: "POST", media: [], line: 7 } as const;

describe("messaging TwiML", () => {
  it("needs Response as its root", () => {
    const result = readMessagingTwiml(element("response"));
    assert.ok("error" in result);
    assert.equal(result.error.errorCode, 12102);
    assert.match(result.error.text, /Line 7, column 3: it is response\./);
  });

  it("may be empty", () => {
    assert.deepEqual(read("\n"), { verbs: [], codes: [] });
  });

  it("has messages as plain text, without the white space around it", () => {
    const { verbs, codes } = read("\n  ", element("Message", {}, "\n  Hello\n  you  "), "\n");
    assert.deepEqual(verbs, [{ ...plain, body: "Hello\n  you" }]);
    assert.deepEqual(codes, []);
  });

  it("has messages with a body, several media and all attributes", () => {
    const attributes = { to: "+1", from: "+2", action: "/a", method: "get", statusCallback: "/s" };
    const children = [element("Body", {}, " Hi "), element("Media", {}, "a.png\n"), element("Media", {}, "b.png")];
    const { verbs, codes } = read(element("Message", attributes, "\n", ...children));
    assert.deepEqual(verbs, [{ ...plain, ...attributes, method: "GET", body: "Hi", media: ["a.png", "b.png"] }]);
    assert.deepEqual(codes, []);
  });

  it("has Sms as the older name of Message", () => {
    assert.deepEqual(read(element("Sms", {}, "x")).verbs, [{ ...plain, body: "x" }]);
  });

  it("has redirects, in their place among the other verbs", () => {
    const { verbs } = read(element("Message", {}, "x"), element("Redirect", { method: "GET" }, " /next "));
    assert.deepEqual(verbs[1], { verb: "redirect", url: "/next", method: "GET", line: 7 });
    assert.deepEqual(read(element("Redirect")).verbs, [{ verb: "redirect", url: "", method: "POST", line: 7 }]);
  });

  it("carries on after what it does not know, with a warning for each", () => {
    const { verbs, codes } = read(
      "stray text",
      element("Massage", {}, "x"),
      element(
        "Message",
        { too: "+1", "xml:lang": "en", xmlns: "x" },
        "text",
        element("Body", {}, "b"),
        element("Body"),
        element("Emoji"),
      ),
      element("Redirect", { metod: "GET" }, "/", element("b")),
    );
    assert.deepEqual(
      codes,
      Array.from({ length: 8 }, () => 12200),
    );
    assert.deepEqual(verbs[0], { ...plain, body: "b" });
    assert.equal(verbs.length, 2);
  });

  it("leaves out verbs of calls with a warning of their own", () => {
    const { verbs, codes } = read(element("Say", {}, "x"), element("Message", {}, "y"), element("Dial"));
    assert.deepEqual(codes, [14110, 14110]);
    assert.equal(verbs.length, 1);
  });

  it("takes an unknown method for POST with a warning", () => {
    const { verbs, codes } = read(element("Message", { method: "PUT" }, "y"));
    assert.deepEqual([verbs, codes], [[{ ...plain, body: "y" }], [14104]]);
  });

  it("keeps a bounded number of warnings", () => {
    assert.equal(read(...Array.from({ length: 4_000 }, () => element("x"))).codes.length, 50);
  });

  it("has every code in its table once", () => {
    const codes = Object.values(twimlErrors).map((spec) => spec.code);
    assert.equal(new Set(codes).size, codes.length);
    assert.ok(Object.values(twimlErrors).every((spec) => spec.text.endsWith(".")));
  });
});
