/** What several tests of this module need. Holds no test itself. */
import { createHash, randomBytes } from "node:crypto";
import { ManualClock } from "../../adapters/memory/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { HttpServer, type Authenticator } from "../../platform/http/index.ts";
import type { Database } from "../../platform/ports.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { pricingModule, type ContentHash, type PricingModule, type QuoteInput } from "./index.ts";

export const OPERATOR = `AC${"0".repeat(31)}1`;
export const CUSTOMER = `AC${"0".repeat(31)}2`;
export const SUBACCOUNT = `AC${"0".repeat(31)}3`;
export const EUROPEAN = `AC${"0".repeat(31)}4`;
export const START_MS = Date.UTC(2026, 0, 15, 12);

export function sha256(): ContentHash {
  const hash = createHash("sha256");
  return {
    update: (text) => void hash.update(text),
    digest: () => hash.digest("hex"),
  };
}

export const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: () => Promise.resolve(false),
    }),
};

export function input(changes: Partial<QuoteInput> = {}): QuoteInput {
  return {
    accountSid: CUSTOMER,
    currency: "USD",
    direction: "outbound",
    channel: "sms",
    from: "+15005550006",
    to: "+14155550100",
    senderKind: "local",
    ...changes,
  };
}

/** A process with prices over the database. */
export class PricingWorld {
  readonly clock = new ManualClock(START_MS);
  readonly module: PricingModule;
  readonly server: HttpServer;

  constructor(database: Database) {
    const { clock } = this;
    this.module = pricingModule({
      database,
      clock,
      logger: silentLogger,
      hash: sha256,
      pause: () => Promise.resolve(),
      isOperator: (accountSid) => accountSid === OPERATOR,
      currencyOf: (accountSid) => (accountSid === EUROPEAN ? "EUR" : "USD"),
      payerOf: (accountSid) => (accountSid === SUBACCOUNT ? CUSTOMER : undefined),
    });
    const minter = new SidMinter(() => clock.nowMs(), randomBytes);
    this.server = new HttpServer({ clock, logger: silentLogger, minter, authenticator, routes: this.module.routes });
  }

  async call(method: string, path: string, body?: unknown, username = OPERATOR) {
    const isForm = body instanceof URLSearchParams;
    const answer = await this.server.inject({
      method,
      url: path.startsWith("/") ? path : `/trunkline/v1/Prices/${path}`,
      auth: { username, password: "secret" },
      headers: {
        ...(path.startsWith("/v") ? { Host: "pricing.twilio.com" } : {}),
        ...(body === undefined || isForm ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: isForm ? Object.fromEntries(body) : JSON.stringify(body) }),
    });
    // oxlint-disable-next-line typescript/no-explicit-any -- what the API says is checked by the tests, not by the compiler
    const json: any = answer.body.startsWith("{") ? JSON.parse(answer.body) : undefined;
    return { status: answer.status, json, body: answer.body };
  }

  post(path: string, form: Readonly<Record<string, string>>) {
    return this.call("POST", path, new URLSearchParams(form));
  }

  quote(changes: Partial<QuoteInput> = {}) {
    return this.module.prices.quote(input(changes));
  }
}
