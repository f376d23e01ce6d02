const UNSTORABLE = /[\0\p{Cs}]/u;
const EACH_UNSTORABLE = /[\0\p{Cs}]/gu;

/**
 * The text as a database keeps it: zero characters and halves of surrogate pairs, which
 * PostgreSQL takes neither in text nor in JSON, become U+FFFD. What is already in the log and
 * cannot be stored would keep everything behind it out of the database too.
 */
export function storableText(text: string): string {
  return UNSTORABLE.test(text) ? text.replace(EACH_UNSTORABLE, "\ufffd") : text;
}
