import { gsm7Septets, septetsOfCode } from "../../../src/protocols/gsm7/index.ts";
import { MAX_PARTS, SEGMENT_LIMITS, segmentText } from "../../../src/protocols/sms/index.ts";

/** What becomes of a text. */
export interface TextDescription {
  readonly encoding: "GSM-7" | "UCS-2";
  /** Parts that it is sent and billed in; 0 for the empty text. */
  readonly segments: number;
  /** Septets (GSM-7) or 16 bit units (UCS-2) in use. */
  readonly used: number;
  /** How many go into as many segments as there are now. */
  readonly capacity: number;
  /** Characters that GSM-7 does not have, each once, in their order: what forced UCS-2. At most {@link MAX_FOREIGN}. */
  readonly foreign: readonly string[];
  /** Smart encoding has put others in their place. */
  readonly isReplaced: boolean;
  /** Longer than any message can be. */
  readonly isTooLong: boolean;
}

/** More than so many need not be shown. */
export const MAX_FOREIGN = 12;
/** Longer texts are not counted: they cannot be sent. */
const MAX_UNITS = 20_000;

/** Counts a text as the system will. */
export function describeText(text: string, isSmart = false): TextDescription {
  const foreign = foreignOf(text);
  if (text === "") {
    return { encoding: "GSM-7", segments: 0, used: 0, capacity: 160, foreign, isReplaced: false, isTooLong: false };
  }
  if (text.length > MAX_UNITS) return tooLong(text, foreign);
  try {
    const cut = segmentText(text, { smartEncoding: isSmart });
    const limits = SEGMENT_LIMITS[cut.encoding];
    const segments = cut.segments.length;
    return {
      encoding: cut.encoding,
      segments,
      used: cut.encoding === "GSM-7" ? (gsm7Septets(cut.text) ?? 0) : cut.text.length,
      capacity: segments === 1 ? limits.single : segments * limits[8],
      foreign: cut.encoding === "UCS-2" ? foreign : [],
      isReplaced: cut.text !== text,
      isTooLong: false,
    };
  } catch {
    return tooLong(text, foreign);
  }
}

function tooLong(text: string, foreign: readonly string[]): TextDescription {
  const encoding = foreign.length > 0 ? "UCS-2" : "GSM-7";
  const capacity = MAX_PARTS * SEGMENT_LIMITS[encoding][8];
  return { encoding, segments: MAX_PARTS, used: text.length, capacity, foreign, isReplaced: false, isTooLong: true };
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Whole characters as one sees them: an emoji with its variation is one. */
function foreignOf(text: string): string[] {
  const found = new Set<string>();
  for (const { segment } of GRAPHEMES.segment(text.slice(0, MAX_UNITS))) {
    if (found.size >= MAX_FOREIGN) break;
    if (!isGsm7(segment)) found.add(segment);
  }
  return [...found];
}

function isGsm7(character: string): boolean {
  for (let index = 0; index < character.length; index++) {
    if (septetsOfCode(character.charCodeAt(index)) === 0) return false;
  }
  return true;
}
