/**
 * The kinds of parameters. A new kind is one function here (or a sibling file)
 * and one line in `index.ts`.
 *
 * An empty value of an optional text, SID, URL or phone parameter is handed on
 * as `""`, because update operations clear with it; for the other kinds it
 * counts as absent.
 */
import { isSid } from "../../kernel/ids.ts";
import { Fields } from "./fields.ts";
import {
  refuse,
  Refusal,
  scalar,
  type Parameter,
  type ParameterOptions,
  type Presence,
  type ScalarKind,
} from "./parameter.ts";

/** The longest URL taken. */
export const MAX_URL_CHARACTERS = 2_048;
const MAX_PHONE_CHARACTERS = 256;

/** Options of {@link text}. */
export interface TextOptions extends ParameterOptions {
  readonly default?: string;
  /** Unicode code points, not UTF-16 units. */
  readonly maxCharacters: number;
}

/** Text of at most `maxCharacters` code points. */
export function text<const O extends TextOptions>(options: O): Parameter<Presence<O, string>> {
  const { maxCharacters } = options;
  return made(
    scalar(options, {
      kind: "text",
      schema: { type: "string", maxLength: maxCharacters },
      empty: "",
      fallback: options.default,
      convert: (value) =>
        isLonger(value, maxCharacters) ? new Refusal(`it is longer than ${maxCharacters} characters`) : value,
    }),
  );
}

/** Options of {@link sid}. */
export interface SidOptions extends ParameterOptions {
  /** Two capitals, for example `MG`, or several of them. */
  readonly prefix: string | readonly string[];
}

/** A SID with the given prefix. */
export function sid<const O extends SidOptions>(options: O): Parameter<Presence<O, string>> {
  const prefixes = typeof options.prefix === "string" ? [options.prefix] : options.prefix;
  return made(
    scalar(options, {
      kind: "sid",
      schema: { type: "string", minLength: 34, maxLength: 34, pattern: `^(${prefixes.join("|")})[0-9a-fA-F]{32}$` },
      empty: "",
      convert: (value) =>
        prefixes.includes(value.slice(0, 2)) && isSid(value.slice(0, 2) + value.slice(2).toLowerCase())
          ? value
          : new Refusal(`it is no SID of the form ${prefixes.join(" or ")} and 32 hexadecimal digits`),
    }),
  );
}

/** Options of {@link integer} and {@link decimal}. Both bounds are allowed values. */
export interface NumberOptions extends ParameterOptions {
  readonly default?: number;
  readonly min: number;
  readonly max: number;
}

const INTEGER_PATTERN = /^[+-]?\d{1,15}$/;
const DECIMAL_PATTERN = /^[+-]?\d{0,12}(\.\d{1,12})?$/;

/** A whole number from `min` to `max`. */
export function integer<const O extends NumberOptions>(options: O): Parameter<Presence<O, number>> {
  return made(scalar(options, numberKind("integer", options, INTEGER_PATTERN)));
}

/** A decimal number from `min` to `max`, without exponent. */
export function decimal<const O extends NumberOptions>(options: O): Parameter<Presence<O, number>> {
  return made(scalar(options, numberKind("number", options, DECIMAL_PATTERN)));
}

function numberKind(type: "integer" | "number", options: NumberOptions, pattern: RegExp): ScalarKind<number> {
  const { min, max } = options;
  const what = type === "integer" ? "a whole number" : "a number";
  return {
    kind: type,
    schema: { type, minimum: min, maximum: max },
    fallback: options.default,
    convert(value) {
      const number = pattern.test(value) && /\d/.test(value) ? Number(value) : Number.NaN;
      return number >= min && number <= max ? number : new Refusal(`it is not ${what} from ${min} to ${max}`);
    },
  };
}

/** Options of {@link boolean}. */
export interface BooleanOptions extends ParameterOptions {
  readonly default?: boolean;
}

/** `true` or `false`, in any case. */
export function boolean<const O extends BooleanOptions>(options: O): Parameter<Presence<O, boolean>> {
  return made(
    scalar(options, {
      kind: "boolean",
      schema: { type: "boolean" },
      fallback: options.default,
      convert(value) {
        const lower = value.toLowerCase();
        if (lower === "true") return true;
        return lower === "false" ? false : new Refusal("it is neither true nor false");
      },
    }),
  );
}

/** Options of {@link enumeration}. */
export interface EnumerationOptions<V extends string> extends ParameterOptions {
  readonly values: readonly V[];
  readonly default?: NoInfer<V>;
}

/** One of the given words. Compared without regard to case; the declared spelling is handed on. */
export function enumeration<const V extends string, const O extends EnumerationOptions<V>>(
  options: O & { readonly values: readonly V[] },
): Parameter<Presence<O, V>> {
  const { values } = options;
  return made(
    scalar<V>(options, {
      kind: "enumeration",
      schema: { type: "string", enum: values },
      fallback: options.default,
      convert(value) {
        const lower = value.toLowerCase();
        return (
          values.find((allowed) => allowed.toLowerCase() === lower) ?? new Refusal(`it is none of ${values.join(", ")}`)
        );
      },
    }),
  );
}

