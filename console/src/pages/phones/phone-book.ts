import { type PhoneSummary, plainNumber } from "./phone-data.ts";

/** What is known of the phones, by their numbers. */
export type PhoneBook = ReadonlyMap<string, PhoneSummary>;

/** More are not kept in the browser. */
export const MAX_KNOWN_PHONES = 20_000;

/** A book with what a page of the list says: of a phone that is in both, the page knows better. */
export function withPhones(book: PhoneBook, page: readonly PhoneSummary[]): PhoneBook {
  if (page.every((phone) => isKnown(book, phone))) return book;
  const next = new Map(book);
  for (const phone of page) {
    if (next.size < MAX_KNOWN_PHONES || next.has(phone.number)) next.set(phone.number, phone);
  }
  return next;
}

function isKnown(book: PhoneBook, { number, messageCount, lastMessage }: PhoneSummary): boolean {
  const known = book.get(number);
  if (known?.messageCount !== messageCount) return false;
  return known.lastMessage?.id === lastMessage?.id && known.lastMessage?.state === lastMessage?.state;
}

/** All phones of a book, the one with the latest text first. */
export function latestFirst(book: PhoneBook): readonly PhoneSummary[] {
  return [...book.values()].sort((a, b) => (b.lastMessage?.timeMs ?? 0) - (a.lastMessage?.timeMs ?? 0));
}

/** Those whose number or last text holds what is looked for. */
export function findPhones(phones: readonly PhoneSummary[], text: string): readonly PhoneSummary[] {
  const words = text.trim().toLowerCase();
  if (words === "") return phones;
  const digits = plainNumber(words);
  return phones.filter(
    ({ number, lastMessage }) =>
      (digits !== "" && number.includes(digits)) || lastMessage?.body.toLowerCase().includes(words) === true,
  );
}
