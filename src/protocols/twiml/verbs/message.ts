import { childElements, ownText, type XmlElement } from "../../xml/index.ts";
import { twimlErrors } from "../errors.ts";
import type { Warnings } from "../problem.ts";
import { readAttributes, readMethod } from "../read-attributes.ts";

/** `<Message>`: send a text. Addresses and URLs are as written, and unchecked. */
export interface MessageVerb {
  readonly verb: "message";
  readonly to?: string;
  readonly from?: string;
  /** Told of the message's status changes; takes precedence over `statusCallback`, its older name. */
  readonly action?: string;
  /** How `action` is asked. */
  readonly method: "GET" | "POST";
  readonly statusCallback?: string;
  /** Without white space around it; empty where there is none. */
  readonly body: string;
  /** Addresses of media to attach. */
  readonly media: readonly string[];
  readonly line: number;
}

/** Reads `<Message>`: text in a `Body`, or directly in it, and any number of `Media`. */
export function readMessage(element: XmlElement, warnings: Warnings): MessageVerb {
  const { method, ...attributes } = readAttributes(
    element,
    ["to", "from", "action", "method", "statusCallback"],
    warnings,
  );
  const media: string[] = [];
  let body: string | undefined;
  for (const child of childElements(element)) {
    if (child.name === "Media") {
      media.push(readNoun(child, warnings));
    } else if (child.name === "Body" && body === undefined) {
      body = readNoun(child, warnings);
    } else {
      const what = child.name === "Body" ? "a second Body" : `the element ${child.name} in ${element.name}`;
      warnings.add(twimlErrors.schema, child, `${what}.`);
    }
  }
  const text = ownText(element).trim();
  if (body !== undefined && text !== "") warnings.add(twimlErrors.schema, element, "text beside a Body.");
  return {
    verb: "message",
    ...attributes,
    method: readMethod(method, element, warnings),
    body: body ?? text,
    media,
    line: element.line,
  };
}

/** The text of an element that has no attributes and no elements in it. */
function readNoun(element: XmlElement, warnings: Warnings): string {
  readAttributes(element, [], warnings);
  for (const child of childElements(element)) {
    warnings.add(twimlErrors.schema, child, `the element ${child.name} in ${element.name}.`);
  }
  return ownText(element).trim();
}
