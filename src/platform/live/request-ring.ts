import { AppError } from "../../kernel/errors.ts";
import type { Answered } from "../http/index.ts";
import { isObject } from "./asks.ts";
import { liveErrors } from "./errors.ts";
import { RecentRing } from "./recent-ring.ts";
import { ringSource } from "./ring-source.ts";
import type { LiveSource } from "./source.ts";

const MAX_PATH_CHARACTERS = 300;
const MAX_METHOD_CHARACTERS = 20;

/** One request to the API, as it was answered. Nothing of its query, its fields or its answer. */
export interface RequestItem {
  readonly at: string;
  readonly method: string;
  /** Without the query; the first 300 characters. */
  readonly path: string;
  readonly status: number;
  readonly error_code: number | null;
  readonly request_sid: string;
  readonly duration_ms: number;
  readonly account_sid: string | null;
  readonly operation: string | null;
}

/** Which requests are meant. Every member may be left out. */
interface RequestQuery {
  /** `errors` are those answered 400 or more. */
  readonly outcome?: "all" | "errors";
  readonly method?: string;
  readonly operation?: string;
  readonly requestSid?: string;
}

/** The last requests to the API of this process, without those to what stands beside it. */
export class RequestRing {
  readonly source: LiveSource;
  private readonly ring: RecentRing<Kept>;
  private readonly nowMs: () => number;

  constructor(options: { readonly capacity: number; readonly clock: { nowMs(): number } }) {
    this.ring = new RecentRing<Kept>({ capacity: options.capacity });
    this.nowMs = () => options.clock.nowMs();
    this.source = ringSource("requests", this.ring, {
      filter: filterOf,
      view,
    });
  }

  /** Takes what `onAnswer` of the HTTP server tells. */
  record(answered: Answered): void {
    // Mounts are operations named by their path: health, metrics, calls between processes, the simulator.
    if (answered.operation?.startsWith("/") === true) return;
    const { requestId, method, path, operation, accountSid, status, errorCode, durationMs } = answered;
    this.ring.add(accountSid, {
      atMs: this.nowMs(),
      method,
      path: copyOf(path),
      status,
      errorCode,
      requestId,
      durationMs,
      accountSid,
      operation,
    });
  }
}

/** A request as it is kept. */
interface Kept extends Answered {
  readonly atMs: number;
}

/** The beginning of a text, without the whole head of the request that it was cut out of, which V8 would keep with it. */
function copyOf(path: string): string {
  return Buffer.from(path.slice(0, MAX_PATH_CHARACTERS), "latin1").toString("latin1");
}

function view({
  atMs,
  method,
  path,
  status,
  errorCode,
  requestId,
  durationMs,
  accountSid,
  operation,
}: Kept): RequestItem {
  return {
    at: new Date(atMs).toISOString(),
    method: method.slice(0, MAX_METHOD_CHARACTERS),
    path,
    status,
    error_code: errorCode ?? null,
    request_sid: requestId,
    duration_ms: Math.round(durationMs * 10) / 10,
    account_sid: accountSid ?? null,
    operation: operation ?? null,
  };
}

function filterOf(query: unknown): ((answered: Kept) => boolean) | undefined {
  const { outcome, method, operation, requestSid } = readQuery(query);
  if (outcome !== "errors" && method === undefined && operation === undefined && requestSid === undefined) {
    return undefined;
  }
  return (answered) =>
    (outcome !== "errors" || answered.status >= 400) &&
    (method === undefined || answered.method === method) &&
    (operation === undefined || answered.operation === operation) &&
    (requestSid === undefined || answered.requestId === requestSid);
}

function readQuery(query: unknown): RequestQuery {
  if (query === undefined || query === null) return {};
  if (!isObject(query)) throw new AppError(liveErrors.queryInvalid, { reason: "it is no object" });
  for (const name of ["method", "operation", "requestSid", "outcome"]) {
    const value = query[name];
    if (value !== undefined && typeof value !== "string") {
      throw new AppError(liveErrors.queryInvalid, { reason: `${name} is no text` });
    }
  }
  const { outcome } = query;
  if (outcome !== undefined && outcome !== "all" && outcome !== "errors") {
    throw new AppError(liveErrors.queryInvalid, { reason: "outcome is neither all nor errors" });
  }
  return query;
}
