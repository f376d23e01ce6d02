import { Buffer } from "node:buffer";
import type { TwilioCarrierSettings } from "../../../platform/config/index.ts";
import { parseFields, type Fields } from "../../../platform/http/index.ts";
import type { HttpClientResponse } from "../../../platform/http-client/index.ts";
import type { Clock, Logger, Net } from "../../../platform/ports.ts";
import { isSameSecret } from "../../../platform/secrets/index.ts";
import { signTwilioRequest } from "../../../platform/webhooks/index.ts";
import type { HeaderPair } from "../../../protocols/http1/index.ts";
import { bareAddress } from "../address.ts";
import type { Receipt, SubmitOutcome } from "../records.ts";
import type { CarrierEndpoint, EndpointAnswer, EndpointCall, IncomingText, Submission } from "./carrier.ts";
import { TRY_AGAIN } from "./endpoint-work.ts";
import { HttpPeerCarrier } from "./http-peer-carrier.ts";
import { doneDateOf, isGsm7, publicAddress } from "./http-values.ts";
import type { CarrierCommon } from "./smpp.ts";
import type { CarrierTraces } from "./traces/index.ts";
import { receiptOf, refusalOf } from "./twilio-codes.ts";

export interface TwilioCarrierOptions {
  readonly settings: CarrierCommon & TwilioCarrierSettings;
  readonly net: Net;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly traces?: CarrierTraces | undefined;
  /** What is not written down there. */
  readonly secrets?: readonly string[] | undefined;
  /** Where this platform is reached from outside, without a slash at the end. */
  readonly publicUrl: () => string;
}

const MAX_ANSWER_OCTETS = 65_536;
const MAX_CALLBACK_OCTETS = 65_536;
/** The longest `ValidityPeriod` that is taken there; a message that lives longer here has another try after it. */
const MAX_VALIDITY_SECONDS = 36_000;
const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';

/** A carrier that is an account of another Twilio-compatible platform, over its REST API. */
export class TwilioCarrier extends HttpPeerCarrier {
  private readonly options: TwilioCarrierOptions;
  private readonly url: string;
  private readonly headers: readonly HeaderPair[];

  constructor(options: TwilioCarrierOptions) {
    const { settings, net, clock, traces, secrets } = options;
    // There is nothing that would make a request recognised when it comes twice.
    super("twilio", { settings, net, clock, maxAnswerOctets: MAX_ANSWER_OCTETS, retryStale: false, traces, secrets });
    this.options = options;
    const { accountSid, authToken, apiKey } = settings;
    this.url = `${withoutSlash(settings.baseUrl)}/2010-04-01/Accounts/${accountSid}/Messages.json`;
    const credentials = apiKey === undefined ? `${accountSid}:${authToken}` : `${apiKey.sid}:${apiKey.secret}`;
    this.headers = [
      ["Authorization", `Basic ${Buffer.from(credentials, "utf8").toString("base64")}`],
      ["Content-Type", "application/x-www-form-urlencoded"],
      ["Accept", "application/json"],
    ];
  }

  /** The other side cuts. */
  countParts(): number {
    return 1;
  }

  submit(submission: Submission, done: (outcome: SubmitOutcome) => void): void {
    if (this.capacity() === 0) return done({ kind: "not-sent", reason: "no-room" });
    const body = this.form(submission).toString();
    const { sid, attempt, part } = submission;
    const label = { sid, attempt, part };
    this.peer.send({ method: "POST", url: this.url, headers: this.headers, body, label }, readOutcome, done);
  }

  private form(submission: Submission): URLSearchParams {
    const { settings, clock } = this.options;
    const form = new URLSearchParams({ To: submission.to, Body: submission.text });
    if (settings.messagingServiceSid !== undefined) form.append("MessagingServiceSid", settings.messagingServiceSid);
    if (settings.from !== undefined) form.append("From", settings.from);
    else if (settings.messagingServiceSid === undefined) form.append("From", submission.from);
    const seconds = Math.ceil((submission.validUntilMs - clock.nowMs()) / 1_000);
    form.append("ValidityPeriod", String(Math.min(MAX_VALIDITY_SECONDS, Math.max(1, seconds))));
    if (settings.receipts === "callback") form.append("StatusCallback", this.ownUrl("/status"));
    return form;
  }

