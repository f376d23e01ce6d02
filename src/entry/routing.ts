import { createHash } from "node:crypto";
import { MESSAGE_INTENTS, type MessagingModule } from "../modules/messaging/index.ts";
import {
  routingModule,
  type ContentHash,
  type PortedNumbers,
  type RoutingModule,
  type SettingsCarrier,
} from "../modules/routing/index.ts";
import type { Clock, Database, Logger } from "../platform/ports.ts";

/** The content hash of routing tables: SHA-256. */
export function contentHash(): ContentHash {
  const hash = createHash("sha256");
  return { update: (text) => void hash.update(text), digest: () => hash.digest("hex") };
}

/** Lets timers, sockets and everything else that waits run before long work goes on. */
export function pauseForOthers(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export interface RoutingParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly carriers: readonly SettingsCarrier[];
  readonly isOperator: (accountSid: string) => boolean;
  readonly ported?: PortedNumbers | undefined;
  /** The cell's messaging, which is made after this. */
  readonly messaging: () => Pick<MessagingModule, "health" | "traffic" | "routesChanged">;
}

/** Routing, with the rest of the system to look at. */
export function makeRouting(parts: RoutingParts): Promise<RoutingModule> {
  const { messaging, ...ports } = parts;
  return routingModule({
    ...ports,
    hash: contentHash,
    pause: pauseForOthers,
    intents: MESSAGE_INTENTS,
    health: () => messaging().health(),
    traffic: (range) => messaging().traffic(range),
    onTable: () => messaging().routesChanged(),
  });
}
