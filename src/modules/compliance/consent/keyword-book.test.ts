import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Setting } from "../settings/index.ts";
import { ConsentState } from "./consent-state.ts";
import { KeywordBook, STANDARD, type OptOutConfiguration } from "./keyword-book.ts";
import { readsLikeRevocation } from "./revocation.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const SERVICE = `MG${"b".repeat(32)}`;
const NUMBER = "+12125550100";
const PHONE = "+12125550199";

function start(...configurations: Partial<OptOutConfiguration>[]) {
  const consents = new ConsentState("a key");
  const book = new KeywordBook(consents);
  for (const more of configurations) {
    const document = { ...STANDARD, scope: NUMBER, ...more };
    book.put({ accountSid: ACCOUNT, document } as unknown as Setting);
  }
  const text = (body: string, more: { from?: string; to?: string; serviceSid?: string } = {}) =>
    book.match({ accountSid: ACCOUNT, from: PHONE, to: NUMBER, body, ...more });
  return { consents, book, text };
}

describe("keywords", () => {
  it("are Twilio's words, alone, in any case and with space around", () => {
    const { text } = start();
    for (const word of ["STOP", "stopall", "Unsubscribe", "CANCEL", "end", "Quit", "REVOKE", "OptOut", "  stop \n"]) {
      assert.equal(text(word)?.type, "STOP", word);
    }
    for (const word of ["START", "yes", "UNSTOP"]) assert.equal(text(word)?.type, "START", word);
    for (const word of ["HELP", "info"]) assert.equal(text(word)?.type, "HELP", word);
    for (const body of ["STOP it", "please stop", "", "STOPPED", "s t o p", "x".repeat(1_600)]) {
      assert.equal(text(body), undefined, body.slice(0, 20));
    }
  });

  it("are for the service where the number is in one, else for the number", () => {
    const { text } = start();
    assert.equal(text("STOP")?.scope, NUMBER);
    assert.equal(text("STOP", { serviceSid: SERVICE })?.scope, SERVICE);
  });

  it("are confirmed only when something changes", () => {
    const { text, consents } = start();
    assert.ok(text("STOP")?.reply);
    assert.equal(text("YES")?.reply, undefined, "YES in a conversation gets no answer");
    consents.pairs.add(ACCOUNT, NUMBER, PHONE);
    assert.equal(text("STOP")?.reply, undefined);
    assert.ok(text("START")?.reply);
    assert.ok(text("HELP")?.reply);
  });

  it("are left to the network of toll-free numbers: it answers STOP and UNSTOP itself", () => {
    const { text } = start();
    const to = "+18005550100";
    const match = { type: "STOP", scope: to, source: "toll-free-network", keyword: "STOP" };
    assert.deepEqual(text("stop", { to }), match);
    assert.equal(text("unstop", { to })?.type, "START");
    assert.equal(text("unstop", { to })?.source, "toll-free-network");
    assert.equal(text("cancel", { to })?.source, undefined);
  });

  it("are understood in the languages of the recipient's country, and answered in them", () => {
    const { text } = start();
    assert.match(text("arrêt", { from: "+14165550199" })?.reply ?? "", /désabonné/);
    assert.equal(text("ABMELDEN", { from: "+4915112345678" })?.type, "STOP");
    assert.equal(text("ABMELDEN"), undefined, "not in the United States");
  });

  it("are configured by service and number, by the recipient's country", () => {
    const { text } = start(
      { stopKeywords: ["BASTA"], stopReply: "Bye." },
      { country: "FR", languages: ["fr"], helpReply: "Bonjour." },
      { scope: SERVICE, replies: false },
    );
    assert.deepEqual(text("basta"), { type: "STOP", scope: NUMBER, keyword: "BASTA", reply: "Bye." });
    assert.equal(text("STOP")?.reply, "Bye.", "the standard words stay");
    assert.equal(text("aide", { from: "+33612345678" })?.reply, "Bonjour.");
    assert.equal(text("basta", { from: "+33612345678" }), undefined);
    assert.deepEqual(text("stop", { serviceSid: SERVICE }), { type: "STOP", scope: SERVICE, keyword: "STOP" });
  });

  it("are nobody's business where the customer does it himself", () => {
    const { text } = start({ enabled: false });
    assert.equal(text("STOP"), undefined);
    assert.equal(text("STOP", { to: "+12125550177" })?.type, "STOP");
  });
});

describe("requests to stop in one's own words", () => {
  it("are noticed", () => {
    for (const body of [
      "please stop texting me",
      "STOP!!!! NOW",
      "Don't text me anymore",
      "take me off your list",
      "Please remove my number.",
      "opt-out",
      "unsubscribe me pls",
      "Leave me alone",
    ]) {
      assert.ok(readsLikeRevocation(body), body);
    }
  });

  it("are not seen in what is about something else", () => {
    for (const body of ["See you at the bus stop at 5", "yes please", "My order has not come", "How do I pay?"]) {
      assert.ok(!readsLikeRevocation(body), body);
    }
  });
});
