import { countryOf, regionOf } from "../../protocols/e164/index.ts";
import type { AccountNumber, AccountNumbers } from "../numbers/index.ts";
import { overlaysOf } from "./area-code-overlays.ts";
import type { PoolSender } from "./directory.ts";
import { hashOfText } from "./hash.ts";
import type { PoolMember } from "./pool-member.ts";

/** A sender that can be chosen. */
export interface PoolEntry {
  readonly sid: string;
  readonly sender: PoolSender;
  /** Of its address. */
  readonly hash: number;
  /** What the numbers said when the pool was made; absent for alphanumeric senders. */
  readonly number?: AccountNumber;
}

/** Senders among which only their backlog decides. */
export class Tier {
  readonly entries: PoolEntry[] = [];
  private known = new Uint32Array(0);

  /** The hashes of the entries, side by side, because all of them are read for every choice. */
  get hashes(): Uint32Array {
    if (this.known.length !== this.entries.length) this.known = Uint32Array.from(this.entries, ({ hash }) => hash);
    return this.known;
  }
}

const NOBODY = new Tier();
/** Where toll-free numbers and area codes of the North American plan mean something. */
const NANP = "+1";
const AREA_CODE_END = 5;

/** Senders by whom they can reach. */
export class Reach {
  private readonly shortCodes = new Map<string, Tier>();
  /** Short codes of which nobody said where they work. */
  readonly shortCodesOfNoCountry = new Tier();
  readonly tollFree = new Tier();
  private readonly local = new Map<string, Tier>();
  private readonly areaCodes = new Map<string, Tier>();
  private readonly overlays = new Map<string, Tier>();
  private readonly regions = new Map<string, Tier>();
  /** Everything that can be sent abroad. */
  readonly longCodes = new Tier();

  add(entry: PoolEntry): void {
    const { kind, address, country = "" } = entry.sender;
    if (kind === "shortcode") {
      if (country === "") this.shortCodesOfNoCountry.entries.push(entry);
      else push(this.shortCodes, country, entry);
    } else if (kind === "tollfree") {
      this.tollFree.entries.push(entry);
    } else {
      push(this.local, country, entry);
      this.longCodes.entries.push(entry);
      if (!address.startsWith(NANP)) return;
      const areaCode = areaCodeOf(address);
      push(this.areaCodes, areaCode, entry);
      for (const other of overlaysOf(areaCode)) push(this.overlays, other, entry);
      const region = regionOf(address);
      if (region !== undefined) push(this.regions, `${country}-${region}`, entry);
    }
  }

  shortCodesOf(country: string): Tier {
    return this.shortCodes.get(country) ?? NOBODY;
  }

  localOf(country: string): Tier {
    return this.local.get(country) ?? NOBODY;
  }

  inAreaCode(areaCode: string): Tier {
    return this.areaCodes.get(areaCode) ?? NOBODY;
  }

  /** Numbers of other area codes that serve the same places. */
  inOverlay(areaCode: string): Tier {
    return this.overlays.get(areaCode) ?? NOBODY;
  }

  /** Numbers of the same state or province. */
  inRegionOf(to: string, country: string): Tier {
    if (this.regions.size === 0) return NOBODY;
    const region = regionOf(to);
    return region === undefined ? NOBODY : (this.regions.get(`${country}-${region}`) ?? NOBODY);
  }
}

/** The senders of a service, arranged for choosing. Made anew when the service or one of its numbers changes. */
export class Pool {
  /** Numbers and short codes for texts. */
  readonly texts = new Reach();
  /** Those of them that take media. */
  readonly media = new Reach();
  /** Alphanumeric senders for every country. */
  readonly alphas = new Tier();
  private readonly alphasByCountry = new Map<string, Tier>();
  private readonly bySender = new Map<number, PoolEntry>();
  /** Members that are no numbers of the account, or not yet. */
  readonly missing: number;
  readonly madeMs: number;

  constructor(members: readonly PoolMember[], numbers: AccountNumbers, nowMs: number) {
    this.madeMs = nowMs;
    let missing = 0;
    for (const member of members) {
      if (member.kind === "channel") continue;
      if (member.kind === "alpha") {
        this.addAlpha(member);
        continue;
      }
      const number = numbers.numberBySid(member.accountSid, member.sid);
      if (number === undefined) missing += 1;
      else if (number.sms || number.mms) this.addNumber(number);
    }
    this.missing = missing;
  }

  get size(): number {
    return this.bySender.size;
  }

  private addAlpha({ sid, address, isoCountry }: PoolMember): void {
    const country = isoCountry === "" ? {} : { country: isoCountry };
    const sender: PoolSender = { address, kind: "alphanumeric", mms: false, ...country };
    const entry: PoolEntry = { sid, sender, hash: hashOfText(address) };
    if (isoCountry === "") this.alphas.entries.push(entry);
    else push(this.alphasByCountry, isoCountry, entry);
    this.known(entry);
  }

  private addNumber(number: AccountNumber): void {
    const { sid, number: address, senderKind: kind, mms } = number;
    const country = countryOfNumber(number);
    const sender: PoolSender = { address, kind, mms, ...(country === "" ? {} : { country }) };
    const entry: PoolEntry = { sid, sender, hash: hashOfText(address), number };
    if (number.sms) this.texts.add(entry);
    if (mms) this.media.add(entry);
    this.known(entry);
  }

  /** Of two senders with one hash, which one in ten million pools has, the first is found. */
  private known(entry: PoolEntry): void {
    if (!this.bySender.has(entry.hash)) this.bySender.set(entry.hash, entry);
  }

  bySenderHash(hash: number): PoolEntry | undefined {
    return this.bySender.get(hash);
  }

  alphasFor(country: string): Tier {
    return this.alphasByCountry.get(country) ?? NOBODY;
  }
}

function countryOfNumber({ country = "", number, kind }: AccountNumber): string {
  if (country !== "" || kind === "shortcode") return country;
  return countryOf(number) ?? "";
}

/** `212` of `+1 212…`. */
export function areaCodeOf(e164: string): string {
  return e164.slice(NANP.length, AREA_CODE_END);
}

function push(map: Map<string, Tier>, key: string, entry: PoolEntry): void {
  let tier = map.get(key);
  if (tier === undefined) {
    tier = new Tier();
    map.set(key, tier);
  }
  tier.entries.push(entry);
}
