/** What a system writes into its log, at its most talkative: ids that lead on, and nothing that anybody said or keeps secret. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CustomerServer, twiml } from "./customer-server.ts";

/** Each stands somewhere that must not come into a log. */
const MARKS = {
  body: "mark-of-a-text",
  inbound: "mark-of-a-text-that-came-in",
  reply: "mark-of-a-reply",
  urlPassword: "mark-of-a-password-in-a-url",
  urlQuery: "mark-of-a-token-in-a-query",
  carrierPassword: "markpass",
  httpSecret: "mark-of-a-secret-of-an-http-carrier",
  wrongPassword: "mark-of-a-wrong-password",
  collectorKey: "mark-of-a-key-of-a-collector",
  json: "mark-in-json",
  idempotencyKey: "mark-of-an-idempotency-key",
} as const;

const PHONE = "+15551460001";

describe("the log of a running system at level debug", () => {
  let system: SystemProcess;
  let customer: CustomerServer;
  let lines: Record<string, unknown>[] = [];
  let sids: string[] = [];

  before(async () => {
    customer = await CustomerServer.start();
    const carriers = [
      { name: "silent", type: "smpp", url: `smpp://user:${MARKS.carrierPassword}@127.0.0.1:9`, bind: "transceiver" },
      {
        name: "peer",
        type: "twilio",
        baseUrl: customer.on("/peer", { status: 500, body: MARKS.httpSecret }),
        accountSid: `AC${"1".repeat(32)}`,
        authToken: MARKS.httpSecret,
      },
    ];
    const config = {
      log: { level: "debug", format: "json" },
      tracing: { otlpUrl: "http://127.0.0.1:9/v1/traces", headers: [`X-Key: ${MARKS.collectorKey}`], keepOneIn: 1 },
      carriers,
      numbers: [{ number: "+15005550100", sms: true, mms: true, voice: false }],
    };
    system = await startSystemProcess({ config });
    await exercise();
    await system.stop();
    lines = system
      .stderr()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  });

  after(async () => {
    await customer?.stop();
  });

  /** Everything that could tempt somebody to write a secret down. */
  async function exercise(): Promise<void> {
    const callback = customer
      .on("/told", { status: 500, body: MARKS.reply })
      .replace("://", `://user:${MARKS.urlPassword}@`);
    const form = {
      To: PHONE,
      From: "+15005550100",
      Body: MARKS.body,
      StatusCallback: `${callback}?token=${MARKS.urlQuery}`,
    };
    sids = [await send(form), await send({ ...form, MediaUrl: `${callback}?token=${MARKS.urlQuery}` })];
    await ask("POST", "Messages.json", { headers: { "Idempotency-Key": MARKS.idempotencyKey }, form });
    await ask("POST", "Messages.json", { password: MARKS.wrongPassword, form });
    await ask("POST", "Messages.json", { form: { ...form, To: MARKS.body } });
    await ask("GET", `Messages/${sids[0]}.json`, {});
    await fetch(`${system.baseUrl}/v1/Services`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Forwarded-Host": "messaging.twilio.com" },
      body: `{"mark": "${MARKS.json}`,
    });
    customer.on("/sms", twiml(`<Message>${MARKS.reply}</Message>`));
    await waitFor("webhooks that fail", () => customer.requestsTo("/told").length > 0);
    // The carrier's errors have to have been written, too.
    await waitFor("a line about a carrier", () => system.stderr().includes("silent"));
  }

  async function ask(
    method: "GET" | "POST",
    path: string,
    call: {
      readonly form?: Readonly<Record<string, string>>;
      readonly headers?: Readonly<Record<string, string>>;
      readonly password?: string;
    },
  ): Promise<Response> {
    const { accountSid, authToken, baseUrl } = system;
    const authorization = `Basic ${btoa(`${accountSid}:${call.password ?? authToken}`)}`;
    return fetch(`${baseUrl}/2010-04-01/Accounts/${accountSid}/${path}`, {
      method,
      headers: { Authorization: authorization, ...call.headers },
      ...(call.form === undefined ? {} : { body: new URLSearchParams(call.form) }),
    });
  }

  async function send(form: Readonly<Record<string, string>>): Promise<string> {
    const response = await ask("POST", "Messages.json", { form });
    const body = (await response.json()) as { sid: string };
    assert.equal(response.status, 201, JSON.stringify(body));
    return body.sid;
  }

  it("holds no text, no password, no token and no key", () => {
    const written = `${system.stdout()}\n${system.stderr()}`
      .split("\n")
      // The welcome shows the operator what he signs in with, on his own terminal.
      .filter((line) => !line.includes(system.authToken) || line.startsWith("{"))
      .join("\n");
    assert.ok(lines.length > 5, `${lines.length} lines`);
    for (const [what, mark] of Object.entries({ ...MARKS, authToken: system.authToken })) {
      const line = written.split("\n").find((each) => each.includes(mark));
      assert.equal(line, undefined, `${what} is in the log`);
    }
  });

  it("has a time, a level and an event in every line, and a request id where there was a request", () => {
    for (const line of lines) {
      assert.ok(
        typeof line["time"] === "string" && typeof line["level"] === "string" && typeof line["event"] === "string",
      );
    }
    const ofRequests = lines.filter(({ event }) => /^(http|edge)\./.test(String(event)));
    for (const line of ofRequests) assert.match(String(line["requestId"]), /^RQ[0-9a-f]{32}$/, JSON.stringify(line));
  });

  it("has the SID of the message in every line about one", () => {
    for (const line of lines.filter(({ event }) => /^(message|webhook\.failed|media)\b/.test(String(event)))) {
      const ids = Object.values(line).filter((value) => /\b(SM|MM)[0-9a-f]{32}\b/.test(String(value)));
      assert.ok(ids.length > 0, JSON.stringify(line));
    }
  });
});
