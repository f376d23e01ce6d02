import { gsm7Septets, septetsOfCode } from "../gsm7/index.ts";
import { wellFormed } from "./character-codings.ts";
import { smartEncode } from "./smart-encode.ts";

/** The two encodings of a message, as Twilio's segment calculators name them. */
export type SmsEncoding = "GSM-7" | "UCS-2";

/** Bits of the concatenation reference that every part has to leave room for. */
export type ReferenceBits = 8 | 16;

/** A text cut into the parts it is sent and billed in. */
export interface SegmentedText {
  readonly encoding: SmsEncoding;
  /** The text as sent, after smart encoding. The segments joined are exactly this. */
  readonly text: string;
  readonly segments: readonly string[];
  /** The header that the segments leave room for. */
  readonly referenceBits: ReferenceBits;
}

/** How to cut. */
export interface SegmentOptions {
  /** Replace look-alikes so that the text fits GSM-7, where that is possible. */
  readonly smartEncoding: boolean;
  /** Bits of the concatenation reference; 8 unless told. */
  readonly reference?: ReferenceBits;
}

/** A concatenated message counts its parts in one octet (3GPP TS 23.040 §9.2.3.24.1). */
export const MAX_PARTS = 255;

/** What fits in 140 octets of user data: septets for GSM-7, 16 bit units for UCS-2 (3GPP TS 23.040 §9.2.3.24). */
export const SEGMENT_LIMITS = {
  "GSM-7": { single: 160, 8: 153, 16: 152 },
  "UCS-2": { single: 70, 8: 67, 16: 66 },
} as const;

/**
 * Chooses the encoding of `text` and cuts it into parts. Never splits an escape
 * from its character, nor a surrogate pair. The empty text is one empty
 * segment. Lone surrogates become U+FFFD.
 *
 * @throws RangeError when the text needs more than {@link MAX_PARTS} parts;
 * callers bound the length of a body long before.
 */
export function segmentText(text: string, options: SegmentOptions): SegmentedText {
  const referenceBits = options.reference ?? 8;
  let sent = text;
  let septets = gsm7Septets(sent);
  if (septets === undefined && options.smartEncoding) {
    sent = smartEncode(text);
    septets = gsm7Septets(sent);
  }
  if (septets === undefined) return segmentUcs2(sent, referenceBits);
  const limits = SEGMENT_LIMITS["GSM-7"];
  const segments = septets <= limits.single ? [sent] : cutGsm7(sent, limits[referenceBits]);
  return { encoding: "GSM-7", text: sent, segments: bounded(segments), referenceBits };
}

/** Cuts `text` as UCS-2 whatever it holds, for a carrier that can take it in no other way. As {@link segmentText}. */
export function segmentUcs2(text: string, referenceBits: ReferenceBits): SegmentedText {
  const limits = SEGMENT_LIMITS["UCS-2"];
  const sent = wellFormed(text);
  const segments = sent.length <= limits.single ? [sent] : cutUcs2(sent, limits[referenceBits]);
  return { encoding: "UCS-2", text: sent, segments: bounded(segments), referenceBits };
}

function cutGsm7(text: string, limit: number): string[] {
  const segments: string[] = [];
  let start = 0;
  let septets = 0;
  for (let index = 0; index < text.length; index++) {
    const cost = septetsOfCode(text.charCodeAt(index));
    if (septets + cost > limit) {
      segments.push(text.slice(start, index));
      start = index;
      septets = 0;
    }
    septets += cost;
  }
  segments.push(text.slice(start));
  return segments;
}

function cutUcs2(text: string, limit: number): string[] {
  const segments: string[] = [];
  let start = 0;
  while (text.length - start > limit) {
    let end = start + limit;
    if (isHighSurrogate(text.charCodeAt(end - 1))) end--;
    segments.push(text.slice(start, end));
    start = end;
  }
  segments.push(text.slice(start));
  return segments;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function bounded(segments: string[]): string[] {
  if (segments.length > MAX_PARTS) {
    throw new RangeError(`the text needs ${segments.length} parts, more than ${MAX_PARTS}`);
  }
  return segments;
}
