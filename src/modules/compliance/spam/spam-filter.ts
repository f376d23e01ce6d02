import type { Draft } from "../compliance.ts";
import { COSTLY_PREFIXES, isCostly } from "./costly-ranges.ts";
import { DEFAULT_THRESHOLDS, scoreOf, type SpamThresholds } from "./features.ts";
import { hashText, mixHash } from "./hash-text.ts";
import { clamp, Measures } from "./measures.ts";
import { ProfileBook } from "./profile-book.ts";
import { MAX_OWN, type Baseline, type OwnThing, type Profile } from "./profile.ts";
import { RateTable } from "./rate-table.ts";
import { reasonOf } from "./reasons.ts";
import { emptyLists, type SpamLists } from "./reputation.ts";
import { SightingTable } from "./sighting-table.ts";
import { readSignature, SIGNATURE_VALUES, signatureOf, signatureText } from "./signature.ts";
import { TemplateTable } from "./template-table.ts";
import { TextReader } from "./text-reader.ts";

/** How much is remembered. The defaults take about 30 MB. */
export interface SpamSizes {
  readonly templates: number;
  /** Pairs of account and recipient. */
  readonly recipients: number;
  /** Domains, alone and with each account that links to them. */
  readonly domains: number;
  /** Templates of accounts. */
  readonly usages: number;
  readonly accounts: number;
}

export const DEFAULT_SIZES: SpamSizes = {
  templates: 32_768,
  recipients: 1_048_576,
  domains: 131_072,
  usages: 131_072,
  accounts: 20_000,
};

export interface SpamFilterOptions {
  readonly sizes?: Partial<SpamSizes>;
  readonly thresholds?: SpamThresholds;
  readonly costlyPrefixes?: ReadonlySet<string>;
  /** The main account of a subaccount: a family counts as one where accounts are counted. */
  readonly mainOf?: (accountSid: string) => string | undefined;
}

/** What the filter has against a message. */
export interface Judgement {
  readonly action: "block" | "flag";
  readonly score: number;
  readonly reason: string;
  /** What its text is known by, when it is told to be spam or not. A copy. */
  readonly signature: Uint16Array;
}

/** What is kept of an account. */
export interface SavedAccount {
  readonly accountSid: string;
  readonly baseline: Baseline;
  readonly templates: readonly OwnThing[];
  readonly domains: readonly OwnThing[];
}

/** The part of a draft that is looked at. */
export type SpamDraft = Pick<Draft, "accountSid" | "serviceSid" | "from" | "to" | "body">;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Texts with fewer letters say too little to be compared. */
const MIN_STREAM = 8;
/** A template or a domain is an account's own after so many messages, and not before a day. */
const OWN_COUNT = 20;
/** How often a thing counts that was an account's own before a restart. */
const OWN_RESTORED = 50;
/** Of flagged messages, which went, one in so many teaches as those do that nobody objected to. */
const FLAGGED_PER_LESSON = 8;
const OLD_DOMAIN_MS = 7 * DAY_MS;

/**
 * Scores messages by their text, their links and what their sender usually does. A function of
 * the calls so far and the times that they give; memory is fixed. Refused messages teach nothing.
 */
export class SpamFilter {
  readonly profiles: ProfileBook;
  readonly templates: TemplateTable;
  readonly domains: SightingTable;
  lists: SpamLists = emptyLists();
  thresholds: SpamThresholds;
  private readonly usages: SightingTable;
  private readonly recipients: SightingTable;
  private readonly blocks: RateTable;
  private readonly sent: RateTable;
  private readonly used: RateTable;
  private readonly costly: ReadonlySet<string>;
  private readonly mainOf: (accountSid: string) => string | undefined;
  private readonly reader = new TextReader();
  private readonly measures = new Measures();
  private readonly signature = new Uint16Array(SIGNATURE_VALUES);

