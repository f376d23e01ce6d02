import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generatedDocuments } from "../../src/entry/catalogue.ts";
import type { SystemProcess } from "../kit/running-system.ts";
import { findRoot } from "../tidy/tree.ts";
import { checkValue, type Findings, type Schema } from "./schema-check.ts";

const FOLDER = join(findRoot(import.meta.dirname), "../shared/specs/twilio");

/** The descriptions of each product that is served, one a version. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  api: ["twilio_api_v2010.json"],
  accounts: ["twilio_accounts_v1.json"],
  monitor: ["twilio_monitor_v1.json"],
  iam: ["twilio_iam_v1.json"],
  messaging: ["twilio_messaging_v1.json", "twilio_messaging_v2.json"],
  numbers: ["twilio_numbers_v1.json", "twilio_numbers_v2.json"],
  pricing: ["twilio_pricing_v1.json", "twilio_pricing_v2.json"],
  trusthub: ["twilio_trusthub_v1.json"],
};

interface Operation {
  readonly operationId?: string;
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema?: Schema }>> }>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** An operation that is served. */
export interface ServedOperation {
  readonly product: string;
  readonly operationId: string;
  readonly method: string;
  /** With `{Name}` for parameters. */
  readonly path: string;
}

/** The fields of a form; those with several values as a list. */
type Form = Readonly<Record<string, string | readonly string[]>>;

/** What is sent with a call. */
export interface CallInput {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Form;
  /** In place of a form. */
  readonly json?: object;
  /** Other credentials than those of the account. */
  readonly authToken?: string;
}

/** What an operation answered. */
export class Answer {
  private readonly value: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    this.value = (value ?? {}) as Readonly<Record<string, unknown>>;
  }

  /** The text under a name. */
  text(name: string): string {
    const text = this.value[name];
    assert.ok(typeof text === "string", `${name} is a text`);
    return text;
  }

  /** The SIDs of a list. */
  sids(name: string): string[] {
    return (this.value[name] as { readonly sid: string }[]).map(({ sid }) => sid);
  }

  /** What is under a name, of whatever type. */
  get(name: string): unknown {
    return this.value[name];
  }
}

/** Whether the API descriptions are beside the repository. */
export function hasDescriptions(): boolean {
  return existsSync(FOLDER);
}

/** A running system whose every answer is held against the vendor's description of it. */
export class DescribedApi {
  readonly served: readonly ServedOperation[];
  /** `product operationId` of what was called. */
  readonly called = new Set<string>();
  /** `product operationId` of what is served without being described. */
  readonly undescribed = new Set<string>();
  /** By `product operationId`. */
  readonly findings = new Map<string, Findings>();
  private readonly system: SystemProcess;
  private readonly descriptions = new Map<string, readonly Description[]>();

  /** Reads the descriptions of some products. */
  static async read(system: SystemProcess, products: readonly string[]): Promise<DescribedApi> {
    const served = await servedOperations();
    return new DescribedApi(
      system,
      served.filter(({ product }) => products.includes(product)),
    );
  }

  private constructor(system: SystemProcess, served: readonly ServedOperation[]) {
    this.system = system;
    this.served = served;
    for (const product of new Set(served.map((one) => one.product))) {
      const read = (file: string) => JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Description;
      this.descriptions.set(product, (FILES[product] ?? []).map(read));
    }
  }

  /** Calls an operation, expects success, checks the answer and gives it. */
  async call(product: string, operationId: string, input: CallInput = {}): Promise<Answer> {
    const name = `${product} ${operationId}`;
    const operation = this.operation(name);
    const response = await this.send(operation, input);
    const text = await response.text();
    assert.ok(response.status < 400, `${name} answers ${response.status}: ${text}`);
    this.called.add(name);
    const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json");
    const value: unknown = isJson ? JSON.parse(text) : undefined;
    this.check(name, { operation, status: response.status, value });
    return new Answer(value);
  }

  /** Calls an operation that cannot succeed here, and expects this code. */
  async refused(product: string, operationId: string, { code, ...input }: CallInput & { code: number }): Promise<void> {
    const name = `${product} ${operationId}`;
    const response = await this.send(this.operation(name), input);
    const answer = (await response.json()) as { code?: number; message?: string };
    assert.equal(answer.code, code, `${name} answers ${response.status}: ${answer.message}`);
    this.called.add(name);
  }

