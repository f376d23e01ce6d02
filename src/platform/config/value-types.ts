/** The kinds of values that settings can have. */
import { isAbsolute, resolve } from "node:path";
import type { ListType, RecordType, ScalarType, SettingsOf, SettingTable, ValueType, VariantType } from "./schema.ts";

/** Text of bounded length; `pattern` must match all of it. `expected` completes “expected …”. */
export function text(rule: { expected: string; maxLength: number; pattern?: RegExp }): ScalarType<string> {
  return {
    kind: "scalar",
    expected: rule.expected,
    read: (given) => {
      if (given.length > rule.maxLength) return undefined;
      return rule.pattern === undefined || rule.pattern.test(given) ? given : undefined;
    },
    shape: { kind: "text", maxLength: rule.maxLength },
  };
}

/** A whole number in a range, bounds included. */
export function integer(min: number, max: number, what = "a whole number"): ScalarType<number> {
  return {
    kind: "scalar",
    expected: `${what} from ${min} to ${max}`,
    read: (given) => {
      if (!/^-?\d{1,15}$/.test(given)) return undefined;
      const value = Number(given);
      return value >= min && value <= max ? value : undefined;
    },
    shape: { kind: "integer", min, max },
  };
}

/** A TCP port. 0 stands for any free one. */
export function port(): ScalarType<number> {
  return integer(0, 65_535, "a port");
}

/** `true` or `false`, with the words that people use for them. */
export function boolean(): ScalarType<boolean> {
  return {
    kind: "scalar",
    expected: "true or false",
    read: (given) => BOOLEANS[given.toLowerCase()],
    isSwitch: true,
    shape: { kind: "boolean" },
  };
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

/** One of a few words. */
export function oneOf<const W extends string>(...words: readonly W[]): ScalarType<W> {
  return {
    kind: "scalar",
    expected: `one of ${words.join(", ")}`,
    read: (given) => words.find((word) => word === given),
    shape: { kind: "choice", values: words },
  };
}

/** A file or folder. What is relative counts from the configuration file's folder there, and from the working folder elsewhere. */
export function path(what: string): ScalarType<string> {
  return {
    kind: "scalar",
    expected: what,
    read: (given, folder) => {
      if (given === "" || given.length > 4096 || given.includes("\0")) return undefined;
      return isAbsolute(given) ? given : resolve(folder, given);
    },
  };
}

/** A URL with one of the given schemes. A password in it is never shown. */
export function url(schemes: readonly string[], expected: string): ScalarType<string> {
  return {
    kind: "scalar",
    expected,
    read: (given) => {
      const parsed = parseUrl(given);
      return parsed !== undefined && schemes.includes(parsed.protocol.slice(0, -1)) ? given : undefined;
    },
    show: maskUserinfo,
    shape: { kind: "url" },
  };
}

/** The parsed URL, or `undefined` for a text that is none or is longer than 2,048 characters. */
export function parseUrl(given: string): URL | undefined {
  return given.length <= 2048 && URL.canParse(given) ? new URL(given) : undefined;
}

/** Replaces the password in a URL's user information, and any `password` parameter, by `***`. */
export function maskUserinfo(given: string): string {
  return given
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):[^/?#]*@/i, "$1:***@")
    .replace(/([?&](?:password|sslpassword)=)[^&#]*/gi, "$1***");
}

/** A list of at most `maxItems`. */
export function list<T>(item: ValueType<T>, maxItems: number): ListType<readonly T[]> {
  return { kind: "list", item, maxItems };
}

/** A map with the fields of a table. */
export function record<F extends SettingTable>(fields: F): RecordType<SettingsOf<F>> {
  return { kind: "record", fields };
}

/** The union of the records that a {@link variant} can hold. */
export type VariantOf<C extends SettingTable, V extends Readonly<Record<string, SettingTable>>> = {
  [K in keyof V & string]: { readonly type: K } & SettingsOf<C> & SettingsOf<V[K]>;
}[keyof V & string];

/** A map whose key `type` names one of `variants`; `common` are the fields of all of them. */
export function variant<C extends SettingTable, V extends Readonly<Record<string, SettingTable>>>(
  common: C,
  variants: V,
): VariantType<VariantOf<C, V>> {
  return { kind: "variant", common, variants };
}
