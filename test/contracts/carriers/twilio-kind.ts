import assert from "node:assert/strict";
import { signTwilioRequest } from "../../../src/platform/webhooks/index.ts";
import { HttpPeerFake, PUBLIC_URL, type FakeCall, type Shape } from "./http-peer.ts";
import { PHONE, FROM, type CarrierKind, type Verdict } from "./rig.ts";
import { exampleText } from "./settings-file.ts";

const TOKEN = "replace-with-the-auth-token";
const ACCOUNT = "AC00000000000000000000000000000000";
const ERRORS: Readonly<Record<Verdict, { status: number; code: number }>> = {
  throttle: { status: 429, code: 20429 },
  "other-route": { status: 401, code: 20003 },
  permanent: { status: 400, code: 21211 },
  later: { status: 400, code: 63038 },
};

/** A signed form to one of our endpoints. */
export function signedCall(path: string, params: Readonly<Record<string, string>>, token = TOKEN): FakeCall {
  const form = Object.entries(params);
  const { signature } = signTwilioRequest({ authToken: token, url: PUBLIC_URL + path, params: form });
  return {
    method: "POST",
    url: path,
    headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature },
    body: new URLSearchParams(form).toString(),
  };
}

export const twilioShape: Shape = {
  verdicts: ["throttle", "later", "other-route", "permanent"],
  settings: (host) =>
    `${exampleText("twilio")}    baseUrl: http://${host}/\n    maxInFlight: 10\n    responseTimeoutMs: 2000\n`,
  read: ({ method, url, headers, body }) => {
    assert.equal(`${method} ${url}`, `POST /2010-04-01/Accounts/${ACCOUNT}/Messages.json`);
    assert.equal(headers.authorization, `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString("base64")}`);
    const form = new URLSearchParams(body);
    assert.deepEqual([form.get("From"), form.get("To")], [FROM, PHONE]);
    assert.equal(form.get("StatusCallback"), `${PUBLIC_URL}/carriers/upstream/status`);
    assert.match(form.get("ValidityPeriod") ?? "", /^\d+$/);
    return { text: form.get("Body") ?? "", reference: "" };
  },
  id: (_reference, number) => `SM${number.toString(16).padStart(32, "a")}`,
  accept: (sid) => ({ status: 201, body: JSON.stringify({ sid, status: "queued", error_code: null }) }),
  refuse: (verdict) => {
    const { status, code } = ERRORS[verdict];
    return { status, body: JSON.stringify({ code, status, message: "no", more_info: "" }) };
  },
  receipt: ({ id, result }) =>
    signedCall("/carriers/upstream/status", {
      MessageSid: id,
      MessageStatus: result === "delivered" ? "delivered" : "undelivered",
      AccountSid: ACCOUNT,
      From: FROM,
      To: PHONE,
      ...(result === "failed" ? { ErrorCode: "30005" } : {}),
    }),
  text: ({ from, to, text }) =>
    signedCall("/carriers/upstream/inbound", { MessageSid: `SM${"b".repeat(32)}`, From: from, To: to, Body: text }),
};

/** Another Twilio-compatible account, as its public API behaves. */
export const twilioKind: CarrierKind = {
  name: "twilio",
  type: "twilio",
  window: 10,
  timeoutMs: 2_000,
  hasPeer: true,
  isWhole: true,
  make: async (world) => {
    const peer = new HttpPeerFake(twilioShape, world);
    return { carrier: await peer.start(), peer };
  },
};
