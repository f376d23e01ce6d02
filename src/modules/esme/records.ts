/** The records of this module in the cell's log. */
import type { CellRecord } from "../../platform/cell/index.ts";
import type { MessageOrigin, SmppAddress } from "./messaging-door.ts";

/** One part of a long message that waits for the others. */
export interface KeptPart {
  readonly text: string;
  readonly receipt: MessageOrigin["receipt"];
}

/** What the parts of a long message have in common. */
export interface PartSetHead {
  /** Names the set: system id, addresses, reference, total. */
  readonly key: string;
  /** The SID that the whole message will have. */
  readonly sid: string;
  readonly systemId: string;
  readonly accountSid: string;
  readonly total: number;
  readonly from: string;
  readonly to: string;
  readonly source: SmppAddress;
  readonly destination: SmppAddress;
  readonly userReference?: number;
}

/** A part was submitted and does not complete its message. Durable before the client gets its answer. */
export interface PartKept extends CellRecord, PartSetHead {
  readonly kind: "esme.part-kept";
  readonly sequence: number;
  readonly part: KeptPart;
}

/** All parts are there: committed together with the record that accepts the message. */
export interface PartsJoined extends CellRecord {
  readonly kind: "esme.parts-joined";
  readonly key: string;
  readonly sid: string;
}

/** Parts will never be a message: what asked for a receipt gets one that says failed. */
export interface PartsGivenUp extends CellRecord {
  readonly kind: "esme.parts-given-up";
  readonly sets: readonly { readonly key: string; readonly sid: string }[];
  readonly errorCode: number;
}

/** Binds acknowledged deliveries. */
export interface DeliveriesAcknowledged extends CellRecord {
  readonly kind: "esme.delivered";
  readonly ids: readonly string[];
}

/** No bind takes deliveries: their webhooks are asked for instead, where there are any, else they are given up. */
export interface DeliveriesLeft extends CellRecord {
  readonly kind: "esme.left";
  readonly left: readonly LeftDelivery[];
}

export interface LeftDelivery {
  readonly id: string;
  /** For a receipt: what the credential names. A text has its own. */
  readonly fallbackUrl?: string;
}
