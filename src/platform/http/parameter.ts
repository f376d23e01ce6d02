import { AppError, type ErrorSpec } from "../../kernel/errors.ts";
import { INVALID_PARAMETER, MISSING_PARAMETER } from "./errors.ts";
import type { Fields } from "./fields.ts";
import type { JsonObject } from "./json.ts";

/** What every kind of parameter can be told. */
export interface ParameterOptions {
  /** Absent or empty is an error. */
  readonly required?: boolean;
  /** One sentence for the documentation. */
  readonly summary?: string;
  /** Thrown when required and absent or empty; 20001 if not given. Details: `parameter`. */
  readonly missing?: ErrorSpec;
  /** Thrown when the value is not allowed; 20001 if not given. Details: `parameter`, `reason`, `value` (shortened). */
  readonly invalid?: ErrorSpec;
}

/** One declared parameter of a route: how to read it, and how to document it. */
export interface Parameter<T> {
  /** The word for its kind in the documentation. */
  readonly kind: string;
  readonly required: boolean;
  readonly summary: string | undefined;
  readonly missing: ErrorSpec;
  readonly invalid: ErrorSpec;
  /** What is appended to the parameter's name to make its names on the wire; `[""]` for most. */
  readonly suffixes: readonly string[];
  /** OpenAPI schema of one value. */
  readonly schema: JsonObject;
  /** Reads the checked value from the request. Throws `missing` or `invalid`. */
  read(fields: Fields, name: string): T;
}

/** The parameters of a route by their names on the wire. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** The values a route's `call.params` holds. */
export type ParameterValues<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends Parameter<infer T> ? T : never;
};

/** `T` for a parameter that is required or has a default, else `T | undefined`. */
export type Presence<O, T> = O extends { required: true } ? T : O extends { default: unknown } ? T : T | undefined;

/** What is wrong with a value, in a few words for the client. */
export class Refusal {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

const MAX_QUOTED_CHARACTERS = 64;

/** Throws the parameter's `invalid` error for `value`. */
export function refuse(spec: ErrorSpec, name: string, value: string, reason: string): never {
  throw new AppError(spec, { parameter: name, value: value.slice(0, MAX_QUOTED_CHARACTERS), reason });
}

/** What a kind of one value adds to {@link ParameterOptions}. */
export interface ScalarKind<T> {
  readonly kind: string;
  readonly schema: JsonObject;
  /** What an empty value of an optional parameter becomes; left out, it counts as absent. */
  readonly empty?: T;
  /** What an absent optional parameter becomes. */
  readonly fallback?: T | undefined;
  /** Checks and converts one value that is not empty. */
  convert(text: string): T | Refusal;
}

/** Builds a parameter of one value. New kinds are one call of this. */
export function scalar<T>(options: ParameterOptions, kind: ScalarKind<T>): Parameter<T | undefined> {
  const required = options.required ?? false;
  const missing = options.missing ?? MISSING_PARAMETER;
  const invalid = options.invalid ?? INVALID_PARAMETER;
  return {
    kind: kind.kind,
    required,
    summary: options.summary,
    missing,
    invalid,
    suffixes: [""],
    schema: kind.schema,
    read(fields, name) {
      const text = fields.first(name);
      if (text === undefined || text === "") {
        if (required) throw new AppError(missing, { parameter: name });
        return text === "" && kind.empty !== undefined ? kind.empty : kind.fallback;
      }
      // Databases and C programs end text at a zero character, so no value may hold one.
      const value = text.includes("\0") ? new Refusal("it holds a zero character") : kind.convert(text);
      if (value instanceof Refusal) refuse(invalid, name, text, value.reason);
      return value;
    },
  };
}
