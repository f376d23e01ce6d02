import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { XmlElement } from "../../protocols/xml/index.ts";
import { MAX_XML_DEPTH, MAX_XML_NODES, MAX_XML_OCTETS, parseXml, XmlError, type XmlReason } from "./index.ts";

function refusal(text: string): XmlError {
  try {
    parseXml(text);
  } catch (error) {
    assert.ok(error instanceof XmlError, String(error));
    return error;
  }
  return assert.fail("the document was taken");
}

/** Names, attributes and text as one line, places left out. */
function outline(element: XmlElement): unknown {
  const children = element.children.map((child) => (typeof child === "string" ? child : outline(child)));
  return [element.name, { ...element.attributes }, ...children];
}

/** A small generator of pseudo-random numbers (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe("an XML document", () => {
  it("becomes a tree of elements and text", () => {
    const root = parseXml(
      '<?xml version="1.0" encoding="UTF-8"?>\n<!-- hello -->\n<Response><Message to="+1555" a=\'x "y"\'>Hi <b/>you</Message></Response>\n',
    );
    assert.deepEqual(outline(root), [
      "Response",
      {},
      ["Message", { to: "+1555", a: 'x "y"' }, "Hi ", ["b", {}], "you"],
    ]);
  });

  it("has references resolved and CDATA, comments and instructions taken for what they are", () => {
    const root = parseXml("<a b='&lt;&#x1F600;'>1 &amp; 2<!-- no --><![CDATA[ <3 ]]><?go on?>&#65;é</a>");
    assert.deepEqual(outline(root), ["a", { b: "<😀" }, "1 & 2 <3 Aé"]);
  });

  it("tells where every element starts", () => {
    const root = parseXml('\uFEFF<?xml version="1.0"?>\r\n<a\r\n  x="1">\n\t<b/>é😀<c\n/><d></d></a>');
    const places = (element: XmlElement): unknown[] => [
      `${element.name} ${element.line}:${element.column}`,
      ...element.children.flatMap((child) => (typeof child === "string" ? [] : places(child))),
    ];
    assert.deepEqual(places(root), ["a 2:1", "b 4:2", "c 4:9", "d 5:3"]);
  });

  it("gives attributes of any name without touching prototypes", () => {
    const { attributes } = parseXml('<a __proto__="x" constructor="y" toString="z"/>');
    assert.deepEqual(Object.entries(attributes), [
      ["__proto__", "x"],
      ["constructor", "y"],
      ["toString", "z"],
    ]);
    assert.equal(parseXml("<a/>").attributes["constructor"], undefined);
  });

  it("is refused with line and column when it is not well-formed", () => {
    for (const text of ["", "hello", "<a>", "<a></b>", "<a/><b/>", "<a x=1/>", "<a x='1' x='2'/>", "<a>&nbsp;</a>"]) {
      assert.equal(refusal(text).reason, "malformed", text);
    }
    const error = refusal("<a>\n  <b>&unknown;</b>\n</a>");
    assert.equal(error.line, 2);
    assert.match(error.message, /^line 2, column \d+: /);
    assert.equal(refusal(' <?xml version="1.0"?><a/>').reason, "malformed");
  });

  it("is refused when its XML version does not exist", () => {
    assert.equal(refusal('<?xml version="2.0"?><a/>').reason, "version");
    assert.equal(refusal('<?xml version="one"?><a/>').reason, "version");
    parseXml('<?xml version="1.1"?><a/>');
  });

  it("is refused when it has a document type, so that nothing expands and nothing is fetched", () => {
    const bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>';
    assert.equal(refusal(bomb).reason, "doctype");
    assert.equal(refusal('<!DOCTYPE a SYSTEM "http://127.0.0.1/x"><a/>').reason, "doctype");
  });

  it("is refused beyond its bounds and taken within them", () => {
    const deep = (depth: number): string => "<a>".repeat(depth) + "</a>".repeat(depth);
    const wide = (count: number): string => `<a>${"<b/>".repeat(count - 1)}</a>`;
    const long = (octets: number): string => `<a>${"é".repeat((octets - 8) / 2)} </a>`;
    parseXml(deep(MAX_XML_DEPTH));
    parseXml(wide(MAX_XML_NODES));
    parseXml(long(MAX_XML_OCTETS));
    const beyond: [string, XmlReason][] = [
      [deep(MAX_XML_DEPTH + 1), "too-deep"],
      [wide(MAX_XML_NODES + 1), "too-many-nodes"],
      [`<a ${Array.from({ length: 6_000 }, (_, i) => `n${i}=""`).join(" ")}/>`, "too-many-nodes"],
      [`${long(MAX_XML_OCTETS)} `, "too-long"],
      ["x".repeat(10_000_000), "too-long"],
    ];
    for (const [text, reason] of beyond) assert.equal(refusal(text).reason, reason);
  });

  it("never brings the parser to anything but a tree or a refusal, however it is damaged", () => {
    const seed = 20_260_101;
    const random = randomOf(seed);
    const whole =
      '<?xml version="1.0"?><Response a="1"><Message to="&lt;">x<![CDATA[y]]><!-- z --></Message></Response>';
    for (let round = 0; round < 2_000; round += 1) {
      const at = random(whole.length);
      const piece = ["<", ">", "&", '"', "]]>", "\0", "\uD800", "<!--", "<![CDATA[", ""][random(10)] ?? "";
      const text = whole.slice(0, at) + piece + whole.slice(at + random(4));
      try {
        parseXml(text);
      } catch (error) {
        assert.ok(error instanceof XmlError, `seed ${seed}, round ${round}: ${String(error)} for ${text}`);
      }
    }
  });
});
