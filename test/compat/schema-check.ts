/** The part of JSON Schema (in the OpenAPI 3.0 dialect) that the API descriptions use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** What is wrong with a value, and what it has more or less than its schema. Each as `path: words`. */
export interface Findings {
  readonly wrong: string[];
  readonly additional: string[];
  readonly missing: string[];
}

/** Looks a `$ref` up. */
export type Resolve = (reference: string) => Schema;

/** Checks a value against a schema. */
export function checkValue(value: unknown, schema: Schema, resolve: Resolve): Findings {
  const findings: Findings = { wrong: [], additional: [], missing: [] };
  new Check(resolve, findings).value(value, schema, "");
  return findings;
}

class Check {
  private readonly resolve: Resolve;
  private readonly findings: Findings;

  constructor(resolve: Resolve, findings: Findings) {
    this.resolve = resolve;
    this.findings = findings;
  }

  value(value: unknown, given: Schema, at: string): void {
    const schema = given.$ref === undefined ? given : { ...this.resolve(given.$ref), ...nullableOf(given) };
    if (value === null) {
      if (schema.nullable !== true) this.wrong(at, "is null");
      return;
    }
    if (schema.type !== undefined && !isOfType(value, schema.type)) {
      return this.wrong(at, `is no ${schema.type}: ${JSON.stringify(value)}`);
    }
    if (schema.enum !== undefined && !schema.enum.includes(value))
      this.wrong(at, `is none of ${schema.enum.join(", ")}`);
    if (typeof value === "string") this.text(value, schema, at);
    else if (Array.isArray(value)) this.array(value, schema, at);
    else if (typeof value === "object") this.object(value as Record<string, unknown>, schema, at);
  }

  private text(value: string, schema: Schema, at: string): void {
    const { format, pattern, minLength = 0, maxLength = Infinity } = schema;
    // The descriptions' own examples have it so where a number has no application.
    if (value === "" && pattern !== undefined && schema.nullable === true) return;
    if (value.length < minLength || value.length > maxLength) this.wrong(at, `has ${value.length} characters`);
    if (pattern !== undefined && !new RegExp(pattern).test(value)) this.wrong(at, `does not fit ${pattern}: ${value}`);
    const isFine = format === undefined ? undefined : FORMATS[format];
    if (isFine !== undefined && !isFine(value)) this.wrong(at, `is no ${format}: ${value}`);
  }

  private array(value: readonly unknown[], schema: Schema, at: string): void {
    const { items } = schema;
    if (items !== undefined) value.forEach((item, index) => this.value(item, items, `${at}[${index}]`));
  }

  private object(value: Readonly<Record<string, unknown>>, schema: Schema, at: string): void {
    const { properties, required = [], additionalProperties } = schema;
    for (const name of required) if (!(name in value)) this.wrong(`${at}.${name}`, "is required");
    if (properties === undefined) return;
    for (const name of Object.keys(properties)) if (!(name in value)) this.findings.missing.push(`${at}.${name}`);
    for (const [name, item] of Object.entries(value)) {
      const of = properties[name] ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
      if (of !== undefined) this.value(item, of, `${at}.${name}`);
      else if (additionalProperties !== true) this.findings.additional.push(`${at}.${name}`);
    }
  }

  private wrong(at: string, words: string): void {
    this.findings.wrong.push(`${at}: ${words}`);
  }
}

/** A word beside a reference counts for the place where it stands. */
function nullableOf({ nullable }: Schema): Pick<Schema, "nullable"> {
  return nullable === undefined ? {} : { nullable };
}

function isOfType(value: unknown, type: NonNullable<Schema["type"]>): boolean {
  switch (type) {
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && !Array.isArray(value);
    case "number":
      // Amounts are texts in the descriptions' own examples, and in what the vendor answers.
      return typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

const RFC_2822 =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} \+0000$/;
const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  "date-time-rfc-2822": (text) => RFC_2822.test(text),
  "date-time": (text) => ISO_8601.test(text),
  uri: (text) => text === "" || URL.canParse(text, "https://example.org"),
  "http-method": (text) => /^(GET|POST|HEAD|PUT|PATCH|DELETE)$/.test(text),
  // The last form is that of friendly names in the descriptions' own examples.
  "phone-number": (text) => /^(\+[1-9]\d{6,14}|\d{3,8}|[\w &-]{1,11}|\(\d{3}\) \d{3}-\d{4})$/.test(text),
  "iso-country-code": (text) => /^[A-Z]{2}$/.test(text),
  currency: (text) => /^[A-Za-z]{3}$/.test(text),
};
