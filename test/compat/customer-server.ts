import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came to the customer. */
export interface CustomerRequest {
  readonly method: string;
  /** Complete, as the customer's framework would put it together. */
  readonly url: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Of the form, or of the query where there is no form. */
  readonly params: Readonly<Record<string, string>>;
}

/** What the customer answers. */
export interface CustomerAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string | Buffer;
  /** Waits so long before it answers. */
  readonly delayMs?: number;
}

type Answering = CustomerAnswer | ((request: CustomerRequest) => CustomerAnswer);

/** A customer's web server: answers what it is told to, 204 elsewhere, and writes down all requests. */
export class CustomerServer {
  readonly requests: CustomerRequest[] = [];
  private readonly answers = new Map<string, Answering>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.take(request, response));
  }

  /** Starts one on a free port. */
  static async start(): Promise<CustomerServer> {
    const customer = new CustomerServer();
    await new Promise<void>((listening) => customer.server.listen(0, "127.0.0.1", listening));
    return customer;
  }

  /** Sets the answer of a path and gives its URL. */
  on(path: string, answer: Answering): string {
    this.answers.set(path, answer);
    return this.url(path);
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** What came to a path, oldest first. */
  requestsTo(path: string): CustomerRequest[] {
    return this.requests.filter((request) => request.path === path);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((closed) => this.server.close(() => closed()));
  }

  private async take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const [path = "/", query = ""] = (incoming.url ?? "/").split("?", 2);
    const form = incoming.method === "POST" ? Buffer.concat(chunks).toString("utf8") : query;
    const request: CustomerRequest = {
      method: incoming.method ?? "",
      url: this.url(incoming.url ?? "/"),
      path,
      headers: incoming.headers,
      params: Object.fromEntries(new URLSearchParams(form)),
    };
    this.requests.push(request);
    const given = this.answers.get(path);
    const answer = typeof given === "function" ? given(request) : (given ?? { status: 204 });
    const send = (): void => {
      if (answer.type !== undefined) response.setHeader("Content-Type", answer.type);
      response.writeHead(answer.status ?? 200).end(answer.body ?? "");
    };
    if (answer.delayMs === undefined) send();
    else setTimeout(send, answer.delayMs);
  }
}

/** An answer in TwiML. */
export function twiml(verbs: string): CustomerAnswer {
  return { type: "text/xml", body: `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>` };
}
