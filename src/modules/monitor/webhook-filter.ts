import { AppError } from "../../kernel/errors.ts";
import { INVALID_PARAMETER } from "../../platform/http/index.ts";
import { ringSource, type LiveSource } from "../../platform/live/index.ts";
import {
  viewWebhookLive,
  type WebhookReplayed,
  type WebhookState,
  type WebhookTrace,
  type WebhookTraces,
} from "../../platform/webhooks/index.ts";

/** What the inspector of webhooks works with. */
export interface WebhookDeps {
  readonly traces: WebhookTraces;
  readonly state: WebhookState;
  readonly mintSid: (prefix: string) => string;
  readonly isOperator: (accountSid: string) => boolean;
  /** Makes a replay durable in the cell's log. */
  readonly commit: (record: WebhookReplayed) => Promise<unknown>;
}

/** How a webhook ended, to filter by: classes of status, `none` where nobody answered, or whether it was delivered at all. */
export const OUTCOMES = ["2xx", "3xx", "4xx", "5xx", "none", "delivered", "failed"] as const;

/** What is asked for; all of it where nothing is. */
export interface WebhookFilter {
  readonly account?: string | undefined;
  readonly messageSid?: string | undefined;
  readonly outcome?: string | undefined;
  /** A part of the URL. */
  readonly url?: string | undefined;
}

const MAX_TEXT = 500;
const HUNDRED = 100;

/** Which webhooks a filter means. */
export function filterOf({ account, messageSid = "", outcome = "", url = "" }: WebhookFilter) {
  return (trace: WebhookTrace): boolean => {
    const { job } = trace;
    if (account !== undefined && job.accountSid !== account) return false;
    if (messageSid !== "" && job.resourceSid !== messageSid) return false;
    if (url !== "" && !job.url.includes(url)) return false;
    return outcome === "" || outcomesOf(trace).includes(outcome);
  };
}

function outcomesOf({ tries, delivered }: WebhookTrace): readonly string[] {
  const status = tries.at(-1)?.status;
  const answer = status === undefined ? "none" : `${Math.floor(status / HUNDRED)}xx`;
  return [answer, delivered ? "delivered" : "failed"];
}

/** The live source `webhooks`; its query may have `message`, `outcome`, `url` and `account`. */
export function webhookSource(traces: WebhookTraces): LiveSource {
  return ringSource("webhooks", traces.ring, {
    view: viewWebhookLive,
    filter: (query) => {
      const filter = {
        messageSid: wordOf(query, "message"),
        outcome: wordOf(query, "outcome"),
        url: wordOf(query, "url"),
        account: wordOf(query, "account"),
      };
      return Object.values(filter).every((value) => value === undefined) ? undefined : filterOf(filter);
    },
  });
}

/** A text of a query that nobody has checked; `undefined` where it has none. */
export function wordOf(query: unknown, name: string): string | undefined {
  if (typeof query !== "object" || query === null) return undefined;
  const value = (query as Readonly<Record<string, unknown>>)[name];
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string" && value.length <= MAX_TEXT) return value;
  throw new AppError(INVALID_PARAMETER, { parameter: name, reason: "it is no short text" });
}
