import { createHash, createPublicKey, randomBytes, verify, type JsonWebKey, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestAuthority } from "./certificates.ts";

/** What a test says of how the authority behaves. */
export interface AcmeServerOptions {
  readonly authority: TestAuthority;
  /** Reads what stands at a path of a domain, as the authority does from outside. */
  readonly look: (domain: string, path: string) => Promise<string>;
}

/** A certificate authority by RFC 8555, small and strict: for one domain an order, by HTTP-01 alone. */
export interface AcmeServer {
  readonly directoryUrl: string;
  /** Certificates given, in order. */
  readonly issued: readonly string[];
  /** Keys of accounts that were made, as thumbprints. */
  readonly accounts: ReadonlySet<string>;
  close(): Promise<void>;
}

interface Jws {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly thumbprint: string;
}

interface Order {
  readonly domain: string;
  readonly token: string;
  readonly account: string;
  status: "pending" | "ready" | "valid" | "invalid";
  cert: string | undefined;
}

class Problem extends Error {
  readonly type: string;

  constructor(type: string, detail: string) {
    super(detail);
    this.type = type;
  }
}

/** Starts one on a free port of this machine. */
export async function startAcmeServer(options: AcmeServerOptions): Promise<AcmeServer> {
  const acme = new Acme(options);
  const server = createServer((request, response) => void acme.serve(request, response));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  acme.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    directoryUrl: `${acme.base}/directory`,
    issued: acme.issued,
    accounts: acme.accounts,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

class Acme {
  base = "";
  readonly issued: string[] = [];
  readonly accounts = new Set<string>();
  private readonly options: AcmeServerOptions;
  private readonly keys = new Map<string, KeyObject>();
  private readonly nonces = new Set<string>();
  private readonly orders: Order[] = [];

  constructor(options: AcmeServerOptions) {
    this.options = options;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("Replay-Nonce", this.newNonce());
    const send = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(text);
    };
    try {
      const { url = "" } = request;
      if (url === "/directory") return send(200, this.directory());
      if (url === "/nonce") return send(200, "");
      const jws = this.read(url, await bodyOf(request));
      const [, kind = "", id = ""] = url.split("/");
      if (kind === "account")
        return send(201, { status: "valid" }, { Location: `${this.base}/account-of/${jws.thumbprint}` });
      if (kind === "order" && id === "") return this.newOrder(jws, send);
      const order = this.orders[Number(id)];
      if (order === undefined || order.account !== jws.thumbprint) throw new Problem("unauthorized", "no such order");
      await this.step({ kind, id, order, jws, send });
    } catch (error) {
      const type = error instanceof Problem ? error.type : "serverInternal";
      send(400, { type: `urn:ietf:params:acme:error:${type}`, detail: String(error), status: 400 });
    }
  }

  private directory(): Record<string, unknown> {
    const at = (path: string): string => `${this.base}/${path}`;
    return {
      newNonce: at("nonce"),
      newAccount: at("account"),
      newOrder: at("order"),
      meta: { termsOfService: at("terms") },
    };
  }

  private newNonce(): string {
    const nonce = randomBytes(12).toString("base64url");
    this.nonces.add(nonce);
    return nonce;
  }

  /** The payload of a request whose signature, nonce and address are right (RFC 8555 §6). */
  private read(url: string, body: string): Jws {
    const {
      protected: head,
      payload,
      signature,
    } = JSON.parse(body) as Record<"protected" | "payload" | "signature", string>;
    const header = JSON.parse(Buffer.from(head, "base64url").toString()) as {
      alg: string;
      nonce: string;
      url: string;
      jwk?: JsonWebKey;
      kid?: string;
    };
    if (!this.nonces.delete(header.nonce)) throw new Problem("badNonce", "unknown nonce");
    if (header.url !== `${this.base}${url}` || header.alg !== "ES256") throw new Problem("malformed", "wrong header");
    const isNew = url === "/account";
    const thumbprint = isNew
      ? thumbprintOf(header.jwk ?? {})
      : (header.kid ?? "").replace(`${this.base}/account-of/`, "");
    if (isNew) {
      this.keys.set(thumbprint, createPublicKey({ key: header.jwk ?? {}, format: "jwk" }));
      this.accounts.add(thumbprint);
    }
    const key = this.keys.get(thumbprint);
    const signed = Buffer.from(`${head}.${payload}`);
    const isRight =
      key !== undefined &&
      verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
    if (!isRight) throw new Problem("unauthorized", "wrong signature");
    const text = Buffer.from(payload, "base64url").toString();
    return { payload: text === "" ? {} : (JSON.parse(text) as Jws["payload"]), thumbprint };
  }

  private newOrder(jws: Jws, send: Send): void {
    const [identifier] = jws.payload["identifiers"] as { type: string; value: string }[];
    if (identifier?.type !== "dns") throw new Problem("unsupportedIdentifier", "only names");
    const token = randomBytes(24).toString("base64url");
    this.orders.push({ domain: identifier.value, token, account: jws.thumbprint, status: "pending", cert: undefined });
    const id = this.orders.length - 1;
    send(201, this.viewOrder(id), { Location: `${this.base}/order/${id}` });
  }

  private viewOrder(id: number): Record<string, unknown> {
    const order = this.orders[id] as Order;
    return {
      status: order.status,
      identifiers: [{ type: "dns", value: order.domain }],
      authorizations: [`${this.base}/authorization/${id}`],
      finalize: `${this.base}/finalize/${id}`,
      ...(order.cert === undefined ? {} : { certificate: `${this.base}/certificate/${id}` }),
    };
  }

  private async step(input: { kind: string; id: string; order: Order; jws: Jws; send: Send }): Promise<void> {
    const { kind, id, order, jws, send } = input;
    const challenge = {
      type: "http-01",
      url: `${this.base}/challenge/${id}`,
      token: order.token,
      status: order.status === "pending" ? "pending" : order.status === "invalid" ? "invalid" : "valid",
    };
    if (kind === "order") return send(200, this.viewOrder(Number(id)));
    if (kind === "authorization") {
      return send(200, { ...challenge, identifier: { type: "dns", value: order.domain }, challenges: [challenge] });
    }
    if (kind === "challenge") {
      await this.lookAt(order);
      return send(200, { ...challenge, status: order.status === "ready" ? "valid" : "invalid" });
    }
    if (kind === "finalize") {
      if (order.status !== "ready") throw new Problem("orderNotReady", "the challenge is not met");
      order.cert = this.options.authority.sign([order.domain], publicKeyOfRequest(String(jws.payload["csr"])));
      order.status = "valid";
      this.issued.push(order.cert);
      return send(200, this.viewOrder(Number(id)), { Location: `${this.base}/order/${id}` });
    }
    if (kind === "certificate" && order.cert !== undefined) {
      return send(200, `${order.cert}${this.options.authority.cert}`, {
        "Content-Type": "application/pem-certificate-chain",
      });
    }
    throw new Problem("malformed", "no such thing");
  }

  private async lookAt(order: Order): Promise<void> {
    const seen = await this.options.look(order.domain, `/.well-known/acme-challenge/${order.token}`).catch(String);
    order.status = seen === `${order.token}.${order.account}` ? "ready" : "invalid";
  }
}

type Send = (status: number, body: unknown, headers?: Record<string, string>) => void;

/** RFC 7638. */
function thumbprintOf({ crv, kty, x, y }: JsonWebKey): string {
  return createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
}

/** The public key of a certificate request (RFC 2986 §4.1): the third thing in its first part. */
function publicKeyOfRequest(csr: string): KeyObject {
  const whole = Buffer.from(csr, "base64url");
  const info = contentOf(contentOf(whole));
  const afterVersion = info.subarray(lengthOf(info));
  const afterName = afterVersion.subarray(lengthOf(afterVersion));
  return createPublicKey({ key: afterName.subarray(0, lengthOf(afterName)), format: "der", type: "spki" });
}

/** Octets of head and content of the DER value that stands first. */
function lengthOf(der: Buffer): number {
  const first = der[1] ?? 0;
  if (first < 0x80) return 2 + first;
  const octets = first & 0x7f;
  return 2 + octets + der.readUIntBE(2, octets);
}

function contentOf(der: Buffer): Buffer {
  const first = der[1] ?? 0;
  return der.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f), lengthOf(der));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
