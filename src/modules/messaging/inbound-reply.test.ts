import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { AppError } from "../../kernel/errors.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { FREE_SPENDING } from "../../platform/spending/index.ts";
import type { ResponderVerdict, WebhookJob } from "../../platform/webhooks/index.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import type { MessagingDeps } from "./deps.ts";
import { messageErrors } from "./errors.ts";
import { inboundReply } from "./inbound-reply.ts";
import { MessageState } from "./message-state.ts";
import { NO_SERVICES, PERMISSIVE_COMPLIANCE } from "./neighbour-defaults.ts";
import type { MessageAccepted } from "./records.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const PHONE = "+12125550123";
const OUR_NUMBER = "+12125550100";
const SHORT_CODE = "55555";
const URL_ASKED = "https://example.com/sms/reply?x=1";

function makeDeps(): MessagingDeps {
  const clock = new ManualClock();
  const minter = new SidMinter(
    () => clock.nowMs(),
    (count) => new Uint8Array(count),
  );
  return {
    state: new MessageState(),
    clock,
    logger: silentLogger,
    router: { serves: () => true, networkOf: () => undefined },
    rates: { perSecond: () => undefined },
    services: NO_SERVICES,
    compliance: PERMISSIVE_COMPLIANCE,
    spending: FREE_SPENDING,
    mintSid: (prefix: string) => minter.mint(prefix),
    numbers: {
      sender: (_account: string, address: string) =>
        [OUR_NUMBER, SHORT_CODE].includes(address) ? { mms: address === OUR_NUMBER } : undefined,
    },
    callbackEvents: "all",
  } as unknown as MessagingDeps;
}

const job: WebhookJob = {
  id: "SM1:received",
  accountSid: ACCOUNT,
  orderKey: "SM1",
  purpose: "message.inbound",
  resourceSid: "SM1",
  url: URL_ASKED,
  method: "POST",
  params: [
    ["To", OUR_NUMBER],
    ["From", PHONE],
    ["Body", "hi"],
  ],
  createdMs: 0,
};

function respond(body: string, options: { contentType?: string; status?: number; deps?: MessagingDeps } = {}) {
  const { contentType = "text/xml", status = 200, deps = makeDeps() } = options;
  return inboundReply(deps)(job, { status, contentType, body }, URL_ASKED);
}

