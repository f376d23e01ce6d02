import { isSid } from "../../../kernel/ids.ts";
import { parseAddress } from "../../../protocols/e164/index.ts";
import { SOLD_KINDS, type AddressRequirement, type ConfiguredNumber, type PhoneNumberKind } from "../phone-number.ts";
import type { CsvRecord } from "./parse-csv.ts";

/** The columns of a file of numbers, in the order in which they are exported. `phone_number` must be there. */
export const COLUMNS = [
  "phone_number",
  "country",
  "type",
  "sms",
  "mms",
  "voice",
  "fax",
  "beta",
  "region",
  "locality",
  "postal_code",
  "rate_center",
  "lata",
  "latitude",
  "longitude",
  "address_requirements",
  "bundle_required",
  "account_sid",
] as const;
type Column = (typeof COLUMNS)[number];

/** What is wrong with a line. */
export interface LineError {
  readonly line: number;
  readonly message: string;
}

/** Further ones are counted only. */
export const MAX_ERRORS = 100;
/** More numbers come in several files. */
export const MAX_LINES = 250_000;
const MAX_FIELD_CHARACTERS = 128;
const REQUIREMENTS: readonly AddressRequirement[] = ["none", "any", "local", "foreign"];

/** Reads the lines of a file: its head first, then numbers, each once. */
export class NumberLines {
  readonly numbers: ConfiguredNumber[] = [];
  readonly errors: LineError[] = [];
  /** How many lines are wrong, told in {@link errors} or not. */
  wrong = 0;
  #columns: readonly (Column | undefined)[] | undefined;
  readonly #lines = new Map<string, number>();

  fail(line: number, message: string): void {
    this.wrong += 1;
    if (this.errors.length < MAX_ERRORS) this.errors.push({ line, message });
  }

  take({ line, fields }: CsvRecord): void {
    if (this.#columns === undefined) {
      this.#readHead(line, fields);
      return;
    }
    if (this.#columns.length === 0) return;
    if (fields.length !== this.#columns.length) {
      this.fail(line, `it has ${fields.length} fields instead of ${this.#columns.length}`);
      return;
    }
    const values = new Map<Column, string>();
    for (const [index, column] of this.#columns.entries()) {
      const value = fields[index]?.trim() ?? "";
      if (value.length > MAX_FIELD_CHARACTERS) return this.fail(line, `${column ?? ""} is too long`);
      if (column !== undefined && value !== "") values.set(column, value);
    }
    const number = readNumber(values);
    if (typeof number === "string") return this.fail(line, number);
    const before = this.#lines.get(number.number);
    if (before !== undefined) return this.fail(line, `${number.number} stands in line ${before} already`);
    if (this.numbers.length >= MAX_LINES) return this.fail(line, `a file may have at most ${MAX_LINES} numbers`);
    this.#lines.set(number.number, line);
    this.numbers.push(number);
  }

  /** The line of a number that was taken. */
  lineOf(number: string): number {
    return this.#lines.get(number) ?? 0;
  }

  #readHead(line: number, fields: readonly string[]): void {
    const known: readonly string[] = COLUMNS;
    const columns = fields.map((field) => field.trim().toLowerCase());
    const strange = columns.filter((column) => !known.includes(column));
    if (strange.length > 0) this.fail(line, `there is no column ${strange.slice(0, 3).join(", ")}`);
    else if (!columns.includes("phone_number")) this.fail(line, "the first line does not name the column phone_number");
    else if (new Set(columns).size !== columns.length) this.fail(line, "a column is named twice");
    this.#columns = this.wrong > 0 ? [] : (columns as Column[]);
  }
}

/** The number that a line says, or what is wrong with it. */
function readNumber(values: ReadonlyMap<Column, string>): ConfiguredNumber | string {
  const said = values.get("phone_number") ?? "";
  const address = parseAddress(said);
  if (address.kind !== "e164" && address.kind !== "short-code") return `'${said}' is no phone number`;
  const type = kindOf(values.get("type"));
  if (type === "unknown") return `type is none of ${SOLD_KINDS.join(", ")}, shortcode`;
  const country = values.get("country")?.toUpperCase();
  if (country !== undefined && !/^[A-Z]{2}$/.test(country)) return `'${country}' is no country code`;
  const requirements = values.get("address_requirements")?.toLowerCase() as AddressRequirement | undefined;
  if (requirements !== undefined && !REQUIREMENTS.includes(requirements)) {
    return `address_requirements is none of ${REQUIREMENTS.join(", ")}`;
  }
  const accountSid = values.get("account_sid");
  if (accountSid !== undefined && !isSid(accountSid, "AC")) return `'${accountSid}' is no account SID`;
  const flags = readFlags(values);
  if (typeof flags === "string") return flags;
  const place = readPlace(values);
  if (typeof place === "string") return place;
  return {
    number: address.kind === "e164" ? address.e164 : address.code,
    country,
    type,
    ...flags,
    region: values.get("region")?.toUpperCase(),
    locality: values.get("locality"),
    postalCode: values.get("postal_code")?.toUpperCase(),
    rateCenter: values.get("rate_center"),
    lata: values.get("lata"),
    ...place,
    addressRequirements: requirements,
    accountSid,
  };
}

function kindOf(text: string | undefined): PhoneNumberKind | undefined | "unknown" {
  if (text === undefined) return undefined;
  const word = text.toLowerCase().replace(/[^a-z]/g, "");
  return [...SOLD_KINDS, "shortcode" as const].find((kind) => kind === word) ?? "unknown";
}

function readFlags(values: ReadonlyMap<Column, string>) {
  const flag = (column: Column): boolean | undefined | "wrong" => {
    const value = values.get(column)?.toLowerCase();
    if (value === undefined) return undefined;
    if (["true", "yes", "1", "t"].includes(value)) return true;
    return ["false", "no", "0", "f"].includes(value) ? false : "wrong";
  };
  const flags = (["sms", "mms", "voice", "fax", "beta", "bundle_required"] as const).map((column) => {
    return [column, flag(column)] as const;
  });
  const wrong = flags.find(([, value]) => value === "wrong");
  if (wrong !== undefined) return `${wrong[0]} is neither true nor false`;
  const [sms, mms, voice, fax, beta, bundleRequired] = flags.map(([, value]) => value as boolean | undefined);
  return { sms: sms ?? true, mms: mms ?? false, voice: voice ?? false, fax, beta, bundleRequired };
}

function readPlace(values: ReadonlyMap<Column, string>) {
  const [latitude, longitude] = (["latitude", "longitude"] as const).map((column) => {
    const value = values.get(column);
    return value === undefined ? undefined : Number(value);
  });
  if (latitude !== undefined && !(Math.abs(latitude) <= 90)) return "latitude is not from -90 to 90";
  if (longitude !== undefined && !(Math.abs(longitude) <= 180)) return "longitude is not from -180 to 180";
  if ((latitude === undefined) !== (longitude === undefined)) return "latitude and longitude go together";
  return { latitude, longitude };
}
