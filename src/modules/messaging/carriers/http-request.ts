import { Buffer } from "node:buffer";
import { buildUdh, concatElement, segmentText, type SegmentedText } from "../../../protocols/sms/index.ts";
import type { HeaderPair } from "../../../protocols/http1/index.ts";
import {
  renderJson,
  renderTemplate,
  type HttpCarrierSettings,
  type TemplateValues,
} from "../../../platform/config/index.ts";
import { keyedHash } from "../../../platform/secrets/index.ts";
import type { Submission } from "./carrier.ts";
import type { PeerRequest } from "./http-peer.ts";

type SubmitSettings = HttpCarrierSettings["submit"];

/** A text as a carrier gets it: whole, or cut. */
export interface CutText {
  readonly encoding: "GSM-7" | "UCS-2";
  readonly parts: readonly string[];
  /** Bits of the reference in the user data header, where it was cut. */
  readonly referenceBits: 8 | 16;
}

/** Cuts a text as the settings say. */
export function cutText(text: string, texts: HttpCarrierSettings["texts"]): CutText {
  const reference = texts === "parts16" ? 16 : 8;
  const segmented: SegmentedText = segmentText(text, { smartEncoding: false, reference });
  const parts = texts === "whole" ? [text] : segmented.segments;
  return { encoding: segmented.encoding, parts, referenceBits: reference };
}

/** What we call one submission: the message, its attempt where that is known, and the part. */
export function referenceOf({ sid, attempt, part }: Submission): string {
  return attempt === undefined ? `${sid}-${part}` : `${sid}-${attempt}-${part}`;
}

/** What the placeholders of a request stand for. */
export function templateValues(
  submission: Submission,
  cut: CutText,
  context: { readonly nowMs: number; readonly callbackUrl: string },
): TemplateValues {
  const { sid, from, to, part, validUntilMs } = submission;
  const total = cut.parts.length;
  // The reference follows from the SID, so that parts sent after a restart still belong together.
  const reference = Number.parseInt(sid.slice(-4), 16) & (cut.referenceBits === 8 ? 0xff : 0xffff);
  const concat = { reference, total, sequence: part + 1 };
  const seconds = Math.max(1, Math.ceil((validUntilMs - context.nowMs) / 1_000));
  const { entityId = "", templateId = "" } = submission.dlt ?? {};
  const values: TemplateValues = {
    to,
    from,
    text: cut.parts[part] ?? "",
    sid,
    reference: referenceOf(submission),
    part: String(part + 1),
    parts: String(total),
    "udh-hex": total > 1 ? buildUdh([concatElement(concat, cut.referenceBits)]).toString("hex") : "",
    concatReference: total > 1 ? String(reference) : "",
    encoding: cut.encoding,
    validitySeconds: String(seconds),
    validityMinutes: String(Math.max(1, Math.floor(seconds / 60))),
    validUntil: new Date(validUntilMs).toISOString(),
    callbackUrl: context.callbackUrl,
    dltEntityId: entityId,
    dltTemplateId: templateId,
  };
  return values;
}

/** The request that hands over a part, with everything filled in. */
export function renderRequest(settings: SubmitSettings, values: TemplateValues): PeerRequest {
  const { auth, method } = settings;
  const headers: HeaderPair[] = [];
  for (const { name, value } of settings.headers) {
    const text = renderTemplate(value, values);
    if (text !== "" || !value.isOptional) headers.push([name, text]);
  }
  const { body, contentType } = renderBody(settings, values);
  if (contentType !== undefined) headers.push(["Content-Type", contentType]);
  let url = renderTemplate(settings.url, values);
  if (auth?.type === "fields" && settings.body.type !== "form") {
    const query = new URLSearchParams(auth.fields.map(({ name, value }): [string, string] => [name, value])).toString();
    url += `${url.includes("?") ? "&" : "?"}${query}`;
  }
  const proof = authorization(auth, body ?? "");
  if (proof !== undefined) headers.push(proof);
  return { method, url, headers, body };
}

function renderBody(
  settings: SubmitSettings,
  values: TemplateValues,
): { readonly body?: string; readonly contentType?: string } {
  const { body, auth } = settings;
  switch (body.type) {
    case "none":
      return {};
    case "json":
      return { body: renderJson(body.template, values), contentType: "application/json" };
    case "text":
      return { body: renderTemplate(body.template, values), contentType: body.contentType };
    case "form": {
      const form = new URLSearchParams();
      for (const { name, value } of body.fields) {
        const text = renderTemplate(value, values);
        if (text !== "" || !value.isOptional) form.append(name, text);
      }
      if (auth?.type === "fields") for (const { name, value } of auth.fields) form.append(name, value);
      return { body: form.toString(), contentType: "application/x-www-form-urlencoded" };
    }
  }
}

function authorization(auth: SubmitSettings["auth"], body: string): HeaderPair | undefined {
  switch (auth?.type) {
    case "basic":
      return ["Authorization", `Basic ${Buffer.from(`${auth.username}:${auth.password}`, "utf8").toString("base64")}`];
    case "bearer":
      return ["Authorization", `Bearer ${auth.token}`];
    case "header":
      return [auth.name, auth.value];
    case "hmac":
      return [
        auth.header,
        auth.prefix + keyedHash({ algorithm: "sha256", key: auth.key, content: body, encoding: auth.encoding }),
      ];
    case "fields":
    case undefined:
      return undefined;
  }
}
