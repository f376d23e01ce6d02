/** What a text that revokes consent without a keyword has in it, in small letters without punctuation. */
const PHRASES: readonly string[] = [
  "stop text",
  "stop messag",
  "stop send",
  "stop contact",
  "stop sms",
  "stop it",
  "stop this",
  "please stop",
  "stop please",
  "pls stop",
  "stop all",
  "quit text",
  "quit messag",
  "no more text",
  "no more messag",
  "do not text",
  "do not contact",
  "do not messag",
  "don t text",
  "dont text",
  "don t messag",
  "dont messag",
  "don t contact",
  "dont contact",
  "remove me",
  "remove my number",
  "take me off",
  "delete my number",
  "opt out",
  "opt me out",
  "unsubscribe",
  "leave me alone",
  "i revoke",
  "wrong number",
  "arretez",
  "arrêtez",
  "ne plus recevoir",
  "no me envie",
  "no me mande",
  "dejen de",
  "keine nachrichten mehr",
  "keine sms mehr",
];

/** Longer texts are about something else, mostly. */
const MAX_CHARACTERS = 320;

/**
 * Whether a text reads like a request to stop in the sender's own words. Since April 2025 any
 * reasonable wording counts in the United States (47 CFR 64.1200(a)(10)); because a program
 * that guesses would also silence people who asked for nothing, it is shown, not acted on.
 */
export function readsLikeRevocation(body: string): boolean {
  if (body.length > MAX_CHARACTERS) return false;
  const text = body
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  if (text.startsWith("stop ") || text.endsWith(" stop")) return true;
  return PHRASES.some((phrase) => text.includes(phrase));
}
