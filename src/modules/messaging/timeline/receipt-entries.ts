import type { JsonObject } from "../../../platform/http/index.ts";
import { errorMessageOf } from "../message.view.ts";
import type { ReceiptEvent } from "../message-trace.ts";
import type { TracedPdu } from "../pdu-trace.ts";
import { isSubmission } from "./attempt-entries.ts";
import type { TimelineEntry } from "./entry.ts";
import { eventsOf, viewPdu, type Story } from "./story.ts";

/** A receipt is entered at most so long after its PDU came: it is on the disk first. */
const MAX_LAG_MS = 60_000;

/** Receipts with what was made of each, and the PDUs that they came in. */
export function receiptEntries(story: Story): TimelineEntry[] {
  const { message, isOperator } = story;
  if (message.direction === "inbound") return [];
  const left = story.pdus.filter((pdu) => !isSubmission(pdu));
  const entries = eventsOf(story, "receipt").map(({ atMs, event }): TimelineEntry => {
    const pdus = takePdus(left, event.carrier, atMs);
    const known = viewReceipt(story, event);
    const data = isOperator ? { ...known, ...viewRaw(event, pdus), pdus: pdus.map(viewPdu) } : known;
    return { atMs, kind: "receipt", kept: true, data };
  });
  for (const pdu of left) entries.push({ atMs: pdu.atMs, kind: "pdu", kept: true, data: { pdus: [viewPdu(pdu)] } });
  const isReceipted = message.parts.some(({ state }) => state === "delivered");
  if (entries.length === 0 && isReceipted) {
    const data = { result: message.status, done_date: message.doneDate ?? null };
    entries.push({ atMs: undefined, kind: "receipt", kept: false, data });
  }
  return entries;
}

function viewReceipt({ message }: Story, { carrier, receipt, use }: ReceiptEvent): JsonObject {
  const part = message.parts.findIndex(({ via, id }) => via === carrier && id === receipt.id);
  return {
    result: receipt.result,
    use,
    part: part === -1 ? null : part + 1,
    whole_message: receipt.wholeMessage === true,
    error_code: receipt.errorCode ?? null,
    error_message: errorMessageOf(receipt.errorCode),
    done_date: receipt.doneDate ?? null,
  };
}

function viewRaw({ carrier, receipt }: ReceiptEvent, pdus: readonly TracedPdu[]): JsonObject {
  const fields = pdus.find(({ direction }) => direction === "in")?.fields ?? [];
  const raw = fields.find(({ name, value }) => isText(name) && value !== "");
  // Octets are text in some alphabet, which their meaning is.
  return { carrier, carrier_message_id: receipt.id, raw: raw?.meaning ?? raw?.value ?? null };
}

function isText(name: string): boolean {
  return name === "short_message" || name === "message_payload" || name === "body";
}

/** The request that brought a receipt or a text, and its response: the first of that carrier that is left. */
export function takePdus(left: TracedPdu[], carrier: string, atMs: number): TracedPdu[] {
  const at = left.findIndex(
    (pdu) => pdu.carrier === carrier && pdu.direction === "in" && pdu.atMs <= atMs && pdu.atMs >= atMs - MAX_LAG_MS,
  );
  if (at === -1) return [];
  const [request] = left.splice(at, 1) as [TracedPdu];
  const answer = left.findIndex(
    (pdu) => pdu.name === `${request.name}_resp` && sequenceOf(pdu) === sequenceOf(request),
  );
  return answer === -1 ? [request] : [request, ...left.splice(answer, 1)];
}

function sequenceOf({ fields }: TracedPdu): string | undefined {
  return fields.find(({ name }) => name === "sequence_number")?.value;
}
