import type { CarrierKind } from "./behaviour.ts";

export const blackHole: CarrierKind = {
  about: "binds, reads, and never answers anything",
  delivers: false,
  create: () => ({ onSubmit: () => {}, answersLinks: false }),
};
