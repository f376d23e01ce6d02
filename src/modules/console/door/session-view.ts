import type { Tickets } from "../../../platform/console/index.ts";
import type { HttpRequest, JsonObject } from "../../../platform/http/index.ts";
import type { ConsoleDoorOptions } from "./options.ts";
import { originOf } from "./origin.ts";
import { readWhole } from "./read-whole.ts";
import { subRequest } from "./sub-request.ts";
import type { Visitor } from "./visitors.ts";

/** Accounts that a picker shows. */
const MAX_ACCOUNTS = 200;
const LIST = `/2010-04-01/Accounts.json?PageSize=${MAX_ACCOUNTS}`;
const MAX_LIST_OCTETS = 1_048_576;

type AccountSummary = { readonly sid: string; readonly friendlyName: string };

/** What a page is told of whoever looks at it. */
export class SessionViews {
  private readonly options: ConsoleDoorOptions;
  private readonly tickets: Tickets;

  constructor(options: ConsoleDoorOptions, tickets: Tickets) {
    this.options = options;
    this.tickets = tickets;
  }

  /** `GET session`. Without its cell, the accounts are only the one that the token says. */
  async of(request: HttpRequest, { session, isOperator, permissions }: Visitor): Promise<JsonObject> {
    const { userSid, accountSid, email, friendlyName, role, isLimited, sessionSid, expiresMs } = session;
    const accounts = isLimited ? [] : await this.accountsOf(request, session);
    const account = accounts.find(({ sid }) => sid === accountSid) ?? { sid: accountSid, friendlyName: "" };
    const user = { sid: userSid, role, name: friendlyName, ...(email === null ? {} : { email }) };
    return {
      user,
      account,
      accounts: accounts.filter(({ sid }) => sid !== accountSid),
      isOperator,
      permissions: [...permissions],
      features: { ...this.options.features() },
      baseUrl: this.options.publicUrl() ?? originOf(request),
      sessionSid,
      expiresAt: new Date(expiresMs).toISOString(),
      ...(isLimited ? { must: "second-factor" } : {}),
    };
  }

  private async accountsOf(request: HttpRequest, session: Visitor["session"]): Promise<readonly AccountSummary[]> {
    // As a `GET` of its own, whatever the page asked for: the body of that was read already.
    const own = { ...bare(request), method: "GET" };
    const call = {
      request: own,
      session,
      product: "api",
      target: LIST,
      accountSid: session.accountSid,
      cell: undefined,
    };
    const answer = await this.options.send(subRequest(call, this.tickets));
    const text = answer.status === 200 ? await readWhole(answer, MAX_LIST_OCTETS) : undefined;
    return text === undefined ? [] : summariesOf(text);
  }
}

function bare({ headers, scheme, peer, target }: HttpRequest): Omit<HttpRequest, "method"> {
  const kept = ["host", "x-forwarded-host", "x-forwarded-proto"].map((name) => [name, headers[name]]);
  const empty = Buffer.alloc(0);
  const readBody = (): Promise<Buffer> => Promise.resolve(empty);
  return {
    headers: Object.fromEntries(kept) as HttpRequest["headers"],
    scheme,
    peer,
    target,
    body: empty,
    contentLength: 0,
    readBody,
  };
}

/** SIDs and names alone: what else is said of accounts, tokens among it, goes nowhere. */
function summariesOf(text: string): readonly AccountSummary[] {
  const { accounts = [] } = JSON.parse(text) as {
    readonly accounts?: readonly { readonly sid?: unknown; readonly friendly_name?: unknown }[];
  };
  return accounts.flatMap(({ sid, friendly_name: name }) => {
    return typeof sid === "string" && typeof name === "string" ? [{ sid, friendlyName: name }] : [];
  });
}
