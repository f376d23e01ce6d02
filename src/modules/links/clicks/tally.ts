/** How often one link was clicked in one hour, as far as one stretch of the log tells. */
export interface ClickTally {
  /** See {@link tallyKey}. */
  readonly key: string;
  readonly linkSid: string;
  readonly accountSid: string;
  /** The hour's beginning. */
  readonly hourMs: number;
  /** The stretch of the log: see {@link stretchOf}. */
  readonly stretch: number;
  clicks: number;
  previews: number;
  bots: number;
  /** Of clicks alone: `device.phone`, `country.DE` … What is not known of a click is not counted here. */
  readonly names: Record<string, number>;
}

/** What came to a link. */
export type VisitKind = "click" | "preview" | "bot";

/** One visit, as it stands in the log. Short names: there are very many of them. */
export interface Visit {
  readonly sid: string;
  readonly account: string;
  readonly kind: VisitKind;
  readonly country?: string;
  readonly referrer?: string;
  readonly device?: string;
  readonly browser?: string;
  readonly system?: string;
  /** Who is told of it, where somebody is. */
  readonly tell?: ClickNotice;
}

/** What is told of a click, beside when it was. */
export interface ClickNotice {
  readonly url: string;
  readonly userAgent: string;
  readonly link: string;
  readonly shortLink: string;
  readonly createdMs: number;
  readonly messageSid?: string;
  readonly serviceSid?: string;
  readonly from?: string;
  readonly to?: string;
}

const HOUR_MS = 3_600_000;
/** By what clicks are counted. */
export type NameKind = "country" | "referrer" | "device" | "browser" | "system";
/** Names of one kind in a tally; further ones are counted as `other`. */
export const MAX_NAMES = 50;
const OTHER = "other";

/**
 * Octets of log that share their tallies. A tally may leave memory when the log has gone on to
 * the next stretch, because no record can change it any more, in no replay either: that is how
 * every visit is counted once although tallies leave memory. A stretch holds some 100,000
 * visits, which bounds how many tallies are in memory.
 */
export const STRETCH_OCTETS = 16 * 1024 * 1024;

/** The stretch of the log in which an offset lies. */
export function stretchOf(offset: number): number {
  return Math.floor(offset / STRETCH_OCTETS);
}

/** Names a tally: its link, hour, cell and stretch. Others of the same link and hour add to it when they are read. */
export function tallyKey(input: { sid: string; hourMs: number; cell: string; stretch: number }): string {
  return `${input.sid}.${input.hourMs / HOUR_MS}.${input.cell}.${input.stretch}`;
}

/** The beginning of the hour of a moment. */
export function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) * HOUR_MS;
}

export function emptyTally(
  input: Pick<ClickTally, "key" | "linkSid" | "accountSid" | "hourMs" | "stretch">,
): ClickTally {
  const { key, linkSid, accountSid, hourMs, stretch } = input;
  return { key, linkSid, accountSid, hourMs, stretch, clicks: 0, previews: 0, bots: 0, names: {} };
}

/** Counts a visit. */
export function countVisit(tally: ClickTally, visit: Visit): void {
  if (visit.kind === "preview") tally.previews += 1;
  else if (visit.kind === "bot") tally.bots += 1;
  else {
    tally.clicks += 1;
    const { names } = tally;
    if (visit.country !== undefined) addName(names, "country", visit.country, 1);
    if (visit.referrer !== undefined) addName(names, "referrer", visit.referrer, 1);
    if (visit.device !== undefined) addName(names, "device", visit.device, 1);
    if (visit.browser !== undefined) addName(names, "browser", visit.browser, 1);
    if (visit.system !== undefined) addName(names, "system", visit.system, 1);
  }
}

/** Adds to a name's count. */
export function addName(names: Record<string, number>, kind: NameKind, name: string, count: number): void {
  const key = `${kind}.${name}`;
  const known = names[key];
  if (known !== undefined) names[key] = known + count;
  else if (hasRoom(names, kind)) names[key] = count;
  else names[`${kind}.${OTHER}`] = (names[`${kind}.${OTHER}`] ?? 0) + count;
}

/** Whether one more name of a kind may be told apart. Most tallies have few of all kinds together. */
function hasRoom(names: Readonly<Record<string, number>>, kind: NameKind): boolean {
  const keys = Object.keys(names);
  if (keys.length < MAX_NAMES) return true;
  return keys.filter((key) => key.startsWith(`${kind}.`)).length < MAX_NAMES;
}
