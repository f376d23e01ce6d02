import type { CarrierKind } from "./behaviour.ts";
import { behaveWell } from "./well-behaved.ts";

/** A connection goes dead at about this many submits. */
const SUBMITS = 8;

export const halfOpen: CarrierKind = {
  about: "stops reading and writing while TCP stands",
  delivers: true,
  create: (surroundings) => {
    const { clock, pace } = surroundings;
    let lastMs = -pace.faultEveryMs;
    let faults = 0;
    return {
      onSubmit: (submit) => {
        behaveWell(surroundings, submit);
        if (submit.connection.submits < SUBMITS || faults >= pace.maxFaults) return;
        if (clock.monotonicMs() - lastMs < pace.faultEveryMs) return;
        faults += 1;
        lastMs = clock.monotonicMs();
        submit.connection.freeze();
      },
    };
  },
};