const twiml = (inside: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${inside}</Response>`;

function recordsOf(verdict: ResponderVerdict): MessageAccepted[] {
  assert.notEqual(verdict.kind, "failed");
  return "records" in verdict ? (verdict.records as MessageAccepted[]) : [];
}

function warningOf(verdict: ResponderVerdict): number | undefined {
  return "warning" in verdict ? verdict.warning?.errorCode : undefined;
}

function failureOf(verdict: ResponderVerdict): number | undefined {
  return verdict.kind === "failed" ? verdict.errorCode : undefined;
}

describe("the answer to an incoming message", () => {
  it("may say nothing", () => {
    const nothing = { kind: "done", records: [] };
    assert.deepEqual(respond(""), nothing);
    assert.deepEqual(respond("  \n", { contentType: "" }), nothing);
    assert.deepEqual(respond("ignored", { status: 204, contentType: "image/png" }), nothing);
    assert.deepEqual(respond(twiml("")), nothing);
  });

  it("sends replies from the number that was texted to who texted it", () => {
    const verdict = respond(twiml("<Message>Hello</Message><Message><Body>again</Body></Message>"));
    assert.equal(verdict.kind, "done");
    const [first, second] = recordsOf(verdict);
    assert.deepEqual(
      [first?.kind, first?.direction, first?.accountSid, first?.from, first?.to, first?.body],
      ["message.accepted", "outbound-reply", ACCOUNT, OUR_NUMBER, PHONE, "Hello"],
    );
    assert.equal(second?.body, "again");
    assert.notEqual(first?.sid, second?.sid);
    assert.equal(warningOf(verdict), undefined);
  });

  it("sends replies to and from other numbers when it says so", () => {
    const [record] = recordsOf(respond(twiml(`<Message to="+12125550177" from="${SHORT_CODE}">x</Message>`)));
    assert.deepEqual([record?.to, record?.from], ["+12125550177", SHORT_CODE]);
  });

  it("is TwiML under three content types, and a text to send back as plain text", () => {
    for (const contentType of ["text/xml", "application/xml", "text/html"]) {
      assert.equal(recordsOf(respond(twiml("<Message>x</Message>"), { contentType })).length, 1);
    }
    const [record] = recordsOf(respond("Thanks & <b>bye</b>\n", { contentType: "text/plain" }));
    assert.equal(record?.body, "Thanks & <b>bye</b>");
  });

  it("fails with another content type, with a bad status, or when it is too long", () => {
    assert.equal(failureOf(respond("{}", { contentType: "application/json" })), 12300);
    assert.equal(failureOf(respond("x", { contentType: "" })), 12300);
    assert.equal(failureOf(respond("x", { status: 500 })), 11200);
    assert.equal(failureOf(respond(twiml(`<!-- ${"é".repeat(33_000)} -->`))), 11750);
    assert.equal(failureOf(respond("x".repeat(65_537), { contentType: "text/plain" })), 11750);
  });

  it("fails when it is no TwiML, and says where", () => {
    const verdict = respond("<Response>\n<Message>Fish & chips</Message></Response>");
    assert.equal(failureOf(verdict), 12100);
    assert.match(verdict.kind === "failed" ? verdict.text : "", /line 2, column/);
    assert.equal(failureOf(respond("<!DOCTYPE html><html></html>", { contentType: "text/html" })), 12100);
    assert.equal(failureOf(respond('<?xml version="3.0"?><Response/>')), 12101);
    assert.equal(failureOf(respond("<Respond/>")), 12102);
  });

  it("has its relative addresses resolved, and its absolute ones left as they are", () => {
    const inside =
      '<Message action="../status#rc=2"><Body>x</Body><Media>/a b.png</Media><Media>HTTPS://Example.org</Media></Message>';
    const [record] = recordsOf(respond(twiml(inside)));
    assert.equal(record?.statusCallback, "https://example.com/status#rc=2");
    assert.deepEqual(record?.mediaUrls, ["https://example.com/a%20b.png", "HTTPS://Example.org"]);
    assert.match(record?.sid ?? "", /^MM/);
  });

  it("has its status told to action, or to statusCallback where there is no action", () => {
    const [first, second, third] = recordsOf(
      respond(
        twiml(
          '<Message action="/a" statusCallback="/s">x</Message><Message statusCallback="/s">x</Message><Message>x</Message>',
        ),
      ),
    );
    assert.equal(first?.statusCallback, "https://example.com/a");
    assert.equal(second?.statusCallback, "https://example.com/s");
    assert.equal(third?.statusCallback, undefined);
  });

  it("sends a reply without a status callback that is invalid, with a warning", () => {
    const verdict = respond(twiml('<Message action="ftp://x/y">x</Message>'));
    assert.equal(recordsOf(verdict)[0]?.statusCallback, undefined);
    assert.equal(warningOf(verdict), 14105);
    assert.equal(warningOf(respond(twiml('<Message action="/a" method="GET">x</Message>'))), 14104);
  });

  it("warns of a reply that cannot be sent and sends the others", () => {
    const cases: [string, number][] = [
      ['<Message to="nobody">x</Message>', 14101],
      ['<Message to="12">x</Message>', 14101],
      ['<Message from="!">x</Message>', 14102],
      ['<Message from="+12125550199">x</Message>', 14108],
      ["<Message/>", 14103],
      [`<Message>${"é".repeat(1_601)}</Message>`, 14103],
      [`<Message to="${OUR_NUMBER}">x</Message>`, 21266],
      ["<Message><Media>ftp://x/y.png</Media></Message>", 21620],
      [`<Message>${"<Media>/x.png</Media>".repeat(11)}</Message>`, 21623],
      [`<Message from="${SHORT_CODE}"><Media>/x.png</Media></Message>`, 21621],
      ["<Say>x</Say>", 14110],
      ["<Nothing/>", 12200],
    ];
    for (const [inside, code] of cases) {
      const verdict = respond(twiml(`${inside}<Message>still sent</Message>`));
      assert.deepEqual(
        [warningOf(verdict), recordsOf(verdict).map((record) => record.body)],
        [code, ["still sent"]],
        inside,
      );
    }
  });

  it("counts characters, not code units", () => {
    assert.equal(recordsOf(respond(twiml(`<Message>${"😀".repeat(1_600)}</Message>`))).length, 1);
  });

  it("does not reply to who has said stop", () => {
    const deps = makeDeps();
    const error = new AppError(messageErrors.optedOut, { from: OUR_NUMBER, to: PHONE });
    const compliance = { ...PERMISSIVE_COMPLIANCE, check: () => ({ kind: "refuse", error, rule: "opt-out" }) as const };
    const verdict = respond(twiml("<Message>x</Message>"), { deps: { ...deps, compliance } });
    assert.deepEqual([recordsOf(verdict), warningOf(verdict)], [[], 21610]);
  });

  it("tells of all warnings in one, under the first code", () => {
    const verdict = respond(twiml('<Say/><Message to="?">x</Message>'));
    assert.ok(verdict.kind === "done");
    assert.equal(verdict.warning?.errorCode, 14110);
    assert.match(verdict.warning?.text ?? "", /\n14101: The reply of line 2 is not sent: /);
  });

  it("sends at most ten replies", () => {
    const ten = respond(twiml("<Message>x</Message>".repeat(10)));
    assert.deepEqual([recordsOf(ten).length, warningOf(ten)], [10, undefined]);
    const many = respond(twiml("<Message>x</Message>".repeat(300)));
    assert.deepEqual([recordsOf(many).length, warningOf(many)], [10, 14109]);
  });

  it("goes on elsewhere after the replies before a redirect", () => {
    const verdict = respond(
      twiml('<Message>a</Message><Redirect method="GET">next?y=2</Redirect><Message>b</Message>'),
    );
    assert.ok(verdict.kind === "redirect");
    assert.deepEqual([verdict.url, verdict.method], ["https://example.com/sms/next?y=2", "GET"]);
    assert.deepEqual(
      recordsOf(verdict).map((record) => record.body),
      ["a"],
    );
    const itself = respond(twiml("<Redirect/>"));
    assert.equal(itself.kind === "redirect" && itself.url, URL_ASKED);
  });

  it("fails on a redirect to nowhere, unless something was to be sent before it", () => {
    assert.equal(failureOf(respond(twiml("<Redirect>ftp://x/</Redirect>"))), 11200);
    const verdict = respond(twiml("<Message>a</Message><Redirect>http://</Redirect>"));
    assert.deepEqual([recordsOf(verdict).length, warningOf(verdict)], [1, 11200]);
  });

  it("comes to the same again for the same answer", () => {
    const body = twiml('<Message action="/a">x</Message><Message to="?">y</Message>');
    assert.deepEqual(respond(body), respond(body));
  });
});
