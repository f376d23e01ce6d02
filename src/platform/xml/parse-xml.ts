import { SaxesParser, type SaxesTagPlain } from "saxes";
import { assert, present } from "../../kernel/assert.ts";
import type { XmlElement } from "../../protocols/xml/index.ts";
import { XmlError } from "./xml-error.ts";

/** The longest document that is read, in octets of UTF-8. */
export const MAX_XML_OCTETS = 65_536;
/** The deepest nesting of elements, the root included. */
export const MAX_XML_DEPTH = 32;
/** The most elements, attributes and runs of text. */
export const MAX_XML_NODES = 5_000;

/**
 * Parses a well-formed XML 1.0 document into a plain tree. There are no entities but the
 * five of XML itself and character references, nothing is fetched and nothing expands:
 * a document type is refused. Namespaces are not resolved.
 * Throws {@link XmlError} with line and column.
 */
export function parseXml(text: string): XmlElement {
  // Every UTF-16 code unit becomes at least one octet, so the first test spares counting a huge text.
  if (text.length > MAX_XML_OCTETS || Buffer.byteLength(text, "utf8") > MAX_XML_OCTETS) {
    throw new XmlError("too-long", `the document is longer than ${MAX_XML_OCTETS} octets`, { line: 1, column: 1 });
  }
  return new TreeBuilder(text).build();
}

interface OpenElement extends XmlElement {
  readonly name: string;
  attributes: Readonly<Record<string, string>>;
  readonly children: (XmlElement | string)[];
}

class TreeBuilder {
  private readonly source: string;
  private readonly parser = new SaxesParser({ xmlns: false, position: true });
  private readonly open: OpenElement[] = [];
  private root: XmlElement | undefined;
  private nodes = 0;
  /** Lines are counted up to here. */
  private countedTo = 0;
  private line = 1;
  private lineStart = 0;

  constructor(source: string) {
    this.source = source;
  }

  build(): XmlElement {
    const { parser } = this;
    parser.on("error", (error) => this.refuseMalformed(error));
    parser.on("doctype", () => this.refuse("doctype", "a document type is not allowed"));
    parser.on("opentagstart", (tag) => this.startElement(tag.name));
    parser.on("opentag", (tag) => this.takeAttributes(tag));
    parser.on("text", (text) => this.addText(text));
    parser.on("cdata", (text) => this.addText(text));
    parser.on("closetag", () => this.endElement());
    parser.write(this.source).close();
    return present(this.root, "the root of a well-formed document");
  }

  private refuse(reason: XmlError["reason"], message: string): never {
    throw new XmlError(reason, message, { line: this.parser.line, column: this.parser.column + 1 });
  }

  private refuseMalformed(error: Error): never {
    // The parser puts its own place in front.
    const message = error.message.replace(/^\d+:\d+: /, "");
    this.refuse(message.startsWith("version number") ? "version" : "malformed", message);
  }

  private count(nodes: number): void {
    this.nodes += nodes;
    if (this.nodes > MAX_XML_NODES) this.refuse("too-many-nodes", `the document has more than ${MAX_XML_NODES} parts`);
  }

  private startElement(name: string): void {
    this.count(1);
    if (this.open.length >= MAX_XML_DEPTH) {
      this.refuse("too-deep", `elements are nested deeper than ${MAX_XML_DEPTH}`);
    }
    this.open.push({ name, attributes: NO_ATTRIBUTES, children: [], ...this.placeOfTag() });
  }

  /** The parser has read the tag's name and what ends it; no `<` can stand between. */
  private placeOfTag(): { line: number; column: number } {
    const start = this.source.lastIndexOf("<", this.parser.position - 1);
    assert(start >= this.countedTo, "tags start one after the other");
    for (;;) {
      const end = this.source.indexOf("\n", this.countedTo);
      if (end === -1 || end >= start) break;
      this.line += 1;
      this.lineStart = end + 1;
      this.countedTo = end + 1;
    }
    return { line: this.line, column: start - this.lineStart + 1 };
  }

  private takeAttributes(tag: SaxesTagPlain): void {
    const names = Object.keys(tag.attributes);
    this.count(names.length);
    if (names.length === 0) return;
    const attributes = Object.create(null) as Record<string, string>;
    for (const name of names) attributes[name] = tag.attributes[name] ?? "";
    present(this.open.at(-1), "the element of the attributes").attributes = attributes;
  }

  private addText(text: string): void {
    // White space around the root is reported too.
    const children = this.open.at(-1)?.children;
    if (children === undefined || text === "") return;
    const last = children.at(-1);
    if (typeof last === "string") {
      children[children.length - 1] = last + text;
      return;
    }
    this.count(1);
    children.push(text);
  }

  private endElement(): void {
    const element = present(this.open.pop(), "the element that ends");
    const parent = this.open.at(-1);
    if (parent === undefined) this.root = element;
    else parent.children.push(element);
  }
}

const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze(Object.create(null) as Record<string, string>);
