import { S3FifoCache } from "../../../platform/cache/index.ts";
import { headerOf, type HttpRequest } from "../../../platform/http/index.ts";
import type { VisitKind } from "./tally.ts";
import { BOTS, BROWSERS, DEVICES, PREVIEWERS, SYSTEMS, type Mark } from "./visitor-marks.ts";

/** What is told of whoever asks for a link, from what they say of themselves. */
export interface Visitor {
  readonly kind: VisitKind;
  readonly device?: string;
  readonly browser?: string;
  readonly system?: string;
}

/** User agents that are remembered. */
const MAX_AGENTS = 10_000;
/** The part of a user agent that is looked at and told. */
export const MAX_AGENT_CHARACTERS = 500;
const BOT: Visitor = { kind: "bot" };
const PREVIEW: Visitor = { kind: "preview" };
/** Fetch Metadata (`Sec-Purpose`), and what older browsers send when they only get ready. */
const PURPOSES = ["sec-purpose", "purpose", "x-purpose", "x-moz"] as const;
const AHEAD = /prefetch|prerender|preview/i;

/** Tells people from previews and programs. What nobody sees is no click. */
export class VisitorBook {
  private readonly agents = new S3FifoCache<Visitor>({ maxEntries: MAX_AGENTS });

  /** Who asks. */
  visitorOf(request: Pick<HttpRequest, "method" | "headers">): Visitor {
    const { headers, method } = request;
    if (method === "HEAD") return PREVIEW;
    for (const name of PURPOSES) {
      const value = headers[name];
      if (value !== undefined && AHEAD.test(headerOf(headers, name) ?? "")) return PREVIEW;
    }
    const agent = agentOf(request);
    if (agent === "") return BOT;
    let visitor = this.agents.get(agent);
    if (visitor === undefined) {
      visitor = judge(agent.toLowerCase());
      this.agents.set(agent, visitor);
    }
    return visitor;
  }
}

/** The user agent, cut to what is looked at. */
export function agentOf({ headers }: Pick<HttpRequest, "headers">): string {
  return (headerOf(headers, "user-agent") ?? "").slice(0, MAX_AGENT_CHARACTERS);
}

function judge(agent: string): Visitor {
  if (PREVIEWERS.some((mark) => agent.includes(mark))) return PREVIEW;
  if (BOTS.some((mark) => agent.includes(mark))) return BOT;
  const device = firstOf(DEVICES, agent);
  const browser = firstOf(BROWSERS, agent);
  const system = firstOf(SYSTEMS, agent);
  return {
    kind: "click",
    ...(device === undefined ? {} : { device }),
    ...(browser === undefined ? {} : { browser }),
    ...(system === undefined ? {} : { system }),
  };
}

function firstOf(marks: readonly Mark[], agent: string): string | undefined {
  return marks.find(([mark]) => agent.includes(mark))?.[1];
}

/** The host of the page that led here, where it names one; hosts without a dot are somebody's own network. */
export function referrerOf({ headers }: Pick<HttpRequest, "headers">): string | undefined {
  const referrer = headerOf(headers, "referer");
  if (referrer === undefined || referrer.length > 2_048 || !/^https?:/i.test(referrer)) return undefined;
  if (!URL.canParse(referrer)) return undefined;
  const { hostname } = new URL(referrer);
  return hostname.includes(".") && hostname.length <= 253 ? hostname : undefined;
}
