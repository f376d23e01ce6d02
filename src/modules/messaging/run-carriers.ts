import type { Mount, Route } from "../../platform/http/index.ts";
import type { LiveSource } from "../../platform/live/index.ts";
import type { Migration } from "../../platform/ports.ts";
import {
  carrierMigrations,
  carrierMounts,
  carrierRoutes,
  carrierSource,
  type CarrierLook,
} from "./carrier-book/index.ts";
import type { Carrier } from "./carriers/index.ts";
import type { MessagingDeps } from "./deps.ts";
import { RunningCarriers } from "./dispatch/carrier-host.ts";
import type { Dispatcher } from "./dispatch/dispatcher.ts";
import type { HealthBoard } from "./health/index.ts";
import type { MessagingOptions } from "./module.ts";
import { carrierListener } from "./receive-text.ts";
import type { TextForwarding } from "./text-forwarding.ts";

/** What the module mounts of its carriers. */
export interface CarriersOfCell {
  readonly migrations: readonly Migration[];
  readonly routes: readonly Route[];
  readonly liveSources: readonly LiveSource[];
  /** Where carriers call us over HTTP; `prefix` stands before the paths. */
  mounts(prefix?: string): readonly Mount[];
  /** Makes the carriers that were added at run time. After the migrations, before the cell recovers. */
  load(): Promise<void>;
  start(): void;
  /** Waits for changes that are under way. */
  close(): Promise<void>;
}

interface Parts {
  readonly deps: MessagingDeps;
  readonly dispatcher: Dispatcher;
  readonly board: HealthBoard;
  readonly forwarding: TextForwarding;
}

/** Puts carriers, dispatcher, health and router together, so that carriers can come and go. */
export function runCarriers(options: MessagingOptions, parts: Parts): CarriersOfCell {
  const { clock, carriers, carrierBook: book, inboundBinds, router, isOperator, useCarriers } = options;
  const { deps, dispatcher, board, forwarding } = parts;
  const listen = (carrier: Carrier): void => {
    const onCapacity = (): void => dispatcher.carrierChanged(carrier.name);
    carrier.start(carrierListener(carrier.name, { deps, onCapacity, inboundBinds, forwarding }));
  };
  const running = new RunningCarriers({ dispatcher, board, carriers, listen, useCarriers });
  const start = (): void => running.start();
  if (book === undefined) {
    const none = { migrations: [], routes: [], liveSources: [] };
    const done = (): Promise<void> => Promise.resolve();
    return { ...none, mounts: () => [], load: done, start, close: done };
  }
  book.attach(running);
  const look = (name: string): CarrierLook => ({
    lane: dispatcher.statusOf(name),
    health: board.statusOfCarrier(name),
  });
  const health = () => board.snapshot();
  return {
    migrations: carrierMigrations,
    routes: carrierRoutes({ book, clock, router, health, look, isOperator }),
    liveSources: [carrierSource({ book, look, clock })],
    mounts: (prefix = "") => carrierMounts(book, prefix),
    load: () => book.load(),
    start,
    close: () => book.settled(),
  };
}
