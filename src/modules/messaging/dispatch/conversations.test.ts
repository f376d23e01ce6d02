import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Message } from "../message.ts";
import { Conversations } from "./conversations.ts";

function message(sid: string, to = "+447700900123"): Message {
  return {
    sid,
    accountSid: "AC",
    direction: "outbound-api",
    from: "+15005550100",
    to,
    body: "",
    encoding: "GSM-7",
    segments: 1,
    status: "queued",
    createdMs: 0,
    updatedMs: 0,
    validUntilMs: 0,
    attempts: 0,
    parts: [],
  };
}

describe("a conversation", () => {
  it("lets one message go at a time, in the order in which they came", () => {
    const conversations = new Conversations();
    const [a, b, c] = [message("a"), message("b"), message("c")];
    assert.equal(conversations.enter(a), true);
    assert.equal(conversations.enter(b), false);
    assert.equal(conversations.enter(c), false);
    assert.equal(conversations.enter(a), true, "a retry of the first one is still the first one");
    assert.equal(conversations.leave(a), "b");
    assert.equal(conversations.enter(b), true);
    assert.equal(conversations.leave(b), "c");
    assert.equal(conversations.leave(c), undefined);
    assert.equal(conversations.size, 0);
  });

  it("holds up nobody else", () => {
    const conversations = new Conversations();
    assert.equal(conversations.enter(message("a")), true);
    assert.equal(conversations.enter(message("b", "+447700900124")), true);
  });

  it("goes on without a message that was called off while it waited", () => {
    const conversations = new Conversations();
    const [a, b, c] = [message("a"), message("b"), message("c")];
    for (const one of [a, b, c]) conversations.enter(one);
    assert.equal(conversations.leave(b), undefined);
    assert.equal(conversations.leave(a), "c");
  });

  it("is a feed when very many wait: they go side by side", () => {
    const conversations = new Conversations();
    const went = Array.from({ length: 100 }, (_, n) => conversations.enter(message(String(n))));
    assert.equal(went.filter(Boolean).length, 100 - 32);
  });

  it("leaves nothing behind", () => {
    const conversations = new Conversations();
    const all = Array.from({ length: 100 }, (_, n) => message(String(n)));
    let open = all.filter((one) => conversations.enter(one));
    while (open.length > 0) {
      const next = open.map((one) => conversations.leave(one)).filter((sid) => sid !== undefined);
      open = all.filter(({ sid }) => next.includes(sid));
    }
    assert.equal(conversations.size, 0);
    assert.equal(conversations.leave(message("0")), undefined);
  });
});
