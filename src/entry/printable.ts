/**
 * Control characters, and those that change the direction of what follows: a
 * text from anybody must not be able to drive the terminal that shows it.
 */
const UNPRINTABLE = /[^\n\P{Cc}]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text for a terminal; line breaks stay. */
export function printable(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(UNPRINTABLE, "\u00b7");
}
