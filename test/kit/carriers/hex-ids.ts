import type { CarrierKind } from "./behaviour.ts";
import { behaveWell } from "./well-behaved.ts";

/** Ids begin here, so that the two bases differ for every one of them. */
const FIRST_ID = 0xa0_0000;
const RESPONSE_DIGITS = 10;

export const hexIds: CarrierKind = {
  about: "ids in hex with leading zeros in responses, decimal in receipts",
  messageIds: "hex-to-decimal",
  delivers: true,
  create: (surroundings) => ({
    onSubmit: (submit) => behaveWell(surroundings, submit),
    responseId: (number) => (FIRST_ID + number).toString(16).toUpperCase().padStart(RESPONSE_DIGITS, "0"),
    receiptId: (number) => String(FIRST_ID + number),
  }),
};
