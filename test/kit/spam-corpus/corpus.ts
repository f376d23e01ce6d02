import { BRANDS, Dice, disguise, evilLink, fill } from "./fill.ts";
import { HAM, HAM_CLASSES, SPAM, SPAM_CLASSES, type HamClass, type SpamClass } from "./templates.ts";

/** A message of the corpus, in the order of time. */
export interface CorpusMessage {
  readonly atMs: number;
  readonly accountSid: string;
  readonly serviceSid?: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly kind: HamClass | SpamClass;
  readonly isSpam: boolean;
  /** Belongs to the days in which accounts are only learned; not counted. */
  readonly isWarmUp: boolean;
}

export interface CorpusOptions {
  readonly seed: number;
  /** Which templates: those for finding thresholds, or those held out. */
  readonly half: "train" | "held-out";
  /** Messages of each good account on a day. */
  readonly perDay?: number;
  /** Messages of each campaign. */
  readonly perCampaign?: number;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
export const CORPUS_START_MS = Date.UTC(2026, 0, 5);
const WARM_UP_DAYS = 4;
/** Accounts that begin on the last day, for which nothing speaks yet. */
const NEW_SHARE = 0.25;

/** What the operator of the corpus has on his lists. */
export const CORPUS_BRANDS = BRANDS.slice(0, BRANDS.length / 2).map((name) => ({
  name,
  domains: [`${name.toLowerCase()}.example`],
  accountSids: [],
}));

const sidOf = (prefix: string, dice: Dice): string => prefix + dice.digits(16) + dice.digits(16);
const ofHalf = (templates: readonly string[], half: CorpusOptions["half"]): string[] =>
  templates.filter((_, at) => (at % 2 === 0) === (half === "train"));
const usNumber = (dice: Dice): string => `+1${2 + dice.below(8)}${dice.digits(9)}`;

/**
 * Days of good accounts of all classes, and on the last of them campaigns: from new accounts,
 * some from an account that was taken over, snowshoe over many senders or many accounts, and
 * pumping through an account's own code template.
 */
export function makeCorpus(options: CorpusOptions): CorpusMessage[] {
  const dice = new Dice(options.seed);
  const messages: CorpusMessage[] = [];
  const good: GoodAccount[] = [];
  for (const kind of HAM_CLASSES) {
    for (const template of ofHalf(HAM[kind], options.half)) {
      const account = goodAccount(kind, template, dice);
      good.push(account);
      writeGood(account, { dice, messages, perDay: options.perDay ?? 60 });
    }
  }
  for (const kind of SPAM_CLASSES) {
    for (const template of ofHalf(SPAM[kind], options.half)) {
      const sink = { dice, messages, count: options.perCampaign ?? 80 };
      if (kind === "pumping") writePumping(template, dice.pick(good.filter((account) => account.kind === "otp")), sink);
      else writeCampaign({ kind, template, good, half: options.half }, sink);
    }
  }
  return messages.toSorted((one, other) => one.atMs - other.atMs);
}

interface GoodAccount {
  readonly kind: HamClass;
  readonly accountSid: string;
  readonly company: string;
  readonly own: string;
  readonly template: string;
  readonly senders: readonly string[];
  readonly recipients: readonly string[];
  readonly isNew: boolean;
}

function goodAccount(kind: HamClass, template: string, dice: Dice): GoodAccount {
  const company =
    dice.pick(["Bright", "Blue", "Coral", "Solar", "Urban", "Fresh"]) +
    dice.pick(["mart", "bank", "wear", "air", "fit", "labs"]);
  return {
    kind,
    accountSid: sidOf("AC", dice),
    company,
    own: `${dice.pick(["", "https://", "https://www."])}${company.toLowerCase()}${dice.letters(2)}.${dice.pick(["com", "es", "de", "io"])}`,
    template,
    senders: Array.from({ length: dice.pick([1, 1, 2, 10]) }, () => usNumber(dice)),
    recipients: Array.from({ length: 400 }, () => usNumber(dice)),
    isNew: dice.next() < NEW_SHARE,
  };
}

function writeGood(
  account: GoodAccount,
  { dice, messages, perDay }: { dice: Dice; messages: CorpusMessage[]; perDay: number },
): void {
  const { kind, accountSid, company, own, template, senders, recipients, isNew } = account;
  const serviceSid = senders.length > 2 ? sidOf("MG", dice) : undefined;
  for (let day = isNew ? WARM_UP_DAYS : 0; day <= WARM_UP_DAYS; day += 1) {
    for (let at = 0; at < perDay; at += 1) {
      // Marketing goes out in an hour, the rest over the day.
      const hours = kind === "marketing" ? 10 + dice.next() : 7 + dice.next() * 14;
      const isKnown = kind !== "otp" || dice.next() < 0.5;
      messages.push({
        atMs: CORPUS_START_MS + day * DAY_MS + Math.floor(hours * HOUR_MS),
        accountSid,
        ...(serviceSid === undefined ? {} : { serviceSid }),
        from: dice.pick(senders),
        to: isKnown ? dice.pick(recipients) : usNumber(dice),
        body: fill(template, { company, own, evil: "" }, dice),
        kind,
        isSpam: false,
        isWarmUp: day < WARM_UP_DAYS,
      });
    }
  }
}

interface Sink {
  readonly dice: Dice;
  readonly messages: CorpusMessage[];
  readonly count: number;
}

function writeCampaign(
  campaign: { kind: SpamClass; template: string; good: readonly GoodAccount[]; half: CorpusOptions["half"] },
  { dice, messages, count }: Sink,
): void {
  const { kind, template, good } = campaign;
  const isSnowshoe = kind === "snowshoe";
  const accounts = Array.from({ length: isSnowshoe ? dice.pick([1, 6, 12]) : 1 }, () => sidOf("AC", dice));
  // Some accounts are taken over: all their credit speaks for them.
  if (!isSnowshoe && dice.next() < 0.2) accounts[0] = dice.pick(good.filter(({ isNew }) => !isNew)).accountSid;
  const senders = Array.from({ length: isSnowshoe ? 24 : dice.pick([1, 2, 3]) }, () => usNumber(dice));
  const domains = Array.from({ length: dice.pick([1, 3, 8]) }, () => evilLink(dice, dice.pick(BRANDS)));
  const startMs = CORPUS_START_MS + WARM_UP_DAYS * DAY_MS + Math.floor((8 + dice.next() * 8) * HOUR_MS);
  const spanMs = isSnowshoe ? 5 * HOUR_MS : dice.pick([10, 60, 180]) * 60_000;
  for (let at = 0; at < count; at += 1) {
    messages.push({
      atMs: startMs + Math.floor((spanMs * at) / count),
      accountSid: dice.pick(accounts),
      from: dice.pick(senders),
      to: usNumber(dice),
      body: disguise(fill(template, { company: "", own: "", evil: dice.pick(domains) }, dice), dice),
      kind,
      isSpam: true,
      isWarmUp: false,
    });
  }
}

/** Codes that nobody asked for, to numbers in a row or in one block of a costly range. */
function writePumping(template: string, through: GoodAccount, { dice, messages, count }: Sink): void {
  const prefix = dice.pick(["+62812", "+92300", "+8801712", "+994501", "+23480", "+2126", "+99890", "+94711"]);
  const block = prefix + dice.digits(12 - prefix.length);
  const base = Number(block.slice(1)) * (block.length < 12 ? 100 : 10);
  const startMs = CORPUS_START_MS + WARM_UP_DAYS * DAY_MS + Math.floor((8 + dice.next() * 8) * HOUR_MS);
  const inRow = dice.next() < 0.6;
  for (let at = 0; at < count; at += 1) {
    const number = base + (inRow ? at * (1 + dice.below(2)) : dice.below(3_000));
    messages.push({
      atMs: startMs + at * 4_000,
      accountSid: through.accountSid,
      from: dice.pick(through.senders),
      to: `+${number}`,
      body: fill(template, { company: through.company, own: through.own, evil: "" }, dice),
      kind: "pumping",
      isSpam: true,
      isWarmUp: false,
    });
  }
}
