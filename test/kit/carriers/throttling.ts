import { CommandStatus } from "../../../src/protocols/smpp/index.ts";
import type { CarrierKind } from "./behaviour.ts";
import { behaveWell } from "./well-behaved.ts";

/** One submit in so many is refused. */
const THROTTLED_SHARE = 10;

export const throttling: CarrierKind = {
  about: "refuses one in ten as too fast",
  delivers: true,
  create: (surroundings) => ({
    onSubmit: (submit) => {
      if (surroundings.random.oneIn(THROTTLED_SHARE)) submit.refuse(CommandStatus.ESME_RTHROTTLED);
      else behaveWell(surroundings, submit);
    },
  }),
};
