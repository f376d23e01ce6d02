import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Fact } from "../../platform/cell/index.ts";
import { noticeMachine } from "./notice-machine.ts";
import type { Notice } from "./notice.ts";

const notice: Notice = {
  id: "QE1:0:2",
  accountSid: "AC1",
  type: "campaign.verified",
  resourceSid: "QE1",
  status: "VERIFIED",
  brandSid: "BN1",
  serviceSid: "MG1",
  externalId: "C1",
  atMs: 0,
};

function factsOf(told: Notice, url?: string): Fact[] {
  const facts: Fact[] = [];
  const emit = (fact: Fact): number => facts.push(fact);
  const context = { offset: 0, atMs: 0, effect: () => undefined, emit };
  noticeMachine().reducers["a2p.told"]?.(
    { kind: "a2p.told", notice: told, ...(url === undefined ? {} : { url }) },
    context,
  );
  return facts;
}

describe("changes of a registration", () => {
  it("are a webhook where a URL is set", () => {
    assert.deepEqual(factsOf(notice), []);
    const [webhook] = factsOf(notice, "https://example.com/a2p");
    assert.deepEqual(webhook, {
      kind: "webhook.requested",
      id: "a2p:QE1:0:2",
      accountSid: "AC1",
      orderKey: "QE1",
      purpose: "a2p-status",
      resourceSid: "QE1",
      url: "https://example.com/a2p",
      method: "POST",
      params: [
        ["EventType", "campaign.verified"],
        ["AccountSid", "AC1"],
        ["ResourceSid", "QE1"],
        ["Status", "VERIFIED"],
        ["Timestamp", "1970-01-01T00:00:00.000Z"],
        ["BrandSid", "BN1"],
        ["MessagingServiceSid", "MG1"],
        ["ExternalId", "C1"],
      ],
    });
  });

  it("for the worse are an alert with the registry's code", () => {
    const failed = { ...notice, status: "FAILED", errorCode: 30886, errorText: "Too short." };
    const [alert] = factsOf(failed);
    assert.deepEqual(alert, {
      kind: "alert.raised",
      accountSid: "AC1",
      errorCode: 30886,
      level: "error",
      text: "QE1 is FAILED: Too short.",
      resourceSid: "QE1",
    });
    assert.equal(factsOf(failed, "https://example.com/a2p").length, 2);
    const suspended = factsOf({ ...notice, status: "SUSPENDED" })[0] as unknown as { errorCode: number };
    assert.equal(suspended.errorCode, 30033);
  });
});
