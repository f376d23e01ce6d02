/** Something that the palette finds. */
export interface Findable {
  readonly title: string;
  readonly words?: string | undefined;
}

/**
 * Those that a text finds, the best first: a title that begins with it, then a word that does, then one that holds
 * it, then one that holds its letters in order. All, for an empty text.
 */
export function findByText<T extends Findable>(items: readonly T[], text: string): readonly T[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return items;
  return items
    .map((item, index) => ({ item, index, rank: rankOf(item, wanted) }))
    .filter(({ rank }) => rank !== undefined)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || a.index - b.index)
    .map(({ item }) => item);
}

function rankOf({ title, words = "" }: Findable, wanted: string): number | undefined {
  const name = title.toLowerCase();
  if (name.startsWith(wanted)) return 0;
  const all = `${name} ${words.toLowerCase()}`;
  if (all.split(/\s+/).some((word) => word.startsWith(wanted))) return 1;
  if (all.includes(wanted)) return 2;
  return holdsInOrder(name, wanted) ? 3 : undefined;
}

function holdsInOrder(name: string, wanted: string): boolean {
  let from = 0;
  for (const letter of wanted) {
    const found = name.indexOf(letter, from);
    if (found === -1) return false;
    from = found + 1;
  }
  return true;
}

const SID = /^([A-Z]{2})[0-9a-f]{32}$/;

/** The page of each kind of SID, and the address on it. */
const PLACES: Readonly<Record<string, readonly [page: string, before: string]>> = {
  SM: ["/messages/$sid", "/messages/"],
  MM: ["/messages/$sid", "/messages/"],
  MG: ["/services/$sid", "/services/"],
  IR: ["/alerts/$sid", "/alerts/"],
  PN: ["/numbers", "/numbers?number="],
};

/** Where an SID that was pasted leads, if it is of a kind that one of these pages shows. */
export function pathOfSid(text: string, pages: readonly string[]): string | undefined {
  const sid = text.trim();
  const place = PLACES[SID.exec(sid)?.[1] ?? ""];
  return place !== undefined && pages.includes(place[0]) ? place[1] + sid : undefined;
}
