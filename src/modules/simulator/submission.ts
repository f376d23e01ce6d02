import type { MessageStateName } from "../../protocols/smpp/index.ts";

/** What a receipt repeats of the text. */
export const ECHO_CHARACTERS = 20;

/** A message, or a part of one, that an application submitted: what query_sm, cancel_sm and replace_sm ask about. */
export interface Submission {
  readonly id: string;
  /** The id that its receipt names, in decimal, where that is not its own: one of a submit_multi, or a wrong one. */
  readonly receiptId?: string;
  readonly serviceType: string;
  readonly dataCoding: number;
  readonly systemId: string;
  readonly from: string;
  readonly to: string;
  readonly submittedMs: number;
  /** Whether and for what a receipt was asked for (registered_delivery bits 1-0). */
  readonly receipts: number;
  text: string;
  /** ENROUTE until it is final. */
  state: MessageStateName;
  /** What it will become. */
  outcome: MessageStateName;
  doneMs: number;
}
