/** Numbers of messages as phone numbers: a British mobile prefix and eight digits. */
const PREFIX = "4477";

/** The number every message comes from. */
export const SENDER = "+15005550100";

/** The destination of a message, in digits without plus. */
export function destinationOf(number: number): string {
  return PREFIX + String(number).padStart(8, "0");
}

/** The message that goes to a destination. */
export function numberOf(destination: string): number {
  return Number(destination.slice(-8));
}

/** The text of a message: 88 characters, so one part. */
export function bodyOf(number: number): string {
  return `Your parcel ${String(number).padStart(8, "0")} is on its way and will be with you between ten and noon today.`;
}

/** Beginnings of the senders that {@link blockedSender} makes. */
export const BLOCKED_PREFIX = "+1800";

/** The account of so many; the first is that of every other benchmark. */
export function accountOf(index: number): string {
  return `ACbe0c${(index + 1).toString(16).padStart(28, "0")}`;
}

/** The sender of an account. */
export function senderOf(index: number): string {
  return `+1500${5_550_100 + index}`;
}

/** One of very many senders that may hardly send. */
export function blockedSender(index: number): string {
  return BLOCKED_PREFIX + String(2_000_000 + index);
}

/** The prefix that only this one of up to a thousand carriers serves. */
export function carrierPrefix(carrier: number): string {
  return `+${PREFIX}${String(carrier).padStart(3, "0")}`;
}

/** The destination of a message where messages go to so many carriers in turn. */
export function spreadDestination(number: number, carriers: number): string {
  return `${carrierPrefix(number % carriers)}${String(number % 10_000_000).padStart(7, "0")}`;
}
