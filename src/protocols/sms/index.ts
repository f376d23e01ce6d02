export { buildParts } from "./build-parts.ts";
export type { ConcatenationMethod, MessagePart, PartOptions } from "./build-parts.ts";
export { decodeLatin1, decodeUcs2, encodeLatin1, encodeUcs2, wellFormed } from "./character-codings.ts";
export { parseDataCoding } from "./data-coding.ts";
export type { Alphabet, DataCoding, DefaultAlphabet, WaitingIndication } from "./data-coding.ts";
export { decodeUserData } from "./decode-user-data.ts";
export type { DecodedUserData, ReceivedUserData } from "./decode-user-data.ts";
export { Reassembler } from "./reassembler.ts";
export type { ArrivedPart, Arrival, IncompleteSet, OpenSet, PartKey, ReassemblerOptions } from "./reassembler.ts";
export { MAX_PARTS, SEGMENT_LIMITS, segmentText } from "./segment-text.ts";
export type { ReferenceBits, SegmentOptions, SegmentedText, SmsEncoding } from "./segment-text.ts";
export { smartEncode } from "./smart-encode.ts";
export {
  ELEMENT,
  buildUdh,
  concatElement,
  parseUdh,
  readConcat,
  readNationalShift,
  readPorts,
} from "./user-data-header.ts";
export type { ApplicationPorts, Concatenation, InformationElement, UserDataHeader } from "./user-data-header.ts";
