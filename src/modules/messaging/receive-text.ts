import type { Cell } from "../../platform/cell/index.ts";
import type { Clock, Logger } from "../../platform/ports.ts";
import { Reports } from "../../platform/queue/index.ts";
import type { NumberDirectory } from "../numbers/index.ts";
import type { CarrierListener, IncomingText, Settle } from "./carriers/carrier.ts";
import type { TextForwarding } from "./text-forwarding.ts";
import type { Receipt, ReceiptsArrived, TextArrived } from "./records.ts";

interface InboundDeps {
  readonly cell: () => Cell;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly numbers: NumberDirectory;
  readonly mintSid: (prefix: string) => string;
  readonly onCapacity: () => void;
  /** The accounts whose SMPP clients take texts. */
  readonly inboundBinds: InboundBinds | undefined;
  /** What keeps texts to numbers that are at home in another cell. */
  readonly forwarding?: TextForwarding | undefined;
}

/** Which accounts have an SMPP client that takes texts now. */
export interface InboundBinds {
  has(accountSid: string): boolean;
}

const RETRY_MS = 500;

/**
 * What a carrier tells us, made durable before the carrier is told that we have it. If it
 * cannot be made durable the carrier hears so and gives it again.
 */
export function carrierListener(carrier: string, deps: InboundDeps): CarrierListener {
  const receipts = new Reports<{ receipt: Receipt; settle: Settle }>({
    clock: deps.clock,
    retryMs: RETRY_MS,
    commit: (_carrier, batch, done) => {
      const record: ReceiptsArrived = { kind: "message.receipts", carrier, receipts: batch.map((one) => one.receipt) };
      deps.cell().commitThen(record, "progress", (error) => {
        for (const one of batch) one.settle(error === undefined);
        // The carrier gives again what it was told is not durable.
        done(true);
      });
    },
  });
  return {
    onCapacity: deps.onCapacity,
    onReceipt: (receipt, settle) => receipts.add(carrier, { receipt, settle }),
    onText: (text, settle) => receiveText(deps, carrier, text, settle),
  };
}

function receiveText(deps: InboundDeps, carrier: string, text: IncomingText, settle: Settle): void {
  const { forwarding } = deps;
  const storableText = { ...text, carrier, from: storable(text.from), text: storable(text.text) };
  if (forwarding !== undefined && !forwarding.isHere(storableText)) {
    forwarding.hold({ ...storableText, sid: deps.mintSid("SM") }, settle);
    return;
  }
  const route = deps.numbers.inboundText(text.to);
  if (route === undefined) {
    deps.logger.warn("inbound.unknown-number", { carrier, to: text.to });
    settle(true);
    return;
  }
  const record: TextArrived = {
    ...storableText,
    kind: "message.arrived",
    sid: deps.mintSid("SM"),
    route,
    ...(deps.inboundBinds?.has(route.accountSid) === true ? { toBind: true as const } : {}),
  };
  deps.cell().commitThen(record, "progress", (error) => settle(error === undefined));
}

/** PostgreSQL text cannot hold a zero character. */
function storable(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\uFFFD") : text;
}
