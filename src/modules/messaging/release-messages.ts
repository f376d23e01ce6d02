import { AppError } from "../../kernel/errors.ts";
import type { SenderKind } from "../routing/index.ts";
import { poolSender } from "./choose-sender.ts";
import type { MessagingDeps } from "./deps.ts";
import { messageErrors } from "./errors.ts";
import { judge, judgedOf } from "./judge-message.ts";
import type { Message } from "./message.ts";
import { priceMessage } from "./price-message.ts";
import type { Release, ReleaseToEnd, ReleaseToSend } from "./records.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Of a message whose validity nobody said. */
const DEFAULT_VALIDITY_SECONDS = 36_000;
/** The rules are asked again after this when the account is about to move, or has: shorter than what waits in the database. */
const FOREIGN_PAUSE_MS = 9_000;

/** What becomes of messages, and what to do once that is durable or could not be made so. */
export interface Decisions {
  readonly releases: readonly Release[];
  readonly cancel: () => void;
}

/**
 * Decides about messages whose time has come: each gets its sender, is judged by the rules
 * and priced as if it were sent now, which it is. What was queued before, and priced, only
 * goes on; the rules look at it when a carrier is about to get it.
 */
export async function decideReleases(deps: MessagingDeps, messages: readonly Readonly<Message>[]): Promise<Decisions> {
  const statuses = await statusesOf(deps, messages);
  const releases: Release[] = [];
  const reserved: string[] = [];
  for (const message of messages) {
    if (statuses.get(message.accountSid) === false) {
      releases.push(end(message, "failed", messageErrors.accountSuspended.code));
      continue;
    }
    const release = decide(deps, message);
    if (release.kind === "send" && release.heldMicros !== undefined) {
      const { accountSid, sid: id } = message;
      const { quote, heldMicros: amountMicros } = release;
      const currency = quote?.currency ?? deps.spending.currencyOf(accountSid);
      const refusal = deps.spending.reserve({ id, accountSid, currency, amountMicros });
      if (refusal !== undefined) {
        releases.push(end(message, "failed", refusal.code));
        continue;
      }
      reserved.push(id);
    }
    releases.push(release);
  }
  return { releases, cancel: () => reserved.forEach((id) => deps.spending.cancel(id)) };
}

/** Whether each account may send. Where that cannot be asked, those that were let in may. */
async function statusesOf(
  deps: MessagingDeps,
  messages: readonly Readonly<Message>[],
): Promise<ReadonlyMap<string, boolean>> {
  const statuses = new Map<string, boolean>();
  for (const { accountSid } of messages) {
    if (statuses.has(accountSid)) continue;
    statuses.set(accountSid, true);
    const status = await deps.accountStatus(accountSid).catch(() => "active" as const);
    statuses.set(accountSid, status === "active");
    await deps.spending.prepare(accountSid)?.catch(() => undefined);
  }
  return statuses;
}

function end({ sid }: Readonly<Message>, status: ReleaseToEnd["status"], errorCode: number): ReleaseToEnd {
  return { kind: "end", sid, status, errorCode };
}

function decide(deps: MessagingDeps, message: Readonly<Message>): Release {
  const { sid, from, status, validUntilMs } = message;
  if (status !== "scheduled") return { kind: "send", sid, from, validUntilMs };
  try {
    return priced(deps, message);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Whoever has opted out meanwhile is not written to, and the customer is told why.
    const isOptOut = error.code === messageErrors.optedOut.code;
    return end(message, isOptOut ? "canceled" : "failed", error.code);
  }
}

/** The message as it goes now. Throws the public error where it does not. */
function priced(deps: MessagingDeps, message: Readonly<Message>): Release {
  const { sid, accountSid, to, segments, guarantee, maxPriceMicros } = message;
  const nowMs = deps.clock.nowMs();
  const asked = senderOf(deps, message);
  const verdict = judge(deps, { ...judgedOf(message, nowMs), ...asked });
  if (verdict.kind === "refuse") throw verdict.error;
  if (verdict.kind === "hold") {
    // It stays in memory where it could not be sent from a row: the account has another home by then.
    const isHome = deps.accepts?.(accountSid) !== false;
    return {
      kind: "wait",
      sid,
      untilMs: isHome ? verdict.untilMs : Math.min(verdict.untilMs, nowMs + FOREIGN_PAUSE_MS),
    };
  }
  const from = verdict.from ?? asked.from;
  const { senderKind } = asked;
  const { validitySeconds = DEFAULT_VALIDITY_SECONDS } = message;
  const release: Mutable<ReleaseToSend> = { kind: "send", sid, from, validUntilMs: nowMs + validitySeconds * 1_000 };
  if (senderKind !== "local") release.senderKind = senderKind;
  if (verdict.tlvs !== undefined) release.tlvs = verdict.tlvs;
  if (verdict.dlt !== undefined) release.dlt = verdict.dlt;
  const price = priceMessage(deps, { sid, accountSid, from, to, senderKind, segments, guarantee, maxPriceMicros });
  if (price.isTooDear) throw new AppError(messageErrors.priceTooHigh);
  if (price.quote !== undefined) release.quote = price.quote;
  if (price.heldMicros !== undefined) release.heldMicros = price.heldMicros;
  return release;
}

/** The sender that was named, if it still is the account's, or the one that the pool gives now. */
function senderOf(deps: MessagingDeps, message: Readonly<Message>): { from: string; senderKind: SenderKind } {
  const { accountSid, serviceSid, to, segments } = message;
  let { from } = message;
  if (from === "") {
    const service = serviceSid === undefined ? undefined : deps.services.service(accountSid, serviceSid);
    if (service === undefined) throw new AppError(messageErrors.serviceUnknown, { value: serviceSid ?? "" });
    from = poolSender(deps, service, { to, isMms: message.mediaUrls !== undefined, segments }).from;
  }
  const sender = deps.numbers.sender(accountSid, from);
  if (sender === undefined) throw new AppError(messageErrors.fromNotOwned, { from });
  if (!deps.router.serves(to)) throw new AppError(messageErrors.toNotReachable, { from, to });
  return { from, senderKind: sender.kind };
}
