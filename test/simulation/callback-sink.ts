import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** The requests for one status of one message. */
export interface RecordedCallbacks {
  count: number;
  readonly tokens: Set<string>;
}

/** A customer's server that writes down the status callbacks it gets. */
export class CallbackSink {
  /** By `<message sid>:<status>`. */
  readonly callbacks = new Map<string, RecordedCallbacks>();
  /** For each message, the statuses in the order in which they came first. */
  readonly order = new Map<string, string[]>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("error", () => {});
      request.on("end", () => {
        const token = request.headers["i-twilio-idempotency-token"];
        this.record(new URLSearchParams(Buffer.concat(chunks).toString("utf8")), String(token));
        response.writeHead(204).end();
      });
    });
  }

  /** Resolves to the URL to be called back at. */
  async start(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, "127.0.0.1", listening));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/status`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((closed) => this.server.close(() => closed()));
  }

  /** Requests in all. */
  get total(): number {
    let total = 0;
    for (const { count } of this.callbacks.values()) total += count;
    return total;
  }

  /** Requests that told what an earlier one had told. */
  get repeated(): number {
    return this.total - this.callbacks.size;
  }

  private record(params: URLSearchParams, token: string): void {
    const sid = params.get("MessageSid") ?? "";
    const status = params.get("MessageStatus") ?? "";
    const key = `${sid}:${status}`;
    const known = this.callbacks.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.tokens.add(token);
      return;
    }
    this.callbacks.set(key, { count: 1, tokens: new Set([token]) });
    const statuses = this.order.get(sid);
    if (statuses === undefined) this.order.set(sid, [status]);
    else statuses.push(status);
  }
}
