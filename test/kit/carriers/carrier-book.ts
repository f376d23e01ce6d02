import { CarrierBook } from "../../../src/modules/messaging/index.ts";
import type { ProgramSettings } from "../../../src/entry/carriers.ts";
import type { Clock, Net } from "../../../src/platform/ports.ts";
import { silentLogger } from "../silent-logger.ts";

/** What carriers of a test are made with. */
export interface TestCarriers {
  readonly net: Net;
  readonly clock: Clock;
  readonly publicUrl?: () => string;
}

/** A book of carriers of settings alone: none is added, so it needs no database. */
export function carrierBookOf(
  configured: ProgramSettings["carriers"],
  { net, clock, publicUrl = () => "" }: TestCarriers,
): CarrierBook {
  const absent = (): never => {
    throw new Error("no carrier is added here");
  };
  return new CarrierBook({
    configured,
    net,
    clock,
    logger: silentLogger,
    callbackUrl: publicUrl,
    database: { query: absent, transaction: absent },
    secrets: { seal: absent, open: absent },
    allowPrivateNetworks: true,
    chaos: false,
    traces: 0,
  });
}
