import type { XmlElement } from "../xml/index.ts";
import type { TwimlErrorSpec } from "./errors.ts";

/** Something wrong with a document, to be shown to the account. */
export interface TwimlProblem {
  readonly errorCode: number;
  readonly text: string;
}

/** Makes a problem of an entry of the table, with what in particular is wrong, and where. */
export function problemAt(spec: TwimlErrorSpec, element: XmlElement, detail: string): TwimlProblem {
  return { errorCode: spec.code, text: `${spec.text} Line ${element.line}, column ${element.column}: ${detail}` };
}

/** The most problems that are kept of one document; the rest would only say the same. */
export const MAX_TWIML_WARNINGS = 50;

/** Collects what was wrong with a document that could be used nonetheless. */
export class Warnings {
  readonly list: TwimlProblem[] = [];

  add(spec: TwimlErrorSpec, element: XmlElement, detail: string): void {
    if (this.list.length < MAX_TWIML_WARNINGS) this.list.push(problemAt(spec, element, detail));
  }
}
