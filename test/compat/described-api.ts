import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generatedDocuments } from "../../src/entry/catalogue.ts";
import type { SystemProcess } from "../kit/running-system.ts";
import { findRoot } from "../tidy/tree.ts";
import { checkValue, type Findings, type Schema } from "./schema-check.ts";

const FOLDER = join(findRoot(import.meta.dirname), "../shared/specs/twilio");

/** The description of each product that is served. */
const FILES: Readonly<Record<string, string>> = {
  api: "twilio_api_v2010.json",
  accounts: "twilio_accounts_v1.json",
  monitor: "twilio_monitor_v1.json",
  iam: "twilio_iam_v1.json",
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

/** What is sent with a call. */
export interface CallInput {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
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
  private readonly descriptions = new Map<string, Description>();

  static async read(system: SystemProcess): Promise<DescribedApi> {
    return new DescribedApi(system, await servedOperations());
  }

  private constructor(system: SystemProcess, served: readonly ServedOperation[]) {
    this.system = system;
    this.served = served;
    for (const [product, file] of Object.entries(FILES)) {
      this.descriptions.set(product, JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Description);
    }
  }

  /** Calls an operation, expects success, checks the answer and gives it. */
  async call(product: string, operationId: string, input: CallInput = {}): Promise<Answer> {
    const name = `${product} ${operationId}`;
    const operation = this.served.find((one) => one.product === product && one.operationId === operationId);
    assert.ok(operation !== undefined, `${name} is served`);
    const response = await this.send(operation, input);
    const text = await response.text();
    assert.ok(response.ok, `${name} answers ${response.status}: ${text}`);
    this.called.add(name);
    const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json");
    const value: unknown = isJson ? JSON.parse(text) : undefined;
    this.check(name, { operation, status: response.status, value });
    return new Answer(value);
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
    return fetch(`${baseUrl}${path}${query}`, {
      method: operation.method,
      headers: { Authorization: `Basic ${credentials}`, "X-Forwarded-Host": `${operation.product}.twilio.com` },
      ...(operation.method === "POST" ? { body: new URLSearchParams(input.form ?? {}) } : {}),
    });
  }

  private check(name: string, answer: { operation: ServedOperation; status: number; value: unknown }): void {
    const { operation, status, value } = answer;
    const description = this.descriptions.get(operation.product);
    const described = description?.paths[operation.path]?.[operation.method.toLowerCase()];
    if (description === undefined || described === undefined) {
      this.undescribed.add(name);
      return;
    }
    assert.equal(described.operationId, operation.operationId);
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
