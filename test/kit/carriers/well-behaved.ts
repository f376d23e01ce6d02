import type { ArrivedSubmit, CarrierKind, Surroundings } from "./behaviour.ts";

/** Accepts soon, and owes the receipt a little later. */
export function behaveWell({ random, pace, after }: Surroundings, submit: ArrivedSubmit, copies = 1): void {
  const answerMs = random.between(0, pace.responseMs);
  after(answerMs, () => submit.accept());
  after(answerMs + random.between(1, pace.receiptMs), () => submit.owe(copies));
}

export const wellBehaved: CarrierKind = {
  about: "accepts, and gives one receipt for each",
  delivers: true,
  create: (surroundings) => ({ onSubmit: (submit) => behaveWell(surroundings, submit) }),
};
