/** The form of a carrier: made of the schema that the API describes, and turned into the document that it takes. */

/** A field as the API describes it. */
export interface FieldSpec {
  readonly name: string;
  readonly kind: "text" | "integer" | "boolean" | "choice" | "url" | "list" | "record" | "variant";
  readonly required: boolean;
  readonly default: unknown;
  readonly description: string;
  readonly secret: boolean;
  readonly group: string | null;
  readonly expected?: string;
  readonly values?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly maxLength?: number;
  readonly max_items?: number;
  readonly item?: ItemSpec;
  readonly fields?: readonly FieldSpec[];
  readonly variants?: readonly VariantSpec[];
}

/** What a list is of: a field without a name. */
export type ItemSpec = Omit<FieldSpec, "name" | "required" | "default" | "description" | "secret" | "group">;

/** One shape that a field can have. */
export interface VariantSpec {
  readonly type: string;
  readonly fields: readonly FieldSpec[];
}

/** A value of the form: JSON, `undefined` for what is not given. */
export type FormValue = unknown;

/** Fields by their heading, in the order of the schema. */
export function groupsOf(
  fields: readonly FieldSpec[],
): { readonly group: string; readonly fields: readonly FieldSpec[] }[] {
  const groups = new Map<string, FieldSpec[]>();
  for (const field of fields) {
    const group = field.group ?? "Further";
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [field]);
    else known.push(field);
  }
  return [...groups].map(([group, own]) => ({ group, fields: own }));
}

/** Whether anything in these fields is given or must be. */
export function isUsed(fields: readonly FieldSpec[], values: Readonly<Record<string, FormValue>>): boolean {
  return fields.some(({ name, required }) => required || values[name] !== undefined);
}

/** Settings as they were fetched, without what is the default anyway. */
export function givenOf(
  fields: readonly FieldSpec[],
  settings: Readonly<Record<string, unknown>>,
): Record<string, FormValue> {
  const given: Record<string, FormValue> = {};
  for (const { name, default: usual } of fields) {
    const value = settings[name];
    if (value === undefined || value === null) continue;
    if (JSON.stringify(value) !== JSON.stringify(usual)) given[name] = value;
  }
  return given;
}

/** What the API takes: nothing that is empty. */
export function documentOf(type: string, values: Readonly<Record<string, FormValue>>): Record<string, unknown> {
  return { type, ...(trim(values) as Record<string, unknown>) };
}

function trim(value: unknown): unknown {
  if (value === "" || value === null) return undefined;
  if (Array.isArray(value)) {
    const items = value.map(trim).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (typeof value !== "object") return value;
  const entries = Object.entries(value as Record<string, unknown>).map(([key, member]) => [key, trim(member)] as const);
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined));
}

/** Where an SMSC is and how to sign in, in the parts of its URL. */
export interface SmppParts {
  readonly tls: boolean;
  readonly host: string;
  readonly port: string;
  readonly systemId: string;
  readonly password: string;
}

/** The parts of `smpp://user:secret@host:port`; what cannot be read is empty. */
export function partsOfUrl(url: string): SmppParts {
  const match = /^(smpps?):\/\/([^:@/]*)(?::([^@/]*))?@(\[[^\]]*\]|[^:/]*)(?::(\d*))?\/?$/.exec(url);
  if (match === null) return { tls: false, host: "", port: "", systemId: "", password: "" };
  const [, scheme, user = "", secret = "", host = "", port = ""] = match;
  return { tls: scheme === "smpps", host, port, systemId: unescape(user), password: unescape(secret) };
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The URL of the parts; empty while nothing is given. */
export function urlOfParts({ tls, host, port, systemId, password }: SmppParts): string {
  if (host === "" && systemId === "" && password === "" && port === "") return "";
  const secret = password === MASK ? MASK : encodeURIComponent(password);
  return `${tls ? "smpps" : "smpp"}://${encodeURIComponent(systemId)}:${secret}@${host}${port === "" ? "" : `:${port}`}`;
}

/** Stands in place of a secret that is kept. */
export const MASK = "***";

const PREFIX = "The carrier is not valid: ";

/** What is wrong with each field, by its path without `carrier.`, from the message of the API. */
export function problemsOf(message: string): ReadonlyMap<string, string> {
  if (!message.startsWith(PREFIX)) return new Map();
  const parts = message
    .slice(PREFIX.length)
    .replace(/\.$/, "")
    .split(/; (?=carrier[.:[])/);
  return new Map(
    parts.map((part) => {
      const colon = part.indexOf(": ");
      const path = (colon < 0 ? part : part.slice(0, colon)).replace(/^carrier\.?/, "");
      return [path, sentence(colon < 0 ? part : part.slice(colon + 2))] as const;
    }),
  );
}

function sentence(text: string): string {
  return text === "" ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

const ACRONYMS: Readonly<Record<string, string>> = {
  Url: "URL",
  Tls: "TLS",
  Ton: "TON",
  Npi: "NPI",
  Ia5: "IA5",
  Sid: "SID",
  Ms: "(ms)",
  Id: "ID",
  Ids: "IDs",
  Api: "API",
};

/** `responseTimeoutMs` as people write it. */
export function labelOf(name: string): string {
  const words = name.replace(/([A-Z])/g, " $1").split(" ");
  const told = words.map((word, index) => {
    const capital = `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
    const known = ACRONYMS[capital];
    if (known !== undefined) return known;
    return index === 0 ? capital : word.toLowerCase();
  });
  return told.join(" ");
}
