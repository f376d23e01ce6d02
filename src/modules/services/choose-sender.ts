import { countryOf } from "../../protocols/e164/index.ts";
import type { AccountNumbers, NumberDirectory } from "../numbers/index.ts";
import type { MessagingService, SenderChoice, SenderWish } from "./directory.ts";
import { mix, type RecipientKey } from "./hash.ts";
import { areaCodeOf, type Pool, type PoolEntry, type Reach, type Tier } from "./pool.ts";

/** How many senders of a large pool have their backlogs compared. */
export const MAX_COMPARED = 32;

/** What a choice is made from. */
export interface ChoiceInput {
  readonly wish: SenderWish;
  readonly service: MessagingService;
  readonly pool: Pool;
  readonly recipient: RecipientKey;
  /** The hash of the sender that the recipient was written to by. */
  readonly sticky: number | undefined;
  readonly numbers: NumberDirectory & AccountNumbers;
  /** Whether a country takes alphanumeric senders; with a sender, whether it takes that one of that account. */
  readonly alphaAllowed: AlphaAllowed;
}

/** What countries say of alphanumeric senders. */
export type AlphaAllowed = (
  country: string,
  sender?: { readonly accountSid: string; readonly address: string },
) => boolean;

type Reason = SenderChoice["reason"];

const SHORT_CODE = /^\d{3,8}$/;

/** What came of it. */
export type ChoiceOutcome = SenderChoice | "none" | "stale";

/**
 * Chooses a sender of a pool that is not empty. A function of its input; `"stale"` where the
 * pool holds a number that the account has no more, or has otherwise: make the pool anew.
 */
export function chooseFrom(input: ChoiceInput): ChoiceOutcome {
  const choosing = new Choosing(input);
  const found = choosing.choose();
  if (choosing.isStale) return "stale";
  return found ?? "none";
}

/** One choice. The order of its steps is the order of preference; docs/subsystems/services.md gives the sources. */
class Choosing {
  private readonly input: ChoiceInput;
  private readonly to: string;
  private readonly country: string;
  private readonly isNanp: boolean;
  private readonly reach: Reach;
  /** What makes the scores of this recipient others than those of the next. */
  private readonly salt: number;
  private reason: Reason = "rate";
  isStale = false;

  constructor(input: ChoiceInput) {
    const { wish, pool, recipient } = input;
    this.input = input;
    this.to = wish.to;
    this.country = countryOf(wish.to) ?? "";
    this.isNanp = wish.to.startsWith("+1");
    this.reach = wish.mms ? pool.media : pool.texts;
    this.salt = mix(recipient.high ^ recipient.low);
  }

  choose(): SenderChoice | undefined {
    const { wish, service } = this.input;
    if (wish.failedFrom !== undefined) {
      if (!service.fallbackToLongCode || !SHORT_CODE.test(wish.failedFrom)) return undefined;
      const fallback = this.longCode();
      return fallback === undefined ? undefined : { sender: fallback.sender, reason: "fallback" };
    }
    const chosen = this.sticky() ?? this.shortCode() ?? this.alphanumeric() ?? this.longCode();
    return chosen === undefined ? undefined : { sender: chosen.sender, reason: this.reason };
  }

  private sticky(): PoolEntry | undefined {
    const { wish, service, pool, sticky } = this.input;
    if (!service.stickySender || sticky === undefined) return undefined;
    const entry = pool.bySenderHash(sticky);
    if (entry === undefined || !this.canServe(entry, wish.mms)) return undefined;
    this.reason = "sticky";
    return this.isUsable(entry) ? entry : undefined;
  }

  /** Whether a sender of earlier still reaches the recipient, and no better kind has come meanwhile. */
  private canServe({ number, sender }: PoolEntry, mms: boolean): boolean {
    if (mms ? !sender.mms : number?.sms === false) return false;
    if (sender.kind === "alphanumeric") return this.input.alphaAllowed(this.country);
    if (sender.kind === "shortcode") return sender.country === undefined || sender.country === this.country;
    if (sender.kind === "tollfree") return this.isNanp;
    if (sender.country === this.country) return true;
    return !this.hasDomestic();
  }

  private hasDomestic(): boolean {
    const { reach, country } = this;
    if (reach.shortCodesOf(country).entries.length > 0 || reach.localOf(country).entries.length > 0) return true;
    return this.isUsOrCanada() && reach.tollFree.entries.length > 0;
  }

