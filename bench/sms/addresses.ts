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
