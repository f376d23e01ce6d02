import { AppError } from "../../kernel/errors.ts";
import { insightErrors } from "./errors.ts";
import type { Dimension, SeriesFilter } from "./query.ts";

/** Throws where somebody who is not the operator asks by carrier: with whom the operator does business is his own affair. */
export function refuseCarriers(by: readonly Dimension[], filter: SeriesFilter): void {
  if (by.includes("carrier") || filter.carrier !== undefined) {
    throw new AppError(insightErrors.operatorOnly, { what: "carriers" });
  }
}
