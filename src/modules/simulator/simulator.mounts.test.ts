import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../kernel/errors.ts";
import type { HttpRequest, Mount } from "../../platform/http/index.ts";
import { simulatorMounts } from "./simulator.mounts.ts";
import type { Simulator } from "./simulator.ts";

/** Only what the mounts call; the simulator itself has tests of its own. */
const texts: unknown[] = [];
const simulator = {
  listPhones: (page: unknown) => ({ phones: [], page }),
  sendFromPhone: (text: unknown) => {
    texts.push(text);
    return text;
  },
} as unknown as Simulator;

function mountOf(method: string, path: string): Mount {
  const found = simulatorMounts(simulator).find((mount) => mount.method === method && mount.path === path);
  assert.ok(found);
  return found;
}

async function ask(mount: Mount, { body = "", ...given }: Omit<Partial<HttpRequest>, "body"> & { body?: string }) {
  const request: HttpRequest = {
    method: mount.method,
    target: mount.path,
    headers: { host: "127.0.0.1:8080", "content-type": "application/json" },
    scheme: "http",
    peer: "127.0.0.1",
    readBody: () => Promise.resolve(Buffer.from(body)),
    ...given,
  };
  const path = { number: "+15551234567" };
  return mount.run({ request, requestId: "RQ", path, query: "limit=2", principal: undefined });
}

const isForeign = (error: unknown): boolean => error instanceof AppError && error.code === 20006;

describe("the simulated phones over HTTP", () => {
  it("answer to this machine", async () => {
    const answer = await ask(mountOf("GET", "/simulator/phones"), {});
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.body as string), { phones: [], page: { limit: 2 } });
  });

  it("answer to no other machine, whatever name it asks for, and to no foreign name", async () => {
    const phones = mountOf("GET", "/simulator/phones");
    await assert.rejects(() => ask(phones, { peer: "203.0.113.9" }), isForeign);
    await assert.rejects(() => ask(phones, { peer: "::ffff:203.0.113.9" }), isForeign);
    await assert.rejects(() => ask(phones, { headers: { host: "evil.example:8080" } }), isForeign);
    assert.equal((await ask(phones, { peer: "::ffff:127.0.0.1" })).status, 200);
    assert.equal((await ask(phones, { peer: "::1", headers: { host: "[::1]:8080" } })).status, 200);
  });

  it("take JSON objects only, which a foreign page cannot send unasked", async () => {
    const post = mountOf("POST", "/simulator/phones/{number}/messages");
    const plain = { host: "localhost:8080", "content-type": "text/plain" };
    await assert.rejects(() => ask(post, { headers: plain, body: '{"to":"1"}' }), AppError);
    for (const body of ["", "[]", "null", "{"]) await assert.rejects(() => ask(post, { body }), AppError);
    assert.deepEqual(texts, []);
    await ask(post, { body: '{"to":"+15005550100","body":"hey"}' });
    assert.deepEqual(texts, [{ from: "+15551234567", to: "+15005550100", body: "hey" }]);
  });
});
