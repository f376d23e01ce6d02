import type { CarrierKind } from "./behaviour.ts";

/** One answer in so many comes when nobody waits for it any more. */
const TOO_LATE_SHARE = 12;

export const slow: CarrierKind = {
  about: "answers late, some too late",
  delivers: true,
  create: ({ random, pace, after }) => ({
    onSubmit: (submit) => {
      const answerMs = random.oneIn(TOO_LATE_SHARE) ? pace.tooLateMs : random.between(pace.slowMs, 2 * pace.slowMs);
      after(answerMs, () => submit.accept());
      after(answerMs + random.between(1, pace.receiptMs), () => submit.owe());
    },
  }),
};
