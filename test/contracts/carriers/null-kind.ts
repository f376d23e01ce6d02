import { carrierBookOf } from "../../kit/carriers/carrier-book.ts";
import type { CarrierKind, Peer } from "./rig.ts";
import { readSettings } from "./settings-file.ts";

const LATENCY_MS = 50;

/** The carrier without another end: it accepts and refuses by its own settings. */
export const nullKind: CarrierKind = {
  name: "null",
  type: "null",
  window: 10,
  timeoutMs: LATENCY_MS,
  hasPeer: false,
  isWhole: false,
  make: ({ clock, net }) => {
    const { carriers } = readSettings(
      `carriers: [{ type: "null", name: north, window: 10, latencyMs: ${LATENCY_MS}, receiptDelayMs: 100 }]`,
    );
    const [carrier] = carrierBookOf(carriers, { net, clock }).running;
    if (carrier === undefined) throw new Error("no carrier");
    return Promise.resolve({ carrier, peer: nobody });
  },
};

const impossible = (): never => {
  throw new Error("there is nobody at the other end");
};

const nobody: Peer = {
  verdicts: [],
  arrived: [],
  nextId: impossible,
  behave: impossible,
  answerHeld: impossible,
  leave: impossible,
  comeBack: impossible,
  giveReceipt: impossible,
  giveText: impossible,
  stop: () => Promise.resolve(),
};
