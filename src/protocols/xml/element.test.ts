import assert from "node:assert/strict";
import { it } from "node:test";
import { childElements, ownText, type XmlElement } from "./index.ts";

const element = (name: string, ...children: (XmlElement | string)[]): XmlElement => {
  return { name, attributes: {}, children, line: 1, column: 1 };
};

it("an element tells its own text and its own elements apart", () => {
  const inner = element("b", "inner");
  const outer = element("a", "one ", inner, "two");
  assert.equal(ownText(outer), "one two");
  assert.deepEqual(childElements(outer), [inner]);
});
