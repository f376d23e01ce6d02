import assert from "node:assert/strict";
import twilio from "twilio";
import type { SystemProcess } from "../kit/running-system.ts";

type RequestOptions<TData> = Parameters<typeof twilio.RequestClient.prototype.request<TData>>[0];
type Client = ReturnType<typeof twilio>;
type Credentials = Pick<SystemProcess, "accountSid" | "authToken">;
/** Where a client goes, and as whom. */
export type SdkDoor = Credentials & Pick<SystemProcess, "baseUrl">;

/** The documented way to another address: every request goes there and says which host it was for. */
class ForwardingClient extends twilio.RequestClient {
  private readonly base: URL;

  constructor(baseUrl: string) {
    super();
    this.base = new URL(baseUrl);
  }

  override request<TData>(options: RequestOptions<TData>) {
    const url = new URL(options.uri);
    const headers = { ...options.headers, "X-Forwarded-Host": url.host };
    url.protocol = this.base.protocol;
    url.host = this.base.host;
    return super.request<TData>({ ...options, uri: url.href, headers });
  }
}

/** The SDK for every product, over the plain port. */
export function forwardedClient(system: SdkDoor, credentials: Credentials = system): Client {
  const { accountSid, authToken } = credentials;
  return twilio(accountSid, authToken, { httpClient: new ForwardingClient(system.baseUrl) });
}

/** The SDK with an API key, for an account. */
export function keyClient(system: SdkDoor, key: { sid: string; secret: string }, accountSid: string): Client {
  return twilio(key.sid, key.secret, { accountSid, httpClient: new ForwardingClient(system.baseUrl) });
}

/** The SDK with nothing but another base URL for its main product. */
export function plainClient(system: SdkDoor): Client {
  const client = twilio(system.accountSid, system.authToken);
  client.api.baseUrl = system.baseUrl;
  return client;
}

/** Header fields of answers, in order. */
export type ReceivedHeaders = Record<string, unknown>[];

/** Adds a header field to every request, which is what a program does that wants its creates to be repeatable. */
class KeyedClient extends ForwardingClient {
  private readonly key: string;
  private readonly received: ReceivedHeaders;

  constructor(baseUrl: string, key: string, received: ReceivedHeaders) {
    super(baseUrl);
    this.key = key;
    this.received = received;
  }

  override async request<TData>(options: RequestOptions<TData>) {
    const headers = { ...options.headers, "Idempotency-Key": this.key };
    const response = await super.request<TData>({ ...options, headers });
    this.received.push(response.headers as Record<string, unknown>);
    return response;
  }
}

/** The SDK with an idempotency key in every request. */
export function keyedClient(system: SdkDoor, key: string, received: ReceivedHeaders = []): Client {
  return twilio(system.accountSid, system.authToken, { httpClient: new KeyedClient(system.baseUrl, key, received) });
}

/** Expects the SDK's own error with this code and status. */
export async function refuses(request: Promise<unknown>, code: number, status = 400): Promise<void> {
  await assert.rejects(request, (error: unknown) => {
    assert.ok(error instanceof twilio.RestException, `${String(error)} is a RestException`);
    assert.deepEqual({ code: error.code, status: error.status }, { code, status }, error.message);
    assert.equal(error.moreInfo, `https://www.twilio.com/docs/errors/${code}`);
    return true;
  });
}

/** Sends a text from a simulated phone. */
export async function textFromPhone(
  system: Pick<SystemProcess, "baseUrl">,
  from: string,
  text: { to: string; body: string },
): Promise<void> {
  const response = await fetch(`${system.baseUrl}/simulator/phones/${encodeURIComponent(from)}/messages`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(text),
  });
  assert.equal(response.status, 200, await response.text());
}
