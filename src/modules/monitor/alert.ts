import { Buffer } from "node:buffer";
import type { AlertRaised } from "../../platform/webhooks/index.ts";

/** One entry of an account's debugger log. */
export interface Alert extends Omit<AlertRaised, "kind"> {
  /** `NO…` */
  readonly sid: string;
  readonly createdMs: number;
}

/** How often more an alert would have been written within its minute. */
export interface AlertRepeats {
  readonly sid: string;
  repeats: number;
}

/** Levels that a list can be filtered by. Nothing is raised as `debug`. */
export const LEVELS = ["error", "warning", "notice", "debug"] as const;

const MAX_TEXT_OCTETS = 4_096;
const MAX_URL_OCTETS = 4_096;
const MAX_VARIABLES_OCTETS = 8_192;
const MAX_BODY_OCTETS = 8_192;
const MAX_WORD_OCTETS = 64;

/** The alert that a fact becomes, with everything cut to what is kept of it. */
export function alertOf(fact: AlertRaised, sid: string, createdMs: number): Alert {
  const { accountSid, errorCode, level, resourceSid, requestUrl, requestMethod, requestParams, responseStatus } = fact;
  const { responseBody } = fact;
  return {
    sid,
    createdMs,
    accountSid,
    errorCode,
    level,
    text: storable(fact.text, MAX_TEXT_OCTETS),
    ...(resourceSid === undefined ? {} : { resourceSid: storable(resourceSid, MAX_WORD_OCTETS) }),
    ...(requestUrl === undefined ? {} : { requestUrl: storable(requestUrl, MAX_URL_OCTETS) }),
    ...(requestMethod === undefined ? {} : { requestMethod: storable(requestMethod, MAX_WORD_OCTETS) }),
    ...(requestParams === undefined ? {} : { requestParams: storable(requestParams, MAX_VARIABLES_OCTETS) }),
    ...(responseStatus === undefined ? {} : { responseStatus }),
    ...(responseBody === undefined ? {} : { responseBody: storable(responseBody, MAX_BODY_OCTETS) }),
  };
}

/** At most `maxOctets` of text in UTF-8, cut between characters, without the zero character, which no database keeps. */
export function storable(text: string, maxOctets: number): string {
  const clean = text.slice(0, maxOctets).replaceAll("\0", "\ufffd");
  const octets = Buffer.from(clean, "utf8");
  if (octets.length <= maxOctets) return octets.toString("utf8");
  let end = maxOctets;
  // UTF-8 continues a character with 10xxxxxx.
  while (end > 0 && ((octets[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return octets.toString("utf8", 0, end);
}
