import { Refusal, scalar, type Parameter, type ParameterOptions } from "../../platform/http/index.ts";

const CURRENCY = /^[A-Za-z]{3}$/;

/** A parameter that is a currency, ISO 4217, in any case. */
export function currency(options: ParameterOptions): Parameter<string | undefined> {
  return scalar(options, {
    kind: "currency",
    schema: { type: "string", pattern: CURRENCY.source },
    convert: (value) => (CURRENCY.test(value) ? value.toUpperCase() : new Refusal("it is no code of ISO 4217")),
  });
}
