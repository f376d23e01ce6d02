/** The records of escrow in a cell's log. */
import type { CellRecord } from "../../../platform/cell/index.ts";
import type { EscrowAsk } from "./protocol.ts";

/** At home: another cell reported, or asked for more. */
export interface EscrowAsked extends CellRecord {
  readonly kind: "ledger.escrow-asked";
  readonly ask: EscrowAsk;
  /** What it is given, if this ask was not answered before. */
  readonly offeredMicros: number;
}

/** In the cell that spends: it is going to ask for money of a wallet. */
export interface LeaseOpened extends CellRecord {
  readonly kind: "ledger.lease-opened";
  readonly owner: string;
  readonly currency: string;
  readonly life: string;
}

/** In the cell that spends: so much was given so far. */
export interface LeaseReceived extends CellRecord {
  readonly kind: "ledger.lease-received";
  readonly owner: string;
  readonly currency: string;
  readonly life: string;
  readonly grantedMicros: number;
  readonly untilMs: number;
}

/** In the cell that spends: it gives up what it does not need. Durable before the home hears of it. */
export interface LeaseGivenBack extends CellRecord {
  readonly kind: "ledger.lease-given-back";
  readonly owner: string;
  readonly currency: string;
  readonly amountMicros: number;
}
