import { AppError } from "../../../kernel/errors.ts";
import { INVALID_PARAMETER } from "../../../platform/http/index.ts";
import type { LiveSource } from "../../../platform/live/index.ts";
import type { MessageTrace, TracedChange } from "../message-trace.ts";

const TOPIC = "messages";
/** Changes that a first answer has. */
const RECALL = 200;
const MAX_TEXT = 64;
const FILTERS = ["sid", "account", "status", "direction", "carrier", "number", "error_code", "country"] as const;

type Filter = Partial<Record<(typeof FILTERS)[number], string>>;

/**
 * The live source `messages`: changes of status as they happen. Filters, all optional and as text: `sid`, `account`,
 * `status`, `direction`, `carrier`, `number` (the beginning of the sender or the recipient), `error_code`, `country`.
 */
export function messageSource(trace: MessageTrace, isOperator: (accountSid: string) => boolean): LiveSource {
  return {
    topic: TOPIC,
    ask: ({ query, cursor, scope, limit }) => {
      const filter = readFilter(query);
      const { everything, accountSid } = scope;
      const showsCarrier = everything || isOperator(accountSid);
      const answer = trace.changes.ask({
        cursor,
        accountSid: everything ? undefined : accountSid,
        limit,
        recall: RECALL,
        matches: filter === undefined ? undefined : (one) => matches(one, filter, showsCarrier),
      });
      const items = answer.items.map((one) => viewChange(one, showsCarrier));
      return { cursor: answer.cursor, items, skipped: answer.skipped };
    },
  };
}

function readFilter(query: unknown): Filter | undefined {
  if (query === undefined || query === null) return undefined;
  if (typeof query !== "object") throw invalid("query", "it is no object");
  const filter: Filter = {};
  for (const name of FILTERS) {
    const value = (query as Readonly<Record<string, unknown>>)[name];
    if (value === undefined || value === "") continue;
    if (typeof value !== "string" || value.length > MAX_TEXT) throw invalid(name, "it is no short text");
    filter[name] = value;
  }
  return Object.keys(filter).length === 0 ? undefined : filter;
}

function invalid(parameter: string, reason: string): AppError {
  return new AppError(INVALID_PARAMETER, { parameter, reason });
}

function matches({ change }: TracedChange, filter: Filter, showsCarrier: boolean): boolean {
  const { sid, account, status, direction, carrier, number, error_code: errorCode, country } = filter;
  if (sid !== undefined && change.sid !== sid) return false;
  if (account !== undefined && change.accountSid !== account) return false;
  if (status !== undefined && change.status !== status) return false;
  if (direction !== undefined && change.direction !== direction) return false;
  if (carrier !== undefined && (!showsCarrier || change.carrier !== carrier)) return false;
  if (errorCode !== undefined && String(change.errorCode ?? "") !== errorCode) return false;
  if (country !== undefined && change.country !== country) return false;
  return number === undefined || change.from.startsWith(number) || change.to.startsWith(number);
}

function viewChange({ atMs, change }: TracedChange, showsCarrier: boolean): unknown {
  return {
    at: new Date(atMs).toISOString(),
    sid: change.sid,
    account_sid: change.accountSid,
    direction: change.direction,
    status: change.status,
    before: change.before ?? null,
    from: change.from === "" ? null : change.from,
    to: change.to,
    segments: change.segments,
    country: change.country ?? null,
    error_code: change.errorCode ?? null,
    date_created: new Date(change.acceptedMs).toISOString(),
    price_micros: change.priceMicros ?? null,
    currency: change.currency ?? null,
    ...(showsCarrier ? { carrier: change.carrier ?? null } : {}),
  };
}