  constructor(options: SpamFilterOptions = {}) {
    const sizes = Object.assign({}, DEFAULT_SIZES, options.sizes);
    this.thresholds = options.thresholds ?? DEFAULT_THRESHOLDS;
    this.costly = options.costlyPrefixes ?? COSTLY_PREFIXES;
    this.mainOf = options.mainOf ?? (() => undefined);
    this.profiles = new ProfileBook(sizes.accounts);
    this.templates = new TemplateTable(sizes.templates);
    this.domains = new SightingTable(sizes.domains);
    this.usages = new SightingTable(sizes.usages);
    this.recipients = new SightingTable(sizes.recipients);
    this.blocks = new RateTable(65_536, 10 * MINUTE_MS);
    this.sent = new RateTable(65_536, 6 * HOUR_MS);
    this.used = new RateTable(65_536, 6 * HOUR_MS);
  }

  /** Octets of the tables; profiles come to it, about 800 each. */
  get octets(): number {
    const { templates, domains, usages, recipients, blocks, sent, used } = this;
    return [templates, domains, usages, recipients, blocks, sent, used].reduce((sum, { octets }) => sum + octets, 0);
  }

  /** Scores a message and learns of it. `undefined` where it may go and nobody needs to look. */
  judge(draft: SpamDraft, nowMs: number): Judgement | undefined {
    const { measures, reader, lists } = this;
    const profile = this.profiles.of(draft.accountSid);
    profile.turn(nowMs);
    reader.read(draft.body);
    measures.readWords(reader);
    measures.readLinks(reader.links, lists);
    measures.readBrands(reader, lists, draft.accountSid);
    const trust = profile.trust(nowMs);
    measures.set("trust", trust);
    const usage = this.measureTemplate(draft, profile, nowMs);
    this.measureDomain(profile, nowMs);
    this.measureRecipient(draft.to, profile, nowMs);
    this.weigh(trust);
    const score = scoreOf(measures.values);
    if (score < this.thresholds.flag || this.isExempt(draft.accountSid, nowMs)) {
      this.learn(draft, profile, usage, nowMs);
      return undefined;
    }
    profile.objected(nowMs);
    const action = score >= this.thresholds.block ? "block" : "flag";
    // Else a good account that begins with an alarming text would be flagged for ever.
    if (action === "flag" && profile.objections % FLAGGED_PER_LESSON === 0) this.learn(draft, profile, usage, nowMs);
    const reason = reasonOf(measures);
    return { action, score: Math.round(score * 1_000) / 1_000, reason, signature: this.signature.slice() };
  }

  /** The values of the features of the last message, for those who tune. */
  get lastValues(): Float64Array {
    return this.measures.values;
  }

  /** Somebody answered a message, or used the code or link that it brought. */
  converted(accountSid: string, to: string, nowMs: number): void {
    const { hash } = this.profiles.of(accountSid);
    this.used.add(hashText(to.slice(0, 6), hash), nowMs);
    this.used.add(hash, nowMs);
  }

  /** Texts like this one are spam, or are not when this account sends them. */
  tell(signature: Uint16Array, verdict: "spam" | "not-spam", accountSid: string, nowMs: number): void {
    const found = this.templates.find(signature);
    const slot = found >= 0 ? found : this.templates.make(signature, nowMs);
    this.templates.labels[slot] = verdict === "spam" ? 1 : -1;
    this.templates.labelAccounts[slot] = hashText(accountSid);
  }

  /** Puts back what was learned of an account before a restart or a move. */
  restore(account: SavedAccount, nowMs: number): void {
    const profile = this.profiles.put(account.accountSid, account.baseline);
    profile.templates = account.templates.slice(-MAX_OWN);
    profile.domains = account.domains.slice(-MAX_OWN);
    for (const { name, firstMs } of profile.templates) {
      const signature = readSignature(name);
      if (signature === undefined) continue;
      const found = this.templates.find(signature);
      const slot = found >= 0 ? found : this.templates.make(signature, nowMs);
      this.usages.restore(this.usageOf(profile, slot), firstMs, nowMs, OWN_RESTORED);
    }
    for (const { name, firstMs } of profile.domains) {
      this.domains.restore(hashText(name), firstMs, nowMs, OWN_RESTORED);
      this.domains.restore(hashText(name, profile.hash), firstMs, nowMs, OWN_RESTORED);
    }
  }

