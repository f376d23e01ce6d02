import type { RequestUrl } from "../../protocols/http1/index.ts";
import type { Clock, Connection, DialTarget, Net } from "../ports.ts";
import { HttpClientError, reasonOf } from "./errors.ts";

/** Addresses of one name that are tried. */
const MAX_DIALLED_ADDRESSES = 3;

/** Errors that happen below TLS, whatever runs above. */
const CONNECTION_CODES: ReadonlySet<string> = new Set([
  "EACCES",
  "EADDRNOTAVAIL",
  "ECONNREFUSED",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "EMFILE",
  "ENETDOWN",
  "ENETUNREACH",
  "ENFILE",
  "EPERM",
  "ETIMEDOUT",
]);

export interface DialRequest {
  readonly target: RequestUrl;
  /** The admitted addresses, best first. */
  readonly addresses: readonly string[];
  readonly connectMs: number;
  readonly totalAtMs: number;
  /** PEM certificates trusted beside the system's. */
  readonly ca?: string | undefined;
}

/**
 * Connects to the first of the admitted addresses that answers, within the time for
 * connecting, which the addresses share. Rejects with {@link HttpClientError} of stage
 * `connect`, `tls` or `total`. A faulty certificate ends the search.
 */
export async function dialAdmitted(
  deps: { net: Pick<Net, "dial">; clock: Clock },
  request: DialRequest,
): Promise<{ stream: Connection; address: string }> {
  const { target, totalAtMs } = request;
  const untilMs = Math.min(deps.clock.monotonicMs() + request.connectMs, totalAtMs);
  const addresses = request.addresses.slice(0, MAX_DIALLED_ADDRESSES);
  const origin = `${target.host}:${target.port}`;
  let last = new HttpClientError("connect", "timeout", { origin });
  for (const [index, address] of addresses.entries()) {
    const leftMs = untilMs - deps.clock.monotonicMs();
    if (leftMs <= 0) break;
    const connectTimeoutMs = Math.max(1, Math.ceil(leftMs / (addresses.length - index)));
    try {
      return { stream: await deps.net.dial(dialTarget(request, address, connectTimeoutMs)), address };
    } catch (error) {
      const reason = reasonOf(error);
      const isTls = target.scheme === "https" && !CONNECTION_CODES.has(reason);
      last = new HttpClientError(isTls ? "tls" : "connect", reason, { origin, cause: error });
      if (isTls) break;
    }
  }
  if (last.stage === "connect" && deps.clock.monotonicMs() >= totalAtMs) {
    throw new HttpClientError("total", "timeout", { origin, cause: last });
  }
  throw last;
}

function dialTarget(request: DialRequest, address: string, connectTimeoutMs: number): DialTarget {
  const { target, ca } = request;
  const plain = { host: address, port: target.port, connectTimeoutMs };
  if (target.scheme === "http") return plain;
  // A name may end in the root's dot; certificates and SNI do not have it (RFC 6066 §3).
  const serverName = target.host.replace(/\.$/, "");
  return { ...plain, tls: { serverName, ...(ca === undefined ? {} : { ca }) } };
}
