import { messageErrors } from "../errors.ts";
import type { RefusalVerdict, SubmitOutcome } from "../records.ts";
import { outcomeByStatus } from "./http-outcome.ts";

const FAILED = messageErrors.unknownOutcome.code;

interface Refusal {
  readonly verdict: RefusalVerdict;
  /** Public code the message shows if this ends it. */
  readonly errorCode: number;
}

const refusal = (verdict: RefusalVerdict, errorCode: number = FAILED): Refusal => ({ verdict, errorCode });

/**
 * What the error codes mean that a request for a message is refused with. Trouble with the
 * account over there is no fault of the message, so another carrier may take it.
 */
const REFUSALS: Readonly<Record<number, Refusal>> = {
  20_001: refusal("other-route"),
  20_003: refusal("other-route"),
  20_005: refusal("other-route"),
  20_404: refusal("other-route"),
  20_429: refusal("throttle"),
  14_107: refusal("throttle"),
  21_211: refusal("permanent", messageErrors.unknownHandset.code),
  21_212: refusal("other-route"),
  21_217: refusal("permanent", messageErrors.unknownHandset.code),
  21_219: refusal("other-route"),
  21_266: refusal("permanent"),
  21_408: refusal("other-route"),
  21_602: refusal("permanent"),
  21_603: refusal("other-route"),
  21_604: refusal("permanent", messageErrors.unknownHandset.code),
  21_606: refusal("other-route"),
  21_607: refusal("other-route"),
  21_608: refusal("other-route"),
  21_609: refusal("other-route"),
  21_610: refusal("permanent", messageErrors.optedOut.code),
  21_611: refusal("throttle"),
  21_612: refusal("other-route", messageErrors.landline.code),
  21_614: refusal("permanent", messageErrors.landline.code),
  21_617: refusal("permanent"),
  21_619: refusal("permanent"),
  21_624: refusal("permanent", messageErrors.validityExpired.code),
  21_701: refusal("other-route"),
  21_703: refusal("other-route"),
  30_001: refusal("throttle"),
  30_002: refusal("other-route"),
  63_038: refusal("later"),
};

/**
 * What a refused request for a message means. A 5xx is unknown whatever its code says, for
 * the message may have been made before something failed.
 */
export function refusalOf(status: number, code: number | undefined): SubmitOutcome {
  if (status >= 500) return { kind: "unknown", reason: `HTTP ${status}` };
  const known = status >= 400 && code !== undefined ? REFUSALS[code] : undefined;
  if (known === undefined) return outcomeByStatus(status, undefined);
  return { kind: "refused", verdict: known.verdict, errorCode: known.errorCode, status: String(code) };
}

/** The codes of messages that came to nothing which this platform knows, too. Others become 30008. */
const PUBLIC_CODES: ReadonlySet<number> = new Set([
  messageErrors.unreachableHandset.code,
  messageErrors.blocked.code,
  messageErrors.unknownHandset.code,
  messageErrors.landline.code,
  messageErrors.filtered.code,
  messageErrors.optedOut.code,
  messageErrors.validityExpired.code,
]);

/** What a status of a message means. Strange ones say nothing yet. */
export function receiptOf(
  status: string,
  errorCode: string | undefined,
): { readonly result: "delivered" | "failed" | "progress"; readonly errorCode?: number } {
  if (status === "delivered" || status === "read") return { result: "delivered" };
  if (status !== "undelivered" && status !== "failed" && status !== "canceled") return { result: "progress" };
  const code = Number(errorCode);
  return { result: "failed", errorCode: PUBLIC_CODES.has(code) ? code : FAILED };
}
