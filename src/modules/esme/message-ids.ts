import { isSid } from "../../kernel/ids.ts";
import { MAX_DESTINATIONS } from "../../protocols/smpp/index.ts";
import { MAX_PARTS } from "../../protocols/sms/index.ts";

/**
 * The message ids that clients get. One message has its SID. The parts of a long one have
 * `SM…-1`, `SM…-2` and so on under the SID that the whole will have. The one id of a
 * submit_multi is `SM…x3`: three messages, whose SIDs follow from it.
 */
export interface MessageIdMeaning {
  /** The SIDs of the messages that it stands for. */
  readonly sids: readonly string[];
  /** Present for the id of a part. */
  readonly part?: number;
  readonly isGroup: boolean;
}

/** The id of a part of a long message. */
export function partId(sid: string, sequence: number): string {
  return `${sid}-${sequence}`;
}

/** The one id of the messages of a submit_multi. */
export function groupId(sid: string, count: number): string {
  return `${groupBase(sid)}00x${count}`;
}

/** The SID of a message of a group, by its place from 0. The last octet of a SID is chance, and gives way to the place. */
export function groupMember(sid: string, index: number): string {
  return groupBase(sid) + index.toString(16).padStart(2, "0");
}

function groupBase(sid: string): string {
  return sid.slice(0, -2);
}

/** What an id stands for, or `undefined` for one that was never given out. */
export function readMessageId(id: string): MessageIdMeaning | undefined {
  const match = /^(SM[0-9a-f]{32})(?:([-x])(\d{1,3}))?$/.exec(id);
  const sid = match?.[1];
  if (match === null || sid === undefined || !isSid(sid)) return undefined;
  const count = Number(match[3] ?? 0);
  if (match[2] === undefined) return { sids: [sid], isGroup: false };
  if (count < 1 || count > MAX_PARTS) return undefined;
  if (match[2] === "-") return { sids: [sid], part: count, isGroup: false };
  if (count > MAX_DESTINATIONS) return undefined;
  return { sids: Array.from({ length: count }, (_, index) => groupMember(sid, index)), isGroup: true };
}
