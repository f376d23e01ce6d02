/** The words that carriers and Twilio agree on. The whole text must be the word, in any case. */
const STOP_WORDS = new Set(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]);
const START_WORDS = new Set(["START", "YES", "UNSTOP"]);

/** Whether a text asks to hear no more, or to hear again. */
export function optOutKind(text: string): "stop" | "start" | undefined {
  const word = text.trim().toUpperCase();
  if (STOP_WORDS.has(word)) return "stop";
  if (START_WORDS.has(word)) return "start";
  return undefined;
}
