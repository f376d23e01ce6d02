import type { Setting, SettingIndex } from "./settings/index.ts";

export const CONTENT_CATEGORIES = [
  "sex",
  "hate",
  "alcohol",
  "firearms",
  "tobacco",
  "cannabis",
  "gambling",
  "lending",
  "political",
  "other",
] as const;
export type ContentCategory = (typeof CONTENT_CATEGORIES)[number];

/** Words that the operator wants nowhere, or not in some countries. */
export interface ContentList {
  readonly name: string;
  readonly category: ContentCategory;
  /** ISO 3166-1 alpha-2; empty: everywhere. */
  readonly countries: readonly string[];
  /** Words and phrases of up to four words, in small letters. */
  readonly phrases: readonly string[];
  /** Accounts that may use them, because they check their recipients' age and the like. */
  readonly exemptAccounts: readonly string[];
}

export const MAX_PHRASE_WORDS = 4;

interface Ban {
  readonly list: ContentList;
}

/** The operator's word lists, from memory: a text costs one look-up for each word and each start of a phrase. */
export class ContentBook implements SettingIndex {
  readonly kinds = ["content-list"] as const;
  private readonly lists = new Map<string, ContentList>();
  private everywhere = false;
  private countries = new Set<string>();
  private readonly bannedBy = new Map<string, Ban[]>();
  private longest = 1;

  clear(): void {
    this.lists.clear();
    this.index();
  }

  put({ sid, document }: Setting): void {
    this.lists.set(sid, document as ContentList);
    this.index();
  }

  remove({ sid }: Setting): void {
    this.lists.delete(sid);
    this.index();
  }

  private index(): void {
    this.bannedBy.clear();
    this.countries = new Set();
    this.everywhere = false;
    this.longest = 1;
    for (const list of this.lists.values()) {
      if (list.countries.length === 0) this.everywhere = true;
      for (const country of list.countries) this.countries.add(country);
      for (const phrase of list.phrases) {
        const bans = this.bannedBy.get(phrase);
        if (bans === undefined) this.bannedBy.set(phrase, [{ list }]);
        else bans.push({ list });
        this.longest = Math.max(this.longest, phrase.split(" ").length);
      }
    }
  }

  bans(country: string): boolean {
    return this.everywhere || this.countries.has(country);
  }

  /** The first list that bans something in the text. */
  find(draft: {
    readonly accountSid: string;
    readonly country: string;
    readonly body: string;
  }): { readonly list: string; readonly category: ContentCategory } | undefined {
    const words = wordsOf(draft.body);
    for (let from = 0; from < words.length; from += 1) {
      let phrase = "";
      for (let count = 1; count <= this.longest && from + count <= words.length; count += 1) {
        phrase = count === 1 ? (words[from] ?? "") : `${phrase} ${words[from + count - 1] ?? ""}`;
        for (const { list } of this.bannedBy.get(phrase) ?? []) {
          if (list.countries.length > 0 && !list.countries.includes(draft.country)) continue;
          if (!list.exemptAccounts.includes(draft.accountSid)) return { list: list.name, category: list.category };
        }
      }
    }
    return undefined;
  }
}

/** A text's words in small letters; anything that is neither letter nor digit parts them. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}
