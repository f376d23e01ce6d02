/** An element of an XML document, as plain data. Comments and processing instructions are left out. */
export interface XmlElement {
  /** As written, a prefix included. */
  readonly name: string;
  /** Values by name, with references resolved. It has no prototype, so every name is safe to look up. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements and text in their order. Neighbouring text is one string, CDATA included. */
  readonly children: readonly (XmlElement | string)[];
  /** Where its `<` stands: the line, counted from 1. */
  readonly line: number;
  /** Where its `<` stands: UTF-16 code units from the start of the line, counted from 1. */
  readonly column: number;
}

/** The element's own text, without that of the elements in it. */
export function ownText(element: XmlElement): string {
  let text = "";
  for (const child of element.children) if (typeof child === "string") text += child;
  return text;
}

/** The elements directly in it. */
export function childElements(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => typeof child !== "string");
}
