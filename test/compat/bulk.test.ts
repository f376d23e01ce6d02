import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";

interface Answer {
  readonly messages: readonly { readonly index: number; readonly sid?: string; readonly code?: number }[];
  readonly accepted: number;
  readonly refused: number;
}

describe("the bulk door of the running program", () => {
  let system: SystemProcess;
  before(async () => {
    system = await startSystemProcess();
  });
  after(() => system.stop());

  async function post(body: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
    const { baseUrl, accountSid, authToken } = system;
    const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
    const response = await fetch(`${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages/Bulk.json`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json", ...headers },
      body,
    });
    return { status: response.status, text: await response.text() };
  }

  async function send(body: object, key: string): Promise<Answer> {
    const { status, text } = await post(JSON.stringify(body), { "idempotency-key": key });
    assert.equal(status, 200, text);
    return JSON.parse(text) as Answer;
  }

  const phone = (i: number): string => `+1555126${String(i).padStart(4, "0")}`;
  const body = (count: number): object => ({
    defaults: { From: system.from, Body: "hello" },
    messages: Array.from({ length: count }, (_, i) => ({ To: phone(i) })),
  });

  it("takes 10,000 messages in one request, answers others meanwhile, and repeats itself for the same key", async () => {
    let health = 0;
    let isDone = false;
    const others = (async () => {
      while (!isDone) {
        const response = await fetch(`${system.baseUrl}/healthz`);
        await response.text();
        health += 1;
      }
    })();
    const first = await send(body(10_000), "campaign");
    isDone = true;
    await others;
    assert.deepEqual([first.accepted, first.refused], [10_000, 0]);
    assert.equal(new Set(first.messages.map(({ sid }) => sid)).size, 10_000);
    assert.ok(health >= 5, `${health} other requests were answered meanwhile`);
    assert.deepEqual(await send(body(10_000), "campaign"), first);
    await system.kill9();
    system = await startSystemProcess({ dataFolder: system.dataFolder });
    assert.deepEqual(await send(body(10_000), "campaign"), first, "after a crash, too");
  });

  it("refuses single messages with their own codes", async () => {
    const messages = [{ To: phone(1) }, { To: "12" }, {}, { To: phone(2), From: "+15005550999" }];
    const answer = await send({ defaults: { From: system.from, Body: "x" }, messages }, "mixed");
    assert.deepEqual([answer.accepted, answer.refused], [1, 3]);
    assert.deepEqual(
      answer.messages.map(({ code }) => code),
      [undefined, 21211, 21604, 21606],
    );
  });

  it("refuses what is too large, too deep, or no JSON", async () => {
    const codeOf = async (text: string): Promise<[number, number]> => {
      const answer = await post(text);
      return [answer.status, (JSON.parse(answer.text) as { code: number }).code];
    };
    assert.deepEqual(await codeOf(" ".repeat(5 * 1_024 * 1_024)), [413, 20413]);
    assert.deepEqual(await codeOf(`{"messages":${"[".repeat(100)}${"]".repeat(100)}}`), [400, 20001]);
    assert.deepEqual(await codeOf("To=%2B1"), [400, 20001]);
  });
});
