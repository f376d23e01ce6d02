import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../kernel/errors.ts";
import type { HttpRequest, HttpResponse } from "../../platform/http/index.ts";
import { echoMount, echoOf } from "./echo-app.ts";

async function ask(body: string, given: Partial<HttpRequest> = {}): Promise<HttpResponse> {
  const mount = echoMount();
  const request: HttpRequest = {
    method: mount.method,
    target: mount.path,
    headers: { host: "127.0.0.1:8080", "content-type": "application/x-www-form-urlencoded" },
    scheme: "http",
    peer: "127.0.0.1",
    readBody: (maxOctets) => {
      assert.ok(maxOctets <= 65_536);
      return Promise.resolve(Buffer.from(body));
    },
    ...given,
  };
  return mount.run({ request, requestId: "RQ", path: {}, query: "", principal: undefined });
}

describe("the built-in echo app", () => {
  it("answers a webhook with what the text said, signed or not", async () => {
    const { status, headers, body } = await ask(new URLSearchParams({ From: "+15551234567", Body: "Hi" }).toString());
    assert.equal(status, 200);
    assert.equal(headers[1], "text/xml; charset=utf-8");
    assert.match(body as string, /<Response><Message>You said: Hi<\/Message><\/Response>/);
  });

  it("keeps what a text says from being markup, and leaves out what XML cannot hold", () => {
    assert.equal(echoOf("<b>&amp;\r\n"), reply("You said: &lt;b&gt;&amp;amp;&#13;\n"));
    assert.equal(echoOf("a\u0000b\uD800c👋"), reply("You said: a\uFFFDb\uFFFDc👋"));
    assert.equal(echoOf("</Message><Redirect>http://x</Redirect>").includes("<Redirect>"), false);
  });

  it("answers no echo, or two numbers would never stop", () => {
    assert.equal(echoOf("You said: Hi"), "<Response/>");
  });

  it("says something about a text without words, and shortens long ones", () => {
    assert.equal(echoOf(""), reply("You said nothing."));
    const long = echoOf("👋".repeat(2_000));
    assert.equal(Array.from(long.replace(/<[^>]*>/g, "")).length, "You said: ".length + 1_500 + " …".length);
  });

  it("answers to this machine alone", async () => {
    const isForeign = (error: unknown): boolean => error instanceof AppError && error.code === 20006;
    await assert.rejects(() => ask("Body=Hi", { peer: "203.0.113.9" }), isForeign);
    await assert.rejects(() => ask("Body=Hi", { headers: { host: "evil.example" } }), isForeign);
  });
});

function reply(text: string): string {
  return `<Response><Message>${text}</Message></Response>`;
}
