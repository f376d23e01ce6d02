/** The path of short links. */
export const LINKS = "/trunkline/v1/Links";
/** The path of link domains. */
export const DOMAINS = "/trunkline/v1/LinkDomains";

/** An item of `Links`. */
export interface ShortLink {
  readonly sid: string;
  readonly domain_name: string;
  readonly code: string;
  readonly short_url: string;
  readonly target_url: string;
  readonly status: "active" | "disabled";
  readonly redirect: "permanent" | "temporary";
  readonly title: string | null;
  readonly tags: readonly string[];
  readonly has_password: boolean;
  readonly message_sid: string | null;
  readonly date_expires: string | null;
  readonly date_created: string;
}

/** An item of `LinkDomains`. */
export interface LinkDomain {
  readonly sid: string;
  readonly domain_name: string;
  readonly status: "pending" | "verified" | "blocked";
  readonly proof: {
    readonly dns: { readonly type: string; readonly name: string; readonly value: string };
    readonly file: { readonly url: string; readonly content: string };
  };
  readonly certificate_expires: string | null;
  readonly messaging_services: readonly string[];
  readonly date_verified: string | null;
  readonly date_created: string;
}

/** `Links/{Sid}/Analytics`. */
export interface LinkAnalytics {
  readonly start_date: string;
  readonly end_date: string;
  readonly clicks: number;
  readonly previews: number;
  readonly bots: number;
  readonly series: readonly {
    readonly date: string;
    readonly clicks: number;
    readonly previews: number;
    readonly bots: number;
  }[];
  readonly countries: readonly Ranked[];
  readonly referrers: readonly Ranked[];
  readonly devices: readonly Ranked[];
  readonly browsers: readonly Ranked[];
  readonly systems: readonly Ranked[];
}

/** A name and how many clicks it had. */
export interface Ranked {
  readonly name: string;
  readonly clicks: number;
}

/** How a link will look. Without a slug the code is made up; dots stand for it. */
export function previewOf(domain: string, slug: string): string {
  return `https://${domain === "" ? "your-domain" : domain}/${slug.trim() === "" ? "·······" : encodeURIComponent(slug.trim())}`;
}

/** Characters of a link as a text has it: the scheme is left out there. */
export function charactersOf(preview: string): number {
  return preview.length - "https://".length;
}

/** What is wrong with a page to lead to; `undefined` where it can be taken. */
export function troubleOfTarget(url: string): string | undefined {
  if (url.trim() === "") return undefined;
  if (!URL.canParse(url.trim())) return "Begin with https:// and a host.";
  const { protocol, username, password } = new URL(url.trim());
  if (protocol !== "https:" && protocol !== "http:") return "Only http and https can be linked to.";
  if (username !== "" || password !== "") return "A user name in it would only deceive.";
  return undefined;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The clicks of a time in equal steps, with zeros where there were none. */
export interface ClickSeries {
  readonly times: readonly number[];
  readonly clicks: readonly number[];
  readonly previews: readonly number[];
  readonly bots: readonly number[];
}

/** Fills the steps that the answer leaves out because nobody came. */
export function filledSeries(
  analytics: Pick<LinkAnalytics, "series" | "start_date" | "end_date">,
  granularity: "hour" | "day",
): ClickSeries {
  const stepMs = granularity === "hour" ? HOUR_MS : DAY_MS;
  const found = new Map(analytics.series.map((point) => [Date.parse(point.date), point]));
  const first = Math.floor(Date.parse(analytics.start_date) / stepMs) * stepMs;
  const last = Date.parse(analytics.end_date);
  const times: number[] = [];
  for (let at = first; at < last; at += stepMs) times.push(at);
  const valuesOf = (kind: "clicks" | "previews" | "bots"): number[] => times.map((at) => found.get(at)?.[kind] ?? 0);
  return { times, clicks: valuesOf("clicks"), previews: valuesOf("previews"), bots: valuesOf("bots") };
}

/** What a domain waits for. */
export type DomainNeed = "proof" | "certificate" | "renewal" | "nothing" | "operator";

const SOON_MS = 14 * DAY_MS;

/** What has to be done next so that links of a domain work. */
export function needOf(
  { status, certificate_expires: expires }: Pick<LinkDomain, "status" | "certificate_expires">,
  nowMs: number,
): DomainNeed {
  if (status === "blocked") return "operator";
  if (status === "pending") return "proof";
  if (expires === null) return "certificate";
  return Date.parse(expires) < nowMs + SOON_MS ? "renewal" : "nothing";
}
