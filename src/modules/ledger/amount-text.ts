import { Refusal, scalar, type Parameter, type ParameterOptions } from "../../platform/http/index.ts";
import { isAmount } from "./book/index.ts";

const AMOUNT = /^([+-]?)(\d{1,10})(?:\.(\d{1,6}))?$/;
/** More in one list are not read. */
const MAX_LIST = 100;

/** Exact micros out of decimal text such as `12.5`; `undefined` where it is none, has more than 6 decimals, or is too much. */
export function microsOf(text: string): number | undefined {
  const match = AMOUNT.exec(text);
  if (match === null) return undefined;
  const [, sign, units = "", fraction = ""] = match;
  const micros = Number(units) * 1_000_000 + Number(fraction.padEnd(6, "0"));
  if (!isAmount(micros)) return undefined;
  return sign === "-" && micros > 0 ? -micros : micros;
}

/** Exact decimal text of micros that came as text, because they may be more than exact numbers. */
export function decimalOf(micros: string): string {
  const isBelow = micros.startsWith("-");
  const digits = (isBelow ? micros.slice(1) : micros).padStart(7, "0");
  const fraction = digits.slice(-6).replace(/0{1,4}$/, "");
  return `${isBelow ? "-" : ""}${digits.slice(0, -6)}.${fraction}`;
}

/** A parameter that is an amount, in micros. Below 0 only with `signed`. */
export function amount<const O extends ParameterOptions & { readonly signed?: boolean }>(
  options: O,
): Parameter<O extends { readonly required: true } ? number : number | undefined> {
  const { signed = false } = options as { readonly signed?: boolean };
  const parameter: Parameter<unknown> = scalar(options, {
    kind: "decimal",
    schema: { type: "string", pattern: AMOUNT.source },
    convert(value) {
      const micros = microsOf(value);
      return micros === undefined || (micros < 0 && !signed)
        ? new Refusal("it is no amount with at most 10 digits before and 6 after the point")
        : micros;
    },
  });
  return parameter as Parameter<O extends { readonly required: true } ? number : number | undefined>;
}

/** An amount, or `none`. */
export function amountOrNone(options: ParameterOptions): Parameter<number | "none" | undefined> {
  return scalar<number | "none">(options, {
    kind: "decimal",
    schema: { type: "string", pattern: `${AMOUNT.source}|^none$` },
    convert: (value) => (value === "none" ? value : (microsOf(value) ?? new Refusal("it is no amount, and not none"))),
  });
}

/** Amounts separated by commas. */
export function amountList(options: ParameterOptions): Parameter<readonly number[] | undefined> {
  return scalar<readonly number[]>(options, {
    kind: "decimals",
    schema: { type: "string" },
    empty: [],
    convert(value) {
      const amounts = value.split(",", MAX_LIST).map((part) => microsOf(part.trim()));
      return amounts.every((each) => each !== undefined) ? amounts : new Refusal("one of them is no amount");
    },
  });
}
