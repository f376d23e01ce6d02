import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Message } from "./message.ts";
import { viewFeedback, viewMedium, viewMessage } from "./message.view.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const SID = `SM${"b".repeat(32)}`;
const PATH = `/2010-04-01/Accounts/${ACCOUNT}/Messages/${SID}`;

const message: Message = {
  sid: SID,
  accountSid: ACCOUNT,
  direction: "outbound-api",
  from: "+12019235161",
  to: "+18182008801",
  body: "testing",
  encoding: "GSM-7",
  segments: 1,
  status: "undelivered",
  errorCode: 30007,
  createdMs: Date.UTC(2019, 4, 24, 17, 18, 27),
  updatedMs: Date.UTC(2019, 4, 24, 17, 18, 29, 900),
  sentMs: Date.UTC(2019, 4, 24, 17, 18, 28),
  validUntilMs: Date.UTC(2019, 4, 25),
  attempts: 1,
  parts: [{ state: "failed", via: "north", id: "1" }],
  carrier: "north",
  statusCallback: "https://example.org/status",
};

describe("the view of a message", () => {
  it("has Twilio's fields and no others, numbers as text where Twilio has them so", () => {
    const { error_message, ...view } = viewMessage(message);
    assert.equal(typeof error_message, "string");
    assert.deepEqual(view, {
      account_sid: ACCOUNT,
      api_version: "2010-04-01",
      body: "testing",
      date_created: "Fri, 24 May 2019 17:18:27 +0000",
      date_sent: "Fri, 24 May 2019 17:18:28 +0000",
      date_updated: "Fri, 24 May 2019 17:18:29 +0000",
      direction: "outbound-api",
      error_code: 30007,
      from: "+12019235161",
      messaging_service_sid: null,
      num_media: "0",
      num_segments: "1",
      price: null,
      price_unit: "USD",
      sid: SID,
      status: "undelivered",
      subresource_uris: { media: `${PATH}/Media.json` },
      to: "+18182008801",
      uri: `${PATH}.json`,
    });
  });

  it("has null for what is not known yet", () => {
    const { errorCode: _code, sentMs: _sent, ...queued } = message;
    const view = viewMessage({ ...queued, status: "queued" });
    assert.deepEqual([view["date_sent"], view["error_code"], view["error_message"]], [null, null, null]);
  });

  it("counts media while they are fetched and when they are there, and links feedback that is wanted", () => {
    const fetching = viewMessage({ ...message, mediaUrls: ["https://a", "https://b"], provideFeedback: true });
    assert.equal(fetching["num_media"], "2");
    assert.deepEqual(fetching["subresource_uris"], { media: `${PATH}/Media.json`, feedback: `${PATH}/Feedback.json` });
    const medium = { sid: `ME${"c".repeat(32)}`, contentType: "image/png", octets: 5 };
    assert.equal(viewMessage({ ...message, media: [medium] })["num_media"], "1");
    assert.deepEqual(viewMedium({ ...medium, message }), {
      account_sid: ACCOUNT,
      content_type: "image/png",
      date_created: "Fri, 24 May 2019 17:18:27 +0000",
      date_updated: "Fri, 24 May 2019 17:18:27 +0000",
      parent_sid: SID,
      sid: medium.sid,
      uri: `${PATH}/Media/${medium.sid}.json`,
    });
  });

  it("shows feedback", () => {
    assert.deepEqual(viewFeedback({ ...message, feedback: "confirmed" }), {
      account_sid: ACCOUNT,
      date_created: "Fri, 24 May 2019 17:18:29 +0000",
      date_updated: "Fri, 24 May 2019 17:18:29 +0000",
      message_sid: SID,
      outcome: "confirmed",
      uri: `${PATH}/Feedback.json`,
    });
  });
});
