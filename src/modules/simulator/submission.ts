import type { MessageStateName } from "../../protocols/smpp/index.ts";

/** A message, or a part of one, that an application submitted: what query_sm and cancel_sm ask about. */
export interface Submission {
  readonly id: string;
  readonly systemId: string;
  readonly from: string;
  readonly to: string;
  readonly submittedMs: number;
  /** Whether and for what a receipt was asked for (registered_delivery bits 1-0). */
  readonly receipts: number;
  readonly text: string;
  /** ENROUTE until it is final. */
  state: MessageStateName;
  /** What it will become. */
  outcome: MessageStateName;
  doneMs: number;
}
