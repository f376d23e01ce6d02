import { strongest, type FeatureName } from "./features.ts";
import type { Measures } from "./measures.ts";

const MAX_REASONS = 4;
export const MAX_REASON_CHARACTERS = 500;
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const round = (value: number): number => Math.round(value);

/** What a feature says for the operator, with its numbers. */
const WORDS: Partial<Record<FeatureName, (measures: Measures) => string>> = {
  lure: (measures) => `words that lure (${measures.lureTopics()})`,
  lureWithLink: ({ domain }) => `they come with a link to ${domain}`,
  vice: (measures) => `${measures.hits("vice") + measures.hits("adult")} words of gambling, drugs, arms or sex`,
  handoff: () => "asks to go on by another way",
  hidden: ({ hiddenWords }) => `${hiddenWords} words or characters are disguised`,
  blockedDomain: ({ blockedBy }) => `${blockedBy} is on the operator's list`,
  newDomain: ({ domain, domainHours }) =>
    domainHours < 0 ? `${domain} was never seen before` : `${domain} was first seen ${domainHours.toFixed(1)} h ago`,
  shortener: ({ shortener }) => `${shortener} is a public link shortener`,
  oddLink: ({ oddity }) => oddity,
  brand: ({ brand }) => `speaks in the name of ${brand?.name ?? "a brand"} and leads elsewhere`,
  bulk: ({ recent, usual }) =>
    `${round(recent)} near-duplicates in the last hours, where ${round(usual)} would be usual`,
  strangers: ({ strangersShare, usualStrangers }) =>
    `${percent(strangersShare)} of this hour's recipients were never written to, usually ${percent(usualStrangers)}`,
  snowshoeAccounts: ({ accounts }) => `about ${accounts} accounts send the same text`,
  snowshoeSenders: ({ senders, recent }) =>
    `the same text from about ${senders} senders, ${round(recent / Math.max(1, senders))} each`,
  pumping: ({ sequential, blockCount, blockShare }) =>
    `${percent(sequential)} of the recent recipients follow one another; ${round(blockCount)} (${percent(blockShare)}) went to one block of numbers`,
  unconverted: ({ conversion, usualConversion }) =>
    `${percent(conversion)} of what went there was used, elsewhere ${percent(usualConversion)}`,
  surge: ({ hourMessages, usualMessages }) =>
    `${hourMessages} messages this hour, a busy one has ${round(usualMessages)}`,
  toldSpam: () => "like one that was marked as spam",
};

/** Why a message got its score, strongest first. Names hosts and numbers, never the text or a recipient. */
export function reasonOf(measures: Measures): string {
  return strongest(measures.values, MAX_REASONS)
    .map((name) => WORDS[name]?.(measures) ?? name)
    .join("; ")
    .slice(0, MAX_REASON_CHARACTERS);
}
