import type { CarrierKind } from "./behaviour.ts";
import { behaveWell } from "./well-behaved.ts";

/** A connection is cut at about this many submits. */
const SUBMITS = 6;

export const cutPdu: CarrierKind = {
  about: "disconnects in the middle of a PDU, its own and ours in turn",
  delivers: true,
  create: (surroundings) => {
    const { clock, pace, random, after } = surroundings;
    let lastMs = -pace.faultEveryMs;
    let cuts = 0;
    const isDue = (submits: number): boolean =>
      submits >= SUBMITS && cuts < pace.maxFaults && clock.monotonicMs() - lastMs >= pace.faultEveryMs;
    const note = (): void => {
      lastMs = clock.monotonicMs();
      cuts += 1;
    };
    return {
      onSubmit: (submit) => {
        if (!isDue(submit.connection.submits) || cuts % 2 === 1) return behaveWell(surroundings, submit);
        note();
        submit.acceptHalf();
        after(random.between(1, pace.receiptMs), () => submit.owe());
      },
      onOctets: (connection, chunk) => {
        const isOurs = connection.bound && cuts % 2 === 1 && isDue(connection.submits);
        const half = halfOfFirst(chunk);
        if (!isOurs || connection.heldOctets > 0 || half === undefined) return chunk.length;
        note();
        return half;
      },
    };
  },
};

/** The middle of the PDU that a chunk begins with. */
function halfOfFirst(chunk: Buffer): number | undefined {
  return chunk.length < 16 ? undefined : Math.min(chunk.readUInt32BE(0), chunk.length) >> 1;
}
