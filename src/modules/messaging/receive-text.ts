import { Reports } from "../../platform/queue/index.ts";
import { arrivalOf, cancelArrival, type InboundBinds } from "./arrival.ts";
import type { CarrierListener, IncomingText, Settle } from "./carriers/carrier.ts";
import type { MessagingDeps } from "./deps.ts";
import type { TextForwarding } from "./text-forwarding.ts";
import type { Receipt, ReceiptsArrived } from "./records.ts";

interface InboundDeps {
  readonly deps: MessagingDeps;
  readonly onCapacity: () => void;
  /** The accounts whose SMPP clients take texts. */
  readonly inboundBinds: InboundBinds | undefined;
  /** What keeps texts to numbers that are at home in another cell. */
  readonly forwarding?: TextForwarding | undefined;
}

const RETRY_MS = 500;

/**
 * What a carrier tells us, made durable before the carrier is told that we have it. If it
 * cannot be made durable the carrier hears so and gives it again.
 */
export function carrierListener(carrier: string, inbound: InboundDeps): CarrierListener {
  const { deps } = inbound;
  const receipts = new Reports<{ receipt: Receipt; settle: Settle }>({
    clock: deps.clock,
    retryMs: RETRY_MS,
    commit: (_carrier, batch, done) => {
      const record: ReceiptsArrived = { kind: "message.receipts", carrier, receipts: batch.map((one) => one.receipt) };
      deps.cell.commitThen(record, "progress", (error) => {
        for (const one of batch) one.settle(error === undefined);
        // The carrier gives again what it was told is not durable.
        done(true);
      });
    },
  });
  return {
    onCapacity: inbound.onCapacity,
    onReceipt: (receipt, settle) => receipts.add(carrier, { receipt, settle }),
    onText: (text, settle, named) => receiveText(inbound, carrier, text, { settle, named }),
  };
}

function receiveText(
  inbound: InboundDeps,
  carrier: string,
  text: IncomingText,
  { settle, named }: { readonly settle: Settle; readonly named: ((sid: string) => void) | undefined },
): void {
  const { deps, forwarding } = inbound;
  const storableText = { ...text, carrier, from: storable(text.from), text: storable(text.text) };
  const held = (): Parameters<typeof arrivalOf>[1] => ({ ...storableText, sid: deps.mintSid("SM") });
  if (forwarding !== undefined && !forwarding.isHere(storableText)) return forwarding.hold(held(), settle);
  whenPrepared(deps, text.to, () => takeText(inbound, held(), { settle, named }));
}

/** An account that has only received so far is made known first, so that its answers can be paid. Nearly always it is known. */
function whenPrepared({ numbers, spending }: MessagingDeps, to: string, run: () => void): void {
  const accountSid = numbers.inboundText(to)?.accountSid;
  const prepared = accountSid === undefined ? undefined : spending.prepare(accountSid);
  if (prepared === undefined) run();
  else void prepared.then(run, run);
}

function takeText(
  { deps, inboundBinds }: InboundDeps,
  text: Parameters<typeof arrivalOf>[1],
  { settle, named }: { readonly settle: Settle; readonly named: ((sid: string) => void) | undefined },
): void {
  const record = arrivalOf(deps, text, inboundBinds);
  if (record === undefined) {
    deps.logger.warn("inbound.unknown-number", { carrier: text.carrier, to: text.to });
    return settle(true);
  }
  deps.cell.commitThen(record, "progress", (error, sid) => {
    if (error !== undefined) cancelArrival(deps, record);
    // The parts of a long text have the SID of the one that came first.
    else if (typeof sid === "string") named?.(sid);
    settle(error === undefined);
  });
}

/** PostgreSQL text cannot hold a zero character. Halves of pairs stay: the other half may be in the next part. */
function storable(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\uFFFD") : text;
}
