import type { JsonObject } from "../../platform/http/index.ts";
import type { FilingError } from "./registry.ts";

/** Errors of a registration, as the API shows them. */
export function viewErrors(errors: readonly FilingError[]): JsonObject[] {
  return errors.map(({ code, description, fields }) => ({
    url: `https://www.twilio.com/docs/api/errors/${code}`,
    error_code: code,
    description,
    fields: [...fields],
  }));
}
