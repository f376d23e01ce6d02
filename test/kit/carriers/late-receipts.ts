import type { CarrierKind } from "./behaviour.ts";
import { behaveWell } from "./well-behaved.ts";

export const lateReceipts: CarrierKind = {
  about: "keeps all receipts back until it is told to give them",
  delivers: true,
  create: (surroundings) => ({ onSubmit: (submit) => behaveWell(surroundings, submit), paysAtOnce: false }),
};