  private shortCode(): PoolEntry | undefined {
    const { reach } = this;
    return this.pick(reach.shortCodesOf(this.country), "country") ?? this.pick(reach.shortCodesOfNoCountry, "country");
  }

  private alphanumeric(): PoolEntry | undefined {
    const { wish, pool, alphaAllowed } = this.input;
    if (wish.mms) return undefined;
    const own = pool.alphasFor(this.country);
    if (own.entries.length === 0 && pool.alphas.entries.length === 0) return undefined;
    if (!alphaAllowed(this.country)) return undefined;
    return this.pick(own, "alphanumeric") ?? this.pick(pool.alphas, "alphanumeric");
  }

  private longCode(): PoolEntry | undefined {
    const { reach, country } = this;
    const isUsOrCanada = this.isUsOrCanada();
    return (
      (this.isNanp && this.input.service.areaCodeGeomatch ? this.nearby() : undefined) ??
      (isUsOrCanada ? this.pick(reach.tollFree, "country") : undefined) ??
      this.pick(reach.localOf(country), "country") ??
      (isUsOrCanada ? this.pick(reach.localOf(country === "US" ? "CA" : "US"), "rate") : undefined) ??
      (country === "US" ? undefined : this.pick(reach.localOf("US"), "rate")) ??
      this.pick(reach.longCodes, "rate")
    );
  }

  private nearby(): PoolEntry | undefined {
    const areaCode = areaCodeOf(this.to);
    return (
      this.pick(this.reach.inAreaCode(areaCode), "area-code") ??
      this.pick(this.reach.inOverlay(areaCode), "area-code") ??
      this.pick(this.reach.inRegionOf(this.to, this.country), "area-code")
    );
  }

  private isUsOrCanada(): boolean {
    return this.country === "US" || this.country === "CA";
  }

  /**
   * The sender of a tier with the least backlog. Among equals the one that is this recipient's
   * by rendezvous hashing (Thaler and Ravishankar 1998), so that a pool that changes moves few.
   * Of large tiers {@link MAX_COMPARED} are compared, others than these for other recipients.
   */
  private pick(tier: Tier, reason: Reason): PoolEntry | undefined {
    const { entries } = tier;
    const favourite = entries.length < 2 ? entries[0] : entries[this.favouriteOf(tier)];
    if (favourite === undefined) return undefined;
    this.reason = reason;
    if (entries.length === 1) return this.isUsable(favourite) ? favourite : undefined;
    const waitSeconds = this.input.wish.backlogSeconds(favourite.sender.address);
    if (waitSeconds <= 0 && this.isUsable(favourite)) return favourite;
    return this.leastBusy(tier);
  }

  private favouriteOf({ hashes }: Tier): number {
    const { salt } = this;
    let best = 0;
    let bestScore = -1;
    for (let index = 0; index < hashes.length; index += 1) {
      const score = mix((hashes[index] ?? 0) ^ salt) >>> 0;
      if (score <= bestScore) continue;
      best = index;
      bestScore = score;
    }
    return best;
  }

  private leastBusy({ entries, hashes }: Tier): PoolEntry | undefined {
    const { backlogSeconds } = this.input.wish;
    const start = this.input.recipient.low % entries.length;
    let best: PoolEntry | undefined;
    let bestSeconds = 0;
    let bestScore = 0;
    for (let step = 0; step < entries.length; step += 1) {
      // When most of a large pool refuses, the search goes on until one does not.
      if (step >= MAX_COMPARED && best !== undefined) break;
      const index = start + step < entries.length ? start + step : start + step - entries.length;
      const entry = entries[index];
      if (entry === undefined) break;
      const seconds = backlogSeconds(entry.sender.address);
      if (best !== undefined && seconds > bestSeconds) continue;
      const score = mix((hashes[index] ?? 0) ^ this.salt) >>> 0;
      if (best !== undefined && seconds === bestSeconds && score <= bestScore) continue;
      if (!this.isUsable(entry)) continue;
      best = entry;
      bestSeconds = seconds;
      bestScore = score;
    }
    return best;
  }

  private isUsable({ sid, sender, number }: PoolEntry): boolean {
    const { wish, numbers } = this.input;
    const { address } = sender;
    if (number === undefined) {
      if (numbers.sender(wish.accountSid, address) === undefined) return false;
      if (!this.input.alphaAllowed(this.country, { accountSid: wish.accountSid, address })) return false;
    } else if (numbers.numberBySid(wish.accountSid, sid) !== number) {
      this.isStale = true;
      return false;
    }
    return !wish.refuses(address);
  }
}
