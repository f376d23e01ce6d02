/**
 * The language in which settings are declared: a nested table of settings, whose
 * types, names, defaults, checks and documentation all come from one value.
 */

/** A value written as one piece of text, on the command line, in the environment or in the file. */
export interface ScalarType<T> {
  readonly kind: "scalar";
  /** Completes the sentence “expected …”, for example `a port from 1 to 65535`. */
  readonly expected: string;
  /** The value, or `undefined` where the text is none. A relative path is resolved against `folder`. */
  read(text: string, folder: string): T | undefined;
  /** The value as it may be shown to people; without it, as it is. Where present, messages do not repeat the text either. */
  show?(value: T): string;
  /** True where the flag alone, without a value, means yes. */
  readonly isSwitch?: boolean;
  /** What a form can know of it, beside `expected`. */
  readonly shape?: ScalarShape;
}

/** What a value is like, for forms that are made from the table. The check is `read` alone. */
export type ScalarShape =
  | { readonly kind: "text"; readonly maxLength: number }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  | { readonly kind: "boolean" }
  | { readonly kind: "choice"; readonly values: readonly string[] }
  | { readonly kind: "url" };

/** A list in the file. */
export interface ListType<T> {
  readonly kind: "list";
  readonly item: ValueType<unknown>;
  readonly maxItems: number;
  /** Never present: it carries the type of the list. */
  readonly phantom?: T;
}

/** A map in the file with fixed keys. */
export interface RecordType<T> {
  readonly kind: "record";
  readonly fields: SettingTable;
  /** Never present: it carries the type of the record. */
  readonly phantom?: T;
}

/** A map in the file whose key `type` says which further keys it has. */
export interface VariantType<T> {
  readonly kind: "variant";
  readonly common: SettingTable;
  readonly variants: Readonly<Record<string, SettingTable>>;
  /** Never present: it carries the type of the record. */
  readonly phantom?: T;
}

/** What a setting can hold. */
export type ValueType<T> = ScalarType<T> | ListType<T> | RecordType<T> | VariantType<T>;

/** A default that depends on other settings, and how the documentation puts it. */
export interface DerivedDefault<T> {
  readonly text: string;
  /** `read` gives the value of a setting declared earlier or without a derived default, by its dotted path. */
  from(read: (path: string) => unknown): T;
}

/** What happens where nobody gives a value. */
export type Absence<T> =
  | { readonly kind: "required" }
  | { readonly kind: "optional" }
  | { readonly kind: "default"; readonly value: T }
  | { readonly kind: "derived"; readonly rule: DerivedDefault<T> };

/** One row of the table. */
export interface Setting<T> {
  readonly kind: "setting";
  readonly type: ValueType<unknown>;
  readonly absence: Absence<T>;
  readonly description: string;
  /** A secret is shown as `***` and left out of messages. */
  readonly secret: boolean;
  /** False where only flag and environment make sense. */
  readonly inFile: boolean;
  /** Under which heading a form shows it. */
  readonly group?: string;
}

/** Settings by key; a table within a table is a group. */
export interface SettingTable {
  readonly [key: string]: Setting<unknown> | SettingTable;
}

/** The complete record that a table describes. */
export type SettingsOf<F> = {
  readonly [K in keyof F]: F[K] extends Setting<infer T> ? T : F[K] extends SettingTable ? SettingsOf<F[K]> : never;
};

/** What every declaration says. */
interface Declaration {
  readonly description: string;
  readonly secret?: boolean;
  readonly inFile?: boolean;
  readonly group?: string;
}

function declare<T>(type: ValueType<unknown>, absence: Absence<T>, declaration: Declaration): Setting<T> {
  const { description, secret = false, inFile = true, group } = declaration;
  return { kind: "setting", type, absence, description, secret, inFile, ...(group === undefined ? {} : { group }) };
}

/** A setting with a default, fixed or derived from other settings. */
export function setting<T extends NonNullable<unknown>>(
  type: ValueType<T>,
  declaration: Declaration & ({ readonly default: NoInfer<T> } | { readonly derived: DerivedDefault<NoInfer<T>> }),
): Setting<T> {
  const absence: Absence<T> =
    "derived" in declaration
      ? { kind: "derived", rule: declaration.derived }
      : { kind: "default", value: declaration.default };
  return declare<T>(type, absence, declaration);
}

/** A setting that stays `undefined` where nobody gives it, which has a meaning of its own. */
export function optional<T extends NonNullable<unknown>>(
  type: ValueType<T>,
  declaration: Declaration,
): Setting<T | undefined> {
  return declare<T | undefined>(type, { kind: "optional" }, declaration);
}

/** A setting that must be given. For the fields of list items. */
export function required<T extends NonNullable<unknown>>(type: ValueType<T>, declaration: Declaration): Setting<T> {
  return declare<T>(type, { kind: "required" }, declaration);
}

/** Declares a table of settings and keeps its exact type. */
export function defineSettings<const F extends SettingTable>(table: F): F {
  return table;
}

/** Tells a setting from a group of settings. */
export function isSetting(entry: Setting<unknown> | SettingTable): entry is Setting<unknown> {
  return entry["kind"] === "setting";
}

/** A setting outside lists, with the names by which it is reached. */
export interface NamedSetting {
  /** Dotted path in the file: `webhooks.maxInFlight`. */
  readonly path: string;
  /** `TRUNKLINE_WEBHOOKS_MAX_IN_FLIGHT`; absent for what only the file can say. */
  readonly env: string | undefined;
  /** `webhooks-max-in-flight`; absent for what only the file can say. */
  readonly flag: string | undefined;
  readonly setting: Setting<unknown>;
}

/** Prefix of every environment variable that is a setting. */
export const ENV_PREFIX = "TRUNKLINE_";

/**
 * All settings of a table in order, with their names. Environment and flag follow
 * from the path, so that whoever knows one name knows all three.
 */
export function namedSettings(table: SettingTable, prefix: readonly string[] = []): NamedSetting[] {
  return Object.entries(table).flatMap(([key, entry]) => {
    const keys = [...prefix, key];
    if (!isSetting(entry)) return namedSettings(entry, keys);
    const words = keys.join("-").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const scalar = entry.type.kind === "scalar";
    return [
      {
        path: keys.join("."),
        env: scalar ? ENV_PREFIX + words.replaceAll("-", "_").toUpperCase() : undefined,
        flag: scalar ? words : undefined,
        setting: entry,
      },
    ];
  });
}
