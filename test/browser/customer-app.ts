import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A webhook as an app got it. */
export interface ReceivedWebhook {
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
}

/** What an app answers: TwiML, or a status of its own. */
export type AppAnswer = string | { readonly status: number; readonly body: string };

/** A customer's app that webhooks come to. */
export interface CustomerApp {
  readonly url: string;
  /** What came, oldest first. */
  readonly received: readonly ReceivedWebhook[];
  close(): Promise<void>;
}

/** Starts an app on a free port of this machine. */
export async function startApp(answer: (webhook: ReceivedWebhook) => AppAnswer): Promise<CustomerApp> {
  const received: ReceivedWebhook[] = [];
  const server = createServer((request, response) => {
    void readForm(request).then((form) => {
      const webhook = { path: request.url ?? "", form };
      received.push(webhook);
      reply(response, answer(webhook));
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function reply(response: ServerResponse, answer: AppAnswer): void {
  const { status, body } = typeof answer === "string" ? { status: 200, body: answer } : answer;
  response.writeHead(status, { "Content-Type": "text/xml" });
  response.end(body);
}

async function readForm(request: IncomingMessage): Promise<Readonly<Record<string, string>>> {
  let body = "";
  request.setEncoding("utf8");
  for await (const part of request) body += part as string;
  return Object.fromEntries(new URLSearchParams(body));
}