  /** Checks that nothing that is served was left out, and gives what differs from the descriptions. */
  differences(): Findings {
    const served = this.served.map(({ product, operationId }) => `${product} ${operationId}`);
    assert.deepEqual(
      served.filter((name) => !this.called.has(name)),
      [],
      "every served operation was called",
    );
    const all = (kind: keyof Findings): string[] => [
      ...new Set([...this.findings].flatMap(([name, findings]) => findings[kind].map((one) => `${name} ${one}`))),
    ];
    return { wrong: all("wrong"), additional: all("additional"), missing: all("missing") };
  }

  private operation(name: string): ServedOperation {
    const operation = this.served.find(({ product, operationId }) => `${product} ${operationId}` === name);
    assert.ok(operation !== undefined, `${name} is served`);
    return operation;
  }

  private send(operation: ServedOperation, input: CallInput): Promise<Response> {
    const { baseUrl, accountSid, authToken } = this.system;
    const given: Readonly<Record<string, string>> = { AccountSid: accountSid, ...input.path };
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => {
      assert.ok(given[parameter] !== undefined, `${operation.operationId} is given its ${parameter}`);
      return given[parameter];
    });
    const query = input.query === undefined ? "" : `?${new URLSearchParams(input.query).toString()}`;
    const credentials = Buffer.from(`${accountSid}:${input.authToken ?? authToken}`).toString("base64");
    const headers = { Authorization: `Basic ${credentials}`, "X-Forwarded-Host": `${operation.product}.twilio.com` };
    const { method } = operation;
    const to = `${baseUrl}${path}${query}`;
    if (input.json !== undefined) {
      const body = JSON.stringify(input.json);
      return fetch(to, { method, headers: { ...headers, "Content-Type": "application/json" }, body });
    }
    const hasForm = method === "POST" || method === "PATCH";
    return fetch(to, { method, headers, redirect: "manual", ...(hasForm ? { body: fieldsOf(input.form ?? {}) } : {}) });
  }

  private check(name: string, answer: { operation: ServedOperation; status: number; value: unknown }): void {
    const { operation, status, value } = answer;
    const description = this.descriptions
      .get(operation.product)
      ?.find(({ paths }) => paths[operation.path] !== undefined);
    const described = description?.paths[operation.path]?.[operation.method.toLowerCase()];
    if (description === undefined || described === undefined) {
      this.undescribed.add(name);
      return;
    }
    // Two versions of a product may call two operations by one name, which ours cannot share.
    assert.equal(described.operationId, operation.operationId.replace(/V[12](?=Country$|Number$|$)/, ""));
    const response = described.responses?.[String(status)];
    const expected = Object.keys(described.responses ?? {}).filter((code) => code.startsWith("2"));
    assert.ok(response !== undefined, `${name} answers ${status}; described are ${expected.join(", ")}`);
    const schema = response.content?.["application/json"]?.schema;
    if (schema === undefined) return;
    const resolve = (reference: string): Schema => {
      const found = description.components?.schemas?.[reference.replace("#/components/schemas/", "")];
      assert.ok(found !== undefined, reference);
      return found;
    };
    const found = checkValue(value, schema, resolve);
    const earlier = this.findings.get(name) ?? { wrong: [], additional: [], missing: [] };
    this.findings.set(name, {
      wrong: [...earlier.wrong, ...found.wrong],
      additional: [...earlier.additional, ...found.additional],
      missing: [...earlier.missing, ...found.missing],
    });
  }
}

function fieldsOf(form: Form): URLSearchParams {
  const fields = new URLSearchParams();
  for (const [name, values] of Object.entries(form)) {
    for (const value of typeof values === "string" ? [values] : values) fields.append(name, value);
  }
  return fields;
}

const OWN_PATHS = /^\/trunkline\/|\/Messages\/Bulk\b/;

async function servedOperations(): Promise<ServedOperation[]> {
  const operations: ServedOperation[] = [];
  for (const [file, content] of await generatedDocuments("test")) {
    const product = /^openapi-(\w+)\.json$/.exec(file)?.[1];
    if (product === undefined) continue;
    for (const [path, methods] of Object.entries((JSON.parse(content) as Description).paths)) {
      // What is Trunkline's own is described nowhere else.
      if (OWN_PATHS.test(path)) continue;
      for (const [method, { operationId }] of Object.entries(methods)) {
        operations.push({ product, operationId: operationId ?? "", method: method.toUpperCase(), path });
      }
    }
  }
  return operations;
}
