import type { ArrivedSubmit, CarrierKind } from "./behaviour.ts";

/** Submits that are answered together, in any order. */
const BATCH = 12;

export const outOfOrder: CarrierKind = {
  about: "answers in any order",
  delivers: true,
  create: ({ random, pace, after }) => {
    let held: ArrivedSubmit[] = [];
    const flush = (): void => {
      const batch = held;
      held = [];
      while (batch.length > 0) {
        const [submit] = batch.splice(random.between(0, batch.length - 1), 1);
        submit?.accept();
        after(random.between(1, pace.receiptMs), () => submit?.owe());
      }
    };
    return {
      onSubmit: (submit) => {
        held.push(submit);
        if (held.length >= BATCH) flush();
        else if (held.length === 1) after(pace.responseMs, flush);
      },
    };
  },
};