  private usageOf({ hash }: Profile, slot: number): number {
    return mixHash(hash ^ Math.imul(this.templates.births[slot] ?? 0, 0x9e3779b1));
  }

  private isExempt(accountSid: string, nowMs: number): boolean {
    const untilMs = this.lists.exempt.get(accountSid);
    return untilMs !== undefined && nowMs < untilMs;
  }

  /** Returns what the account's use of this template is known by; 0 where the text is too short. */
  private measureTemplate({ from, serviceSid }: SpamDraft, profile: Profile, nowMs: number): number {
    const { measures, reader, templates, signature } = this;
    measures.recent = 0;
    measures.accounts = 0;
    measures.senders = 0;
    if (reader.length < MIN_STREAM) {
      profile.messages += 1;
      return 0;
    }
    signatureOf(reader.stream, reader.length, signature);
    let slot = templates.find(signature);
    if (slot < 0) slot = templates.make(signature, nowMs);
    const main = this.mainOf(profile.accountSid);
    const family = main === undefined ? profile.hash : hashText(main);
    measures.recent = templates.count(slot, hashText(from), mixHash(family), nowMs);
    measures.accounts = templates.accounts(slot);
    measures.senders = templates.senders(slot);
    const label = templates.labels[slot] ?? 0;
    if (label > 0) measures.set("toldSpam", 1);
    else if (label < 0 && templates.labelAccounts[slot] === profile.hash) measures.set("toldFine", 1);
    const usage = this.usageOf(profile, slot);
    const own = this.usages.find(usage);
    const count = this.usages.count(own);
    profile.messages += 1;
    if (count === 0) profile.newTemplates += 1;
    if (count >= OWN_COUNT) {
      measures.set("ownTemplate", clamp(count / 50) * clamp((nowMs - this.usages.firstMs(own)) / DAY_MS - 0.5));
    }
    const spread = clamp((measures.senders - 4) / 10) * clamp(2 - measures.recent / Math.max(1, measures.senders) / 40);
    measures.set("snowshoeSenders", spread * (serviceSid === undefined ? 1 : 0.25));
    measures.set("snowshoeAccounts", clamp((measures.accounts - 2) / 3));
    return usage;
  }

  private measureDomain(profile: Profile, nowMs: number): void {
    const { measures, domains, reader } = this;
    let most = 0;
    measures.domain = "";
    // Behind a shortener anything can be, however long it is known.
    const least = measures.shortener === "" ? 0 : 0.6;
    for (const { domain } of reader.links) {
      const own = domains.find(hashText(domain, profile.hash));
      const everywhere = domains.find(hashText(domain));
      const ageMs = everywhere < 0 ? 0 : nowMs - domains.firstMs(everywhere);
      const isOwn = domains.count(own) >= OWN_COUNT && nowMs - domains.firstMs(own) >= DAY_MS;
      const strange = Math.max(least, isOwn ? 0.1 : 1 - 0.5 * clamp(ageMs / OLD_DOMAIN_MS));
      if (strange <= most) continue;
      most = strange;
      measures.domain = domain;
      measures.domainHours = everywhere < 0 ? -1 : ageMs / HOUR_MS;
    }
    measures.set("newDomain", measures.get("allowedDomain") > 0 ? 0 : most);
  }

  private measureRecipient(to: string, profile: Profile, nowMs: number): void {
    const { measures } = this;
    const { baseline, hash } = profile;
    if (this.recipients.find(hashText(to, hash)) < 0) profile.strangers += 1;
    measures.strangersShare = profile.strangers / profile.messages;
    measures.usualStrangers = baseline.strangers;
    if (profile.messages >= 20)
      measures.set("strangers", clamp((measures.strangersShare - baseline.strangers - 0.1) * 2));
    measures.usual = Math.max(50, 2 * baseline.perHour);
    if (measures.recent > measures.usual) measures.set("bulk", clamp(Math.log2(measures.recent / measures.usual) / 4));
    measures.hourMessages = profile.messages;
    measures.usualMessages = baseline.perHour;
    const many = Math.max(100, 3 * baseline.perHour);
    if (profile.messages > many) measures.set("surge", clamp(Math.log2(profile.messages / many) / 3));
    profile.address(Number(to.slice(1)) || 0);
    this.measurePumping(to, profile, nowMs);
  }

