import type { Dossier, DossierError, Item } from "./dossier.ts";
import { valuesOf } from "./attributes.ts";

/** What the simulated reviewer is told by words in brackets. */
export interface MagicWords {
  /** Non-empty where it rejects. */
  readonly errors: readonly DossierError[];
  /** `[in review]`: looked at and never decided. */
  readonly isStuck: boolean;
  /** `[slow]`: everything takes twenty times as long. */
  readonly isSlow: boolean;
  /** `[expires 60]`: approved, and valid for so many seconds. */
  readonly validSeconds: number | undefined;
}

/** What the API description shows for a rejected profile. */
const REJECTED = 18_601;
const MAX_ERRORS = 5;
const MAX_CHARACTERS = 16_384;
const WORD = /\[([a-z0-9 ]{1,32})\]/g;

const wordsOf = (text: string): string[] =>
  [...text.slice(0, MAX_CHARACTERS).toLowerCase().matchAll(WORD)].map(([, word = ""]) => word.trim());

/**
 * Reads the words of a dossier's name, and those of its items' attributes that reject. The other
 * words of attributes are for the campaign registry, which reads the same attributes.
 */
export function magicWords(dossier: Pick<Dossier, "friendlyName" | "isTest">, items: readonly Item[]): MagicWords {
  const named = wordsOf(dossier.friendlyName);
  const said = items.flatMap(({ attributes }) =>
    Object.keys(attributes).flatMap((name) => valuesOf(attributes, name).flatMap(wordsOf)),
  );
  const all = [...named, ...said];
  const codes = all.filter((word) => /^(18|22)\d{3}$/.test(word)).map(Number);
  if (all.includes("reject") || dossier.isTest) codes.push(REJECTED);
  const seconds = named.map((word) => /^expires (\d{1,8})$/.exec(word)?.[1]).find((found) => found !== undefined);
  return {
    errors: [...new Set(codes)].slice(0, MAX_ERRORS).map((code) => ({ code, message: messageOf(code) })),
    isStuck: named.includes("in review"),
    isSlow: named.includes("slow"),
    validSeconds: seconds === undefined ? undefined : Number(seconds),
  };
}

function messageOf(code: number): string {
  return code === REJECTED
    ? "What was submitted could not be verified."
    : `What was submitted was rejected with the error ${code}.`;
}
