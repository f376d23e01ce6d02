import type { CarrierKind } from "./behaviour.ts";
import { behaveWell } from "./well-behaved.ts";

/** Ids begin here, so that the two bases differ for every one of them. */
const FIRST_ID = 0xb0_0000;
const RECEIPT_DIGITS = 8;

export const decimalIds: CarrierKind = {
  about: "ids in decimal in responses, hex in capitals with leading zeros in receipts",
  messageIds: "decimal-to-hex",
  delivers: true,
  create: (surroundings) => ({
    onSubmit: (submit) => behaveWell(surroundings, submit),
    responseId: (number) => String(FIRST_ID + number),
    receiptId: (number) => (FIRST_ID + number).toString(16).toUpperCase().padStart(RECEIPT_DIGITS, "0"),
  }),
};
