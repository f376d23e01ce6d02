import type { CarrierKind } from "./behaviour.ts";

export const earlyReceipts: CarrierKind = {
  about: "gives the receipt before the response",
  delivers: true,
  create: ({ random, pace, after }) => ({
    onSubmit: (submit) => {
      submit.owe();
      after(random.between(0, 2 * pace.responseMs), () => submit.accept());
    },
  }),
};