  private measurePumping(to: string, { hash, isNear, sequential }: Profile, nowMs: number): void {
    const { measures } = this;
    const costly = isCostly(to, this.costly);
    const all = this.blocks.add(hash, nowMs);
    measures.blockCount = this.blocks.add(hashText(to.slice(0, -4), hash), nowMs);
    measures.blockShare = measures.blockCount / all;
    measures.sequential = sequential;
    const inSequence = isNear ? clamp((sequential - 0.25) / 0.35) * (costly ? 1 : 0.6) : 0;
    const inBlock = costly ? clamp((measures.blockShare - 0.15) / 0.35) * clamp(measures.blockCount / 25) * 0.7 : 0;
    measures.set("pumping", clamp(inSequence + inBlock));
    const region = hashText(to.slice(0, 6), hash);
    const sent = this.sent.add(region, nowMs);
    measures.usualConversion = this.used.get(hash, nowMs) / this.sent.add(hash, nowMs);
    if (sent < 30 || measures.usualConversion < 0.1) return;
    measures.conversion = this.used.get(region, nowMs) / sent;
    measures.set("unconverted", clamp(1 - measures.conversion / (0.4 * measures.usualConversion)));
  }

  /** What features mean together. */
  private weigh(trust: number): void {
    const { measures, reader } = this;
    const lure = measures.get("lure");
    const newDomain = measures.get("newDomain");
    const otp = measures.get("otp");
    const service = measures.get("service");
    measures.set("lureWithLink", lure * newDomain);
    // A code beside a link that nobody knows is no code.
    if (reader.links.length > 0) measures.set("otp", otp * (1 - newDomain));
    if (reader.links.length > 0) measures.set("service", service * (1 - 0.7 * newDomain * lure));
    measures.set("ownTemplate", measures.get("ownTemplate") * (1 - 0.7 * newDomain));
    // Codes and reminders read alike everywhere: only a text that wants something is spread on purpose.
    const wants =
      (0.15 + 0.85 * clamp(lure + 0.5 * newDomain + measures.get("vice") + measures.get("hidden"))) * (1 - 0.6 * trust);
    measures.set("snowshoeAccounts", measures.get("snowshoeAccounts") * wants * (1 - 0.8 * otp));
    measures.set("snowshoeSenders", measures.get("snowshoeSenders") * wants * (1 - 0.8 * otp));
    measures.set("bulk", measures.get("bulk") * (1 - measures.get("ownTemplate")));
    // Pumping goes through good accounts with their own texts: what speaks for them says nothing of it.
    const credit = 1 - measures.get("pumping");
    for (const name of ["otp", "service", "trust", "ownTemplate"] as const)
      measures.set(name, measures.get(name) * credit);
  }

  private learn(draft: SpamDraft, profile: Profile, usage: number, nowMs: number): void {
    profile.passed(nowMs);
    this.recipients.see(hashText(draft.to, profile.hash), nowMs);
    if (usage !== 0) {
      const at = this.usages.see(usage, nowMs);
      if (this.usages.count(at) === OWN_COUNT) {
        profile.keep("templates", { name: signatureText(this.signature), firstMs: this.usages.firstMs(at) });
      }
    }
    for (const { domain } of this.reader.links) {
      this.domains.see(hashText(domain), nowMs);
      const at = this.domains.see(hashText(domain, profile.hash), nowMs);
      if (this.domains.count(at) === OWN_COUNT)
        profile.keep("domains", { name: domain, firstMs: this.domains.firstMs(at) });
    }
  }
}