  private ownUrl(path: string): string {
    return `${this.base()}/carriers/${this.name}${path}`;
  }

  private base(): string {
    return withoutSlash(this.options.settings.callbackBaseUrl ?? this.options.publicUrl());
  }

  protected ownEndpoints(): readonly CarrierEndpoint[] {
    return [
      { name: "status", method: "POST", hasSecret: false, run: (call) => this.take(call, "status") },
      { name: "inbound", method: "POST", hasSecret: false, run: (call) => this.take(call, "inbound") },
    ];
  }

  private async take(call: EndpointCall, kind: "status" | "inbound"): Promise<EndpointAnswer> {
    const body = await call.readBody(MAX_CALLBACK_OCTETS);
    const fields = parseFields(body.toString("utf8"));
    if (!this.isSigned(call, fields)) {
      this.options.logger.warn("carrier.signature-wrong", { carrier: this.name, endpoint: kind });
      return { status: 403 };
    }
    const { listener, work } = this;
    if (listener === undefined) return TRY_AGAIN;
    if (kind === "status") {
      const receipt = readReceipt(fields);
      const receipts = receipt === undefined ? [] : [receipt];
      const isDurable = await work.settled(receipts, (one, settle) => listener.onReceipt(one, settle));
      return isDurable ? { status: 204 } : TRY_AGAIN;
    }
    const text = readText(fields);
    const texts = text === undefined ? [] : [text];
    const isDurable = await work.settled(texts, (one, settle) => listener.onText(one, settle));
    return isDurable ? { status: 200, contentType: "text/xml", body: EMPTY_TWIML } : TRY_AGAIN;
  }

  /** Signed over the URL as the other side knows it, which is the public one and not what a proxy makes of it. */
  private isSigned(call: EndpointCall, fields: Fields): boolean {
    const { pairs } = fields;
    const params: [string, string][] = [];
    for (let i = 0; i < pairs.length; i += 2) params.push([pairs[i] ?? "", pairs[i + 1] ?? ""]);
    const { authToken } = this.options.settings;
    const { signature } = signTwilioRequest({ authToken, url: this.base() + call.target, params });
    return isSameSecret(call.header("x-twilio-signature") ?? "", signature);
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

function readOutcome(response: HttpClientResponse): SubmitOutcome {
  const { status } = response;
  const content = readJson(response.body);
  const { sid, code } = content;
  if (status >= 200 && status < 300) {
    // Without an id no callback will ever match; that is what "unknown" means.
    if (typeof sid !== "string" || !/^(SM|MM)[0-9a-fA-F]{32}$/.test(sid))
      return { kind: "unknown", reason: "no message id" };
    return { kind: "accepted", id: sid };
  }
  return refusalOf(status, typeof code === "number" ? code : undefined);
}

function readJson(body: Buffer): { readonly sid?: unknown; readonly code?: unknown } {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function readReceipt(fields: Fields): Receipt | undefined {
  const id = fields.first("MessageSid") ?? fields.first("SmsSid") ?? "";
  const status = fields.first("MessageStatus") ?? fields.first("SmsStatus") ?? "";
  if (id === "" || status === "") return undefined;
  const doneDate = doneDateOf(fields.first("RawDlrDoneDate"));
  return {
    ...receiptOf(status, fields.first("ErrorCode")),
    id,
    from: bareAddress(fields.first("From") ?? ""),
    to: bareAddress(fields.first("To") ?? ""),
    ...(doneDate === undefined ? {} : { doneDate }),
  };
}

function readText(fields: Fields): IncomingText | undefined {
  const from = fields.first("From") ?? "";
  const to = fields.first("To") ?? "";
  if (from === "" || to === "") return undefined;
  const text = fields.first("Body") ?? "";
  return { from: publicAddress(from), to: publicAddress(to), text, encoding: isGsm7(text) ? "GSM-7" : "UCS-2" };
}
