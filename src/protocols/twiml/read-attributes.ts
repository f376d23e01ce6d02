import type { XmlElement } from "../xml/index.ts";
import { twimlErrors } from "./errors.ts";
import type { Warnings } from "./problem.ts";

/**
 * The attributes of an element that it is known to have, by name; absent ones are left
 * out. Every other one is a warning (12200), but those of XML itself.
 */
export function readAttributes<const Name extends string>(
  element: XmlElement,
  known: readonly Name[],
  warnings: Warnings,
): { readonly [N in Name]?: string } {
  const values: { [N in Name]?: string } = {};
  for (const [name, value] of Object.entries(element.attributes)) {
    const match = known.find((candidate) => candidate === name);
    if (match !== undefined) values[match] = value;
    else if (!/^xml(ns)?(:|$)/.test(name)) {
      warnings.add(twimlErrors.schema, element, `the attribute “${name}” of ${element.name}.`);
    }
  }
  return values;
}

/** The value of a `method` attribute; POST where it is absent or, with a warning (14104), not understood. */
export function readMethod(value: string | undefined, element: XmlElement, warnings: Warnings): "GET" | "POST" {
  const method = (value ?? "POST").trim().toUpperCase();
  if (method === "GET" || method === "POST") return method;
  warnings.add(twimlErrors.methodInvalid, element, `“${value}” is taken for POST.`);
  return "POST";
}
