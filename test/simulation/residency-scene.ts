import assert from "node:assert/strict";
import type { CustomerServer } from "../compat/customer-server.ts";
import type { FleetAccount, FleetProcess } from "../kit/running-fleet.ts";
import { waitFor } from "../kit/wait-for.ts";
import type { Markers } from "./residency-markers.ts";

/** A request, as the account makes it. */
export interface Ask {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** The first label of the product's host: `api` unless given. */
  readonly product?: string;
  /** Another host than a product's. */
  readonly host?: string;
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** User name and password, the account's own unless given. */
  readonly as?: string;
}

export interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/** How an endpoint is called with marked data. */
export type MarkedCall = (scene: Scene) => Promise<unknown>;

/** What only the operator may, or what is wrong: the request is refused, with all that it brought. */
export const refused =
  (asked: (scene: Scene) => Ask): MarkedCall =>
  async (scene) => {
    const { method = "POST", ...rest } = asked(scene);
    const { status, json } = await scene.ask({ method, ...rest });
    assert.ok(status >= 400 && status < 500, `${rest.path} refused with ${status} ${JSON.stringify(json)}`);
  };

/** An account of one region and a person's data, asked for at an edge of some region. */
export class Scene {
  readonly fleet: FleetProcess;
  readonly account: FleetAccount;
  readonly customer: CustomerServer;
  readonly marks: Markers;
  authToken: string;
  /** The region of the edge that is asked. */
  edge = "";
  /** A number of the account to send from. */
  from = "";
  /** Where texts that come in are told. */
  smsUrl = "";

  constructor(made: { fleet: FleetProcess; account: FleetAccount; customer: CustomerServer; marks: Markers }) {
    this.fleet = made.fleet;
    this.account = made.account;
    this.customer = made.customer;
    this.marks = made.marks;
    this.authToken = made.account.authToken;
  }

  /** Below the account's own path. */
  own(path: string): string {
    return `/2010-04-01/Accounts/${this.account.accountSid}${path}`;
  }

  async ask({
    method = "POST",
    product = "api",
    host,
    path,
    form,
    json,
    body,
    headers = {},
    as,
  }: Ask): Promise<Answer> {
    const { accountSid } = this.account;
    const credentials = Buffer.from(as ?? `${accountSid}:${this.authToken}`).toString("base64");
    const response = await fetch(`${this.fleet.edges.get(this.edge)}${path}`, {
      method,
      redirect: "manual",
      headers: {
        authorization: `Basic ${credentials}`,
        "x-forwarded-host": host ?? `${product}.twilio.com`,
        "user-agent": `residency/${this.marks.plain()}`,
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const isJson = text.startsWith("{");
    return { status: response.status, json: isJson ? (JSON.parse(text) as Answer["json"]) : { text } };
  }

  /** Asks, and fails unless the answer is of this status. Gives its JSON. */
  async expect(status: number, asked: Ask): Promise<Answer["json"]> {
    const answer = await this.ask(asked);
    const what = `${asked.method ?? "POST"} ${asked.path} at ${this.edge}`;
    assert.equal(answer.status, status, `${what}: ${answer.status} ${JSON.stringify(answer.json)}`);
    return answer.json;
  }

  async createdSid(asked: Ask, status = 201): Promise<string> {
    return String((await this.expect(status, asked))["sid"]);
  }

  /** Sends a marked text to a new person and gives the SID. */
  message(
    form: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const to = form["To"] ?? this.marks.phone(true);
    const body = form["Body"] ?? this.marks.text(true);
    const marked = { From: this.from, ...form, Body: body, To: to };
    return this.createdSid({ path: this.own("/Messages.json"), form: marked, headers });
  }

  /** Resolves once a message has one of these states. */
  settled(sid: string, states: readonly string[] = ["delivered", "failed", "undelivered"]): Promise<string> {
    return waitFor(`${sid} to be ${states.join(" or ")}`, async () => {
      const { status } = await this.expect(200, { method: "GET", path: this.own(`/Messages/${sid}.json`) });
      return states.includes(String(status)) && String(status);
    });
  }

  /** All that a person's phone shows. */
  async phoneTexts(phone: string): Promise<string> {
    const response = await fetch(`${this.fleet.phonesUrl}/simulator/phones/${encodeURIComponent(phone)}/messages`);
    return response.text();
  }

  /** A person texts a number: the account's, which has texted this person before, unless another is given. */
  async textIn(phone: string, body: string, to = this.from): Promise<void> {
    const response = await fetch(`${this.fleet.phonesUrl}/simulator/phones/${encodeURIComponent(phone)}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ to, body }),
    });
    assert.equal(response.status, 200, await response.text());
  }
}
