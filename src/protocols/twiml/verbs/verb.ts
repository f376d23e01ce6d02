import type { XmlElement } from "../../xml/index.ts";
import type { Warnings } from "../problem.ts";

/**
 * Reads one element as a verb. It never fails: what cannot be used is told as a warning
 * and left out or replaced by its default.
 */
export type VerbReader<V> = (element: XmlElement, warnings: Warnings) => V;
