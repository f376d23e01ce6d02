import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PhoneMessage } from "../modules/simulator/index.ts";
import { chatText, phoneListText, showLocalTime } from "./phone-text.ts";
import { printable } from "./printable.ts";

const look = { showTime: (timeMs: number) => `t${timeMs}` };

const received: PhoneMessage = {
  id: "1",
  direction: "received",
  timeMs: 1,
  from: "+15005550100",
  to: "+15551234567",
  body: "Hello\nyou",
  encoding: "GSM-7",
  concatenation: "none",
  parts: [{ id: "1", sequence: 1, octets: 9 }],
  state: "DELIVERED",
};

const sent: PhoneMessage = {
  ...received,
  id: "2",
  direction: "sent",
  timeMs: 2,
  from: received.to,
  to: received.from,
  body: "Hi back",
  state: "taken",
};

describe("phones in text", () => {
  it("show a conversation, what the phone sent set in", () => {
    assert.equal(
      chatText([received, sent], look),
      "t1  from +15005550100\nHello\nyou\n\n    t2  to +15005550100\n    Hi back\n\n",
    );
  });

  it("say what is out of the ordinary", () => {
    const part = { id: "1", sequence: 1, octets: 140 };
    const long = { ...received, parts: [part, part], missingParts: 1, encoding: "BINARY", state: "EXPIRED" as const };
    assert.match(
      chatText([long], look),
      /^t1 {2}from \+15005550100 {2}\[expired\] {2}\(2 parts\) {2}\(1 missing\) {2}\(binary\)\n/,
    );
    assert.match(chatText([{ ...sent, state: "queued" }], look), / {2}\[queued\]\n/);
  });

  it("list phones with their last text on one line", () => {
    const text = phoneListText(
      {
        phones: [
          { number: "+15551234567", messageCount: 12, lastMessage: { ...received, body: `a\n${"b".repeat(99)}` } },
          { number: "+4412", messageCount: 1, lastMessage: sent },
        ],
        nextCursor: "1",
      },
      look,
    );
    assert.equal(
      text,
      `+15551234567     12  t1  a ${"b".repeat(45)}…\n+4412             1  t2  → Hi back\n… and more; --limit shows them.\n`,
    );
    assert.match(phoneListText({ phones: [] }, look), /No phone was texted yet/);
  });

  it("let no text drive the terminal", () => {
    assert.equal(printable("a\u001b[2Jb\u009bc\r\nd\rе\u202ef"), "a·[2Jb·c\nd·е·f");
    const hostile = { ...received, body: "\u001b]0;x\u0007", from: "\u001b[31m" };
    assert(!/[^\n\P{Cc}]/u.test(chatText([hostile], look)));
    assert(
      !/[^\n\P{Cc}]/u.test(phoneListText({ phones: [{ number: "+1", messageCount: 1, lastMessage: hostile }] }, look)),
    );
  });

  it("show the time of this machine", () => {
    assert.equal(showLocalTime(new Date(2026, 2, 9, 4, 5, 6).getTime()), "2026-03-09 04:05:06");
  });
});
