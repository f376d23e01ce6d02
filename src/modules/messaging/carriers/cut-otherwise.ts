import type { SubmitOutcome } from "../records.ts";

/** A part of a text that this carrier would cut otherwise than it was cut when its first part went. */
export const CUT_OTHERWISE: SubmitOutcome = {
  kind: "refused",
  verdict: "permanent",
  errorCode: 30_008,
  status: "cut into other parts by now",
};
