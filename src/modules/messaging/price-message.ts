import { AppError } from "../../kernel/errors.ts";
import { mostMicros, type Quote } from "../pricing/index.ts";
import type { SenderKind } from "../routing/index.ts";
import { holdMicros, unitsOf } from "./charges.ts";
import type { MessagingDeps } from "./deps.ts";
import { messageErrors } from "./errors.ts";
import type { MessageAccepted } from "./records.ts";

/** A message to be priced. */
export interface PricedMessage {
  readonly sid: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  readonly senderKind: SenderKind;
  readonly segments: number;
  readonly guarantee?: "at-least-once" | undefined;
  readonly maxPriceMicros: number | undefined;
}

/** What a message costs, and what is set aside for it. */
export interface PricedOutcome {
  readonly quote?: Quote;
  readonly heldMicros?: number;
  /** It costs more than its sender allows. */
  readonly isTooDear: boolean;
}

const FREE: PricedOutcome = { isTooDear: false };

/** The prices that hold for a message now. Throws where the operator has none for it. */
export function priceMessage(deps: MessagingDeps, message: PricedMessage): PricedOutcome {
  const { prices, spending, router } = deps;
  if (prices === undefined) return FREE;
  const { accountSid, from, to, senderKind, maxPriceMicros } = message;
  const quote = prices.quote({
    accountSid,
    currency: spending.currencyOf(accountSid),
    direction: "outbound",
    channel: message.sid.startsWith("MM") ? "mms" : "sms",
    from,
    to,
    senderKind,
    network: router.networkOf(to),
  });
  if (quote === undefined) throw new AppError(messageErrors.noPrice, { to });
  // What is sent once more because nobody knows is not what the sender compares with.
  const isTooDear = maxPriceMicros !== undefined && mostMicros(quote, unitsOf(message), 1) > maxPriceMicros;
  const { guarantee, segments, sid } = message;
  const held = isTooDear ? 0 : holdMicros(quote, { sid, segments, ...(guarantee === undefined ? {} : { guarantee }) });
  return held === 0 ? { quote, isTooDear } : { quote, heldMicros: held, isTooDear };
}

/** What a text that comes in costs; `undefined` where it is not billed. */
export function priceInbound(
  deps: Pick<MessagingDeps, "prices" | "spending" | "router" | "numbers">,
  text: { readonly accountSid: string; readonly from: string; readonly to: string },
): Quote | undefined {
  const { prices, spending, router, numbers } = deps;
  if (prices === undefined) return undefined;
  const { accountSid, from, to } = text;
  return prices.quote({
    accountSid,
    currency: spending.currencyOf(accountSid),
    direction: "inbound",
    channel: "sms",
    from,
    to,
    senderKind: numbers.sender(accountSid, to)?.kind ?? "local",
    network: from.startsWith("+") ? router.networkOf(from) : undefined,
  });
}

/** Sets aside what an accepted message can cost; it is held when its record is applied. Throws when the account cannot pay. */
export function reserve(deps: Pick<MessagingDeps, "spending">, record: MessageAccepted): void {
  const { quote, heldMicros, sid, accountSid } = record;
  if (quote === undefined || heldMicros === undefined) return;
  const refusal = deps.spending.reserve({ id: sid, accountSid, currency: quote.currency, amountMicros: heldMicros });
  if (refusal !== undefined) throw refusal;
}

/** The record was not committed: what was set aside for it is free again. */
export function cancelReservation(deps: Pick<MessagingDeps, "spending">, record: MessageAccepted): void {
  if (record.heldMicros !== undefined) deps.spending.cancel(record.sid);
}
