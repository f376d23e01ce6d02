import type { CarrierKind } from "./behaviour.ts";

const MAX_COPIES = 3;

export const duplicatedReceipts: CarrierKind = {
  about: "gives receipts up to three times, also much later",
  delivers: true,
  create: ({ random, pace, after }) => ({
    onSubmit: (submit) => {
      after(random.between(0, pace.responseMs), () => submit.accept());
      after(pace.responseMs + random.between(1, pace.receiptMs), () => submit.owe(random.between(1, MAX_COPIES)));
      if (random.oneIn(2)) after(pace.responseMs + random.between(2, 4) * pace.receiptMs, () => submit.owe());
    },
  }),
};
