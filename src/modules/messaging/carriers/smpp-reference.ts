/** FNV-1a, of 32 bits. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * The user_message_reference of one attempt at one part of a message (SMPP 3.4
 * §5.3.2.17): 16 bits that follow from the three, so that a receipt which repeats it
 * can be matched without the carrier's id, also after a restart. `part` counts from
 * 0, `attempt` from 1. Others may have the same value: it decides only between
 * attempts that the addresses of the receipt leave.
 */
export function userReference(sid: string, part: number, attempt: number): number {
  let hash = OFFSET;
  for (let i = 0; i < sid.length; i += 1) hash = Math.imul(hash ^ sid.charCodeAt(i), PRIME);
  hash = Math.imul(hash ^ part, PRIME);
  hash = Math.imul(hash ^ attempt, PRIME);
  return ((hash >>> 16) ^ hash) & 0xffff;
}
