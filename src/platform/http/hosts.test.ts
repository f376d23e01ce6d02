import assert from "node:assert/strict";
import { test } from "node:test";
import { AUTH, sampleServer } from "./sample-api.test.ts";

async function first(url: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const answer = await sampleServer().server.inject({ method: "GET", url, auth: AUTH, headers });
  return { status: answer.status, text: answer.body };
}

test("the host chooses the product of a path that several have", async () => {
  assert.equal((await first("http://messaging.twilio.com/v1/Services")).status, 200);
  assert.equal((await first("http://verify.twilio.com/v1/Services")).status, 200);
  assert.equal((await first("http://api.twilio.com/v1/Services")).status, 404);
  assert.equal((await first("http://nothing.twilio.com/v1/Services")).status, 404);
});

test("X-Forwarded-Host comes before Host, and is where addresses lead", async () => {
  const headers = { "X-Forwarded-Host": "verify.twilio.com, proxy.local", "X-Forwarded-Proto": "https" };
  const { status, text } = await first("http://127.0.0.1:8080/v1/Services", headers);
  assert.equal(status, 200);
  assert.match(text, /"url":"https:\/\/verify\.twilio\.com\/v1\/Services\?/);
});

test("on a plain host a path of one product is found, and one of several is refused", async () => {
  const { server } = sampleServer();
  const only = await server.inject({
    method: "POST",
    url: "http://127.0.0.1:8080/v1/Content",
    auth: AUTH,
    body: "{}",
    headers: { "content-type": "application/json" },
  });
  assert.equal(only.status, 201);
  const several = await first("http://127.0.0.1:8080/v1/Services");
  assert.equal(several.status, 404);
  assert.match(several.text, /messaging, verify/);
});

test("a host that is none is refused before it gets into an address", async () => {
  for (const host of ["a b", "a/b", "a\u0000", "evil.org/<script>", "x".repeat(300), "a:b:c", "user@host"]) {
    assert.equal((await first("/v1/Services", { "X-Forwarded-Host": host })).status, 400, host);
  }
});
