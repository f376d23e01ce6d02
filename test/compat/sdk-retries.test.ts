import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import twilio from "twilio";
import { ManualClock } from "../../src/adapters/memory/index.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { defineRoute, HttpServer, text, TOO_MANY_REQUESTS } from "../../src/platform/http/index.ts";
import { silentLogger } from "../kit/silent-logger.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;

/** A server that answers 429 with `Retry-After` to the first requests, and then creates. */
async function refusingServer(t: TestContext, refusals: number) {
  const seen = { requests: 0, created: 0 };
  const server = new HttpServer({
    clock: new ManualClock(),
    logger: silentLogger,
    minter: { mint: (prefix) => prefix + "0".repeat(32) },
    authenticator: {
      authenticate: ({ username }) =>
        Promise.resolve({
          accountSid: username,
          status: "active",
          credential: "token",
          canAccess: () => Promise.resolve(false),
        }),
    },
    routes: [
      defineRoute({
        product: "api",
        tag: "Messages",
        access: "account",
        method: "POST",
        path: "/2010-04-01/Accounts/{AccountSid}/Messages",
        operationId: "CreateMessage",
        summary: "Send a message",
        success: 201,
        parameters: { To: text({ required: true, maxCharacters: 20 }) },
        run: (call) => {
          seen.created += 1;
          return { sid: `SM${"0".repeat(32)}`, to: call.params.To };
        },
        view: (message) => message,
      }),
    ],
    around: [
      (_call, next) => {
        seen.requests += 1;
        if (seen.requests <= refusals) return Promise.reject(new AppError(TOO_MANY_REQUESTS, { max: 1 }));
        return next();
      },
    ],
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  t.after(() => server.close(0));
  return { seen, baseUrl: `http://127.0.0.1:${port}` };
}

function send(baseUrl: string, options: { autoRetry?: boolean; maxRetries?: number }) {
  const client = twilio(ACCOUNT, "token", options);
  client.api.baseUrl = baseUrl;
  return client.messages.create({ to: "+15551260001", from: "+15005550100", body: "hello" });
}

it("the SDK with autoRetry recovers from 429/20429 by itself, and the work is done once", async (t) => {
  const { seen, baseUrl } = await refusingServer(t, 2);
  const message = await send(baseUrl, { autoRetry: true, maxRetries: 3 });
  assert.equal(message.to, "+15551260001");
  assert.deepEqual(seen, { requests: 3, created: 1 });
});

it("it gives up after maxRetries, and shows the code", async (t) => {
  const { seen, baseUrl } = await refusingServer(t, 10);
  await assert.rejects(send(baseUrl, { autoRetry: true, maxRetries: 3 }), (error: unknown) => {
    assert.ok(error instanceof twilio.RestException);
    assert.deepEqual([error.status, error.code], [429, 20429]);
    return true;
  });
  assert.deepEqual(seen, { requests: 4, created: 0 });
});

it("without autoRetry the first 429 is an error", async (t) => {
  const { seen, baseUrl } = await refusingServer(t, 1);
  await assert.rejects(send(baseUrl, {}), twilio.RestException);
  assert.deepEqual(seen, { requests: 1, created: 0 });
});
