import { StateTable } from "../../platform/cell/index.ts";
import type { Delivery } from "./delivery.ts";
import type { KeptPart, PartSetHead } from "./records.ts";

/** The parts of a long message that have been submitted. */
export interface PartSet extends PartSetHead {
  readonly sinceMs: number;
  /** By sequence number, from 1. */
  readonly parts: Readonly<Record<number, KeptPart>>;
}

/** What waits for one owner. */
export interface OwnerCount {
  readonly waiting: number;
  /** Dropped since the maximum was reached, until it is well below again. */
  readonly dropped: number;
}

/** How much waits at most. */
export interface DeliveryMaxima {
  /** Deliveries of all owners; each takes about a KiB. */
  readonly deliveries: number;
  /** Deliveries of one owner. */
  readonly perOwner: number;
}

/** Part of the state: a log that was written with other maxima is replayed to another end. */
const MAXIMA: DeliveryMaxima = { deliveries: 1_000_000, perOwner: 200_000 };

/** The tables of this module. */
export class EsmeState {
  readonly deliveries = new StateTable<Delivery>("smpp-deliveries", { projected: false });
  readonly owners = new StateTable<OwnerCount>("smpp-owners", { projected: false });
  readonly partSets = new StateTable<PartSet>("smpp-part-sets", { projected: false });
  readonly maxima: DeliveryMaxima;

  constructor(maxima: DeliveryMaxima = MAXIMA) {
    this.maxima = maxima;
  }

  get tables(): readonly StateTable<never>[] {
    return [this.deliveries, this.owners, this.partSets] as readonly unknown[] as readonly StateTable<never>[];
  }
}
