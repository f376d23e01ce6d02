import { childElements, ownText, type XmlElement } from "../../xml/index.ts";
import { twimlErrors } from "../errors.ts";
import type { Warnings } from "../problem.ts";
import { readAttributes, readMethod } from "../read-attributes.ts";

/** `<Redirect>`: go on with the document at another address. What follows it is not reached. */
export interface RedirectVerb {
  readonly verb: "redirect";
  /** As written; empty means the document's own address. */
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly line: number;
}

/** Reads `<Redirect>`. */
export function readRedirect(element: XmlElement, warnings: Warnings): RedirectVerb {
  const { method } = readAttributes(element, ["method"], warnings);
  for (const child of childElements(element)) {
    warnings.add(twimlErrors.schema, child, `the element ${child.name} in ${element.name}.`);
  }
  return {
    verb: "redirect",
    url: ownText(element).trim(),
    method: readMethod(method, element, warnings),
    line: element.line,
  };
}