const URL_KIND: ScalarKind<string> = {
  kind: "url",
  schema: { type: "string", format: "uri", maxLength: MAX_URL_CHARACTERS },
  empty: "",
  convert(value) {
    if (value.length > MAX_URL_CHARACTERS) return new Refusal(`it is longer than ${MAX_URL_CHARACTERS} characters`);
    if (!/^https?:/i.test(value)) return new Refusal("it is no absolute http or https URL");
    // These schemes have no URL without a host (WHATWG URL §4.3), so parsing proves that one is named.
    return URL.canParse(value) ? value : new Refusal("it is no absolute http or https URL");
  },
};

/** An absolute http or https URL, handed on exactly as sent because webhook signatures cover its spelling. */
export function url<const O extends ParameterOptions>(options: O): Parameter<Presence<O, string>> {
  return made(scalar(options, URL_KIND));
}

/** A phone number or channel address (`+15005550006`, `whatsapp:+1…`, a short code), handed on raw: the module judges it. */
export function phone<const O extends ParameterOptions>(options: O): Parameter<Presence<O, string>> {
  return made(
    scalar(options, {
      kind: "phone",
      schema: { type: "string", format: "phone-number" },
      empty: "",
      convert: (value) => (value.length > MAX_PHONE_CHARACTERS ? new Refusal("it is too long") : value),
    }),
  );
}

/** What can be repeated in a {@link list}. */
export interface ListOptions extends ParameterOptions {
  /** The most values; one more is an error. */
  readonly maxCount: number;
  /** Kind of each value. */
  readonly of: Parameter<string> | Parameter<string | undefined>;
  /** Thrown for too many values; `invalid` if not given. Details as for `invalid`. */
  readonly tooMany?: ParameterOptions["invalid"];
}

/** A parameter that may be repeated, `MediaUrl=a&MediaUrl=b`. Empty values are dropped; none is `[]`. */
export function list(options: ListOptions): Parameter<string[]> {
  const { of, maxCount } = options;
  const base = scalar(options, { kind: "list", schema: {}, convert: (value) => value });
  const invalid = options.invalid ?? of.invalid;
  return {
    ...base,
    invalid,
    schema: { type: "array", items: of.schema, maxItems: maxCount },
    read(fields, name) {
      const values = fields.all(name).filter((value) => value !== "");
      if (values.length === 0) {
        base.read(fields, name);
        return [];
      }
      if (values.length > maxCount)
        refuse(options.tooMany ?? invalid, name, String(values.length), `there are more than ${maxCount}`);
      return values.map((value) => of.read(new Fields([name, value]), name) ?? "");
    },
  };
}

/** Options of {@link prefixedMap}. */
export interface PrefixedMapOptions extends ParameterOptions {
  readonly maxCount: number;
  readonly maxCharacters: number;
}

/** Parameters named `<Prefix>.<Key>`, declared under the prefix: `Parameter.Name=x` gives `{ Name: "x" }`. None is `{}`. */
export function prefixedMap(options: PrefixedMapOptions): Parameter<Readonly<Record<string, string>>> {
  const { maxCount, maxCharacters } = options;
  const base = scalar(options, { kind: "map", schema: {}, convert: (value) => value });
  return {
    ...base,
    suffixes: [".{Key}"],
    schema: {
      type: "object",
      additionalProperties: { type: "string", maxLength: maxCharacters },
      maxProperties: maxCount,
    },
    read(fields, name) {
      const found: Record<string, string> = Object.create(null) as Record<string, string>;
      const start = `${name}.`;
      let count = 0;
      for (let i = 0; i < fields.pairs.length; i += 2) {
        const field = fields.pairs[i] ?? "";
        if (!field.startsWith(start)) continue;
        const value = fields.pairs[i + 1] ?? "";
        count += 1;
        if (count > maxCount) refuse(base.invalid, name, field, `there are more than ${maxCount}`);
        if (isLonger(value, maxCharacters) || (value + field).includes("\0")) {
          refuse(base.invalid, field, value, `it is longer than ${maxCharacters} characters or holds a zero character`);
        }
        found[field.slice(start.length)] = value;
      }
      if (count === 0) base.read(fields, name);
      return found;
    },
  };
}

/** `Presence` follows from the options; the scalar's own type cannot say so. */
function made<O, T>(parameter: Parameter<T | undefined>): Parameter<Presence<O, T>> {
  return parameter as Parameter<unknown> as Parameter<Presence<O, T>>;
}

function isLonger(value: string, maxCharacters: number): boolean {
  if (value.length <= maxCharacters) return false;
  if (value.length > maxCharacters * 2) return true;
  let points = 0;
  for (const _ of value) points += 1;
  return points > maxCharacters;
}
