import { AT, FEATURES, type FeatureName } from "./features.ts";
import { countTopics, isListed, someWord, TOPICS, type Topic } from "./lexicon.ts";
import type { Link } from "./links.ts";
import { listedAs, oddityOf, type Brand, type SpamLists } from "./reputation.ts";
import type { TextReader } from "./text-reader.ts";

/** What words of a topic count; the others are no lure. */
const LURES: Partial<Record<Topic, number>> = {
  prize: 1,
  urgency: 0.7,
  threat: 1,
  credential: 0.7,
  action: 0.5,
  parcel: 0.4,
  fee: 0.6,
  loan: 1,
  crypto: 1,
  job: 0.9,
  handoff: 0.4,
};
const LURE_WEIGHTS = Float64Array.from(TOPICS, (topic) => LURES[topic] ?? 0);
const TOPIC_AT = Object.fromEntries(TOPICS.map((topic, at) => [topic, at])) as Readonly<Record<Topic, number>>;
/** More words of one topic than these count no more. */
const MAX_HITS = 2;
const LURE_SCALE = 3;

export const clamp = (value: number): number => (value > 0 ? (value < 1 ? value : 1) : 0);

/** The numbers behind the features of one message, for the reason; used again for every message. */
export class Measures {
  readonly values = new Float64Array(FEATURES.length);
  private readonly topics = new Uint16Array(TOPICS.length);
  hiddenWords = 0;
  blockedBy = "";
  shortener = "";
  oddity = "";
  brand: Brand | undefined;
  domain = "";
  /** Hours since a domain was first seen here; -1 for one that never was. */
  domainHours = -1;
  recent = 0;
  usual = 0;
  accounts = 0;
  senders = 0;
  strangersShare = 0;
  usualStrangers = 0;
  sequential = 0;
  blockCount = 0;
  blockShare = 0;
  hourMessages = 0;
  usualMessages = 0;
  conversion = 0;
  usualConversion = 0;

  set(name: FeatureName, value: number): void {
    this.values[AT[name]] = value;
  }

  get(name: FeatureName): number {
    return this.values[AT[name]] ?? 0;
  }

  /** The words of the most lures, for the reason. */
  lureTopics(): string {
    return TOPICS.map((topic, at) => ({ topic, hits: this.topics[at] ?? 0, weight: LURE_WEIGHTS[at] ?? 0 }))
      .filter(({ hits, weight }) => hits > 0 && weight > 0)
      .toSorted((one, other) => other.hits * other.weight - one.hits * one.weight)
      .slice(0, 3)
      .map(({ topic, hits }) => `${topic} ${hits}`)
      .join(", ");
  }

  hits(topic: Topic): number {
    return this.topics[TOPIC_AT[topic]] ?? 0;
  }

  /** What the words say. */
  readWords(reader: TextReader): void {
    this.values.fill(0);
    countTopics(reader, this.topics);
    let lure = 0;
    for (let at = 0; at < LURE_WEIGHTS.length; at += 1) {
      lure += Math.min(MAX_HITS, this.topics[at] ?? 0) * (LURE_WEIGHTS[at] ?? 0);
    }
    const strength = 1 - Math.exp(-Math.max(0, lure - 0.7) / LURE_SCALE);
    this.set("lure", strength);
    const vice = this.hits("vice") + this.hits("adult");
    this.set("vice", clamp(vice / 3));
    const handoff = Math.min(2, this.hits("handoff")) / 2;
    if (handoff > 0)
      this.set("handoff", handoff * clamp(strength + (vice > 0 ? 0.5 : 0) + (reader.phones > 0 ? 0.2 : 0)));
    let hidden = reader.invisibles + reader.mixedWords;
    for (let at = 0; at < reader.leetCount; at += 1) if (isListed(reader.leetWords[at] ?? 0)) hidden += 1;
    for (let at = 0; at < reader.spelledCount; at += 1) if (isListed(reader.spelledWords[at] ?? 0)) hidden += 1;
    this.hiddenWords = hidden;
    this.set("hidden", 1 - Math.exp(-hidden / 1.5));
    if (reader.codes > 0) this.set("otp", Math.min(2, this.hits("otp")) / 2);
    this.set("service", Math.min(2, this.hits("service")) / 2);
    this.set("optOut", this.hits("optOut") > 0 ? 1 : 0);
  }

  /** What the links say by themselves and by the operator's lists. */
  readLinks(links: readonly Link[], lists: SpamLists): void {
    this.blockedBy = "";
    this.shortener = "";
    this.oddity = "";
    if (links.length === 0) return;
    let allowed = 0;
    for (const { host } of links) {
      const blocked = listedAs(host, lists.blockedDomains);
      if (blocked !== undefined) this.blockedBy = blocked;
      if (listedAs(host, lists.allowedDomains) !== undefined) allowed += 1;
      const plain = host.startsWith("www.") ? host.slice(4) : host;
      if (lists.shorteners.has(plain)) this.shortener = plain;
    }
    this.set("allowedDomain", allowed === links.length ? 1 : 0);
    if (this.blockedBy !== "") this.set("blockedDomain", 1);
    if (this.shortener !== "") this.set("shortener", 1);
    const odd = oddityOf(links);
    this.oddity = odd.why;
    this.set("oddLink", allowed === links.length ? 0 : odd.value);
  }

  /** Whether the text speaks in the name of a brand that is not the account's, and leads elsewhere. */
  readBrands(reader: TextReader, lists: SpamLists, accountSid: string): void {
    this.brand = undefined;
    if (lists.brands.size === 0) return;
    let named: Brand | undefined;
    someWord(reader, (hash) => {
      named = lists.brands.get(hash);
      return named !== undefined;
    });
    const { links } = reader;
    if (named === undefined && links.length > 0) named = brandInHost(links, lists);
    if (named === undefined || named.accountSids.includes(accountSid)) return;
    const own = new Set(named.domains);
    const isElsewhere = links.some(({ host }) => listedAs(host, own) === undefined);
    if (!isElsewhere && reader.phones === 0) return;
    this.brand = named;
    this.set("brand", isElsewhere ? 1 : 0.4);
  }
}

function brandInHost(links: readonly Link[], { brands }: SpamLists): Brand | undefined {
  for (const brand of brands.values()) {
    const name = brand.name.toLowerCase().replaceAll(" ", "");
    // Short names are parts of too many words.
    if (name.length >= 5 && links.some(({ host }) => host.replaceAll("-", "").includes(name))) return brand;
  }
  return undefined;
}
