import type { Clock, Logger } from "../../platform/ports.ts";
import type { Agenda } from "./agenda.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Listeners } from "./events.ts";
import { showId } from "./message-ids.ts";
import type { IdBase } from "./message-ids.ts";
import type { OwedReceipt } from "./phone-store.ts";
import { receiptPdu } from "./receipts.ts";
import type { ReceiptForm } from "./receipts.ts";
import type { Records } from "./records.ts";
import type { Submission } from "./submission.ts";

/** What a {@link ReceiptDesk} works with. */
export interface ReceiptDeskDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly agenda: Agenda;
  readonly records: Records;
  readonly deliveries: Deliveries;
  readonly listeners: Listeners;
  readonly idBase: IdBase;
  readonly form: ReceiptForm;
}

const FINAL_OR_FAILURE = 1;
const FAILURE_ONLY = 2;
const SUCCESS_ONLY = 3;

/** Makes messages final when their time has come, and sends the receipts that were asked for. */
export class ReceiptDesk {
  private readonly deps: ReceiptDeskDeps;

  constructor(deps: ReceiptDeskDeps) {
    this.deps = deps;
  }

  /** Notes a submission whose state becomes final after `delayMs`, with so many copies of its receipt. */
  open(submission: Submission, delayMs: number, copies: number): void {
    const wanted = copies > 0 && isWanted(submission);
    if (wanted) this.deps.records.owe(owedFor(submission));
    if (delayMs === 0) this.settle(submission, wanted ? copies : 0);
    else this.deps.agenda.after(delayMs, () => this.settle(submission, wanted ? copies : 0));
  }

  /** Makes a submission final as DELETED now. False where it is final already. */
  cancel(submission: Submission): boolean {
    if (submission.state !== "ENROUTE") return false;
    submission.outcome = "DELETED";
    submission.doneMs = this.deps.clock.nowMs();
    const wanted = isWanted(submission);
    if (wanted) this.deps.records.owe(owedFor(submission));
    else this.deps.records.pay(submission.id);
    this.settle(submission, wanted ? 1 : 0);
    return true;
  }

  /** Sends, when due, the receipts that were owed when the carrier stopped. */
  resume(): void {
    const now = this.deps.clock.nowMs();
    for (const receipt of this.deps.records.owed.values()) {
      this.deps.agenda.after(Math.max(0, receipt.doneMs - now), () => this.send(receipt));
    }
  }

  private settle(submission: Submission, copies: number): void {
    // A cancelled submission was settled before its time.
    if (submission.state !== "ENROUTE") return;
    submission.state = submission.outcome;
    const receipt = owedFor(submission);
    for (let copy = 0; copy < copies; copy += 1) this.send(receipt);
  }

  private send(receipt: OwedReceipt): void {
    const { deliveries, log, records, listeners, idBase, form } = this.deps;
    if (deliveries.isFull) {
      log.warn("simulator.receipt.dropped", { systemId: receipt.systemId });
      return records.pay(receipt.id);
    }
    deliveries.add({
      systemId: receipt.systemId,
      body: receiptPdu(receipt, showId(receipt.receiptId ?? receipt.id, idBase), form),
      onEnd: () => {
        records.pay(receipt.id);
        listeners.tell({ type: "receipt", id: receipt.id, state: receipt.state, systemId: receipt.systemId });
      },
    });
  }
}

function isWanted(submission: Submission): boolean {
  const hasFailed = submission.outcome !== "DELIVERED";
  switch (submission.receipts) {
    case FINAL_OR_FAILURE:
      return true;
    case FAILURE_ONLY:
      return hasFailed;
    case SUCCESS_ONLY:
      return !hasFailed;
    default:
      return false;
  }
}

function owedFor(submission: Submission): OwedReceipt {
  return {
    id: submission.id,
    ...(submission.receiptId === undefined ? {} : { receiptId: submission.receiptId }),
    systemId: submission.systemId,
    from: submission.from,
    to: submission.to,
    submittedMs: submission.submittedMs,
    doneMs: submission.doneMs,
    state: submission.outcome,
    text: submission.text,
  };
}
