import type { SettingsCarrier } from "../../routing/index.ts";
import type { Carrier } from "../carriers/index.ts";
import type { CarrierHost } from "../carrier-book/index.ts";
import type { HealthBoard } from "../health/index.ts";
import type { Dispatcher } from "./dispatcher.ts";

export interface HostOptions {
  readonly dispatcher: Dispatcher;
  readonly board: HealthBoard;
  /** The carriers that the dispatcher and the board were made with. */
  readonly carriers: readonly Carrier[];
  /** Starts a carrier, with somebody who listens to what it brings. */
  readonly listen: (carrier: Carrier) => void;
  /** Tells the router. */
  readonly useCarriers: ((carriers: readonly SettingsCarrier[]) => Promise<void>) | undefined;
}

/** Lets carriers come and go: their lanes, their health, and what the router knows of them. */
export class RunningCarriers implements CarrierHost {
  private readonly options: HostOptions;
  private readonly carriers: Set<Carrier>;
  private isStarted = false;

  constructor(options: HostOptions) {
    this.options = options;
    this.carriers = new Set(options.carriers);
  }

  /** Starts those that are there; what comes later is started when it comes. */
  start(): void {
    this.isStarted = true;
    for (const carrier of this.carriers) this.options.listen(carrier);
    for (const { name } of this.carriers) this.options.dispatcher.carrierChanged(name);
  }

  add(carrier: Carrier): void {
    const { dispatcher, board } = this.options;
    board.add({ name: carrier.name, maintenance: carrier.maintenance ?? [] });
    dispatcher.addCarrier(carrier);
    this.enter(carrier);
  }

  private enter(carrier: Carrier): void {
    this.carriers.add(carrier);
    if (!this.isStarted) return;
    this.options.listen(carrier);
    this.options.dispatcher.carrierChanged(carrier.name);
  }

  async remove(name: string, successor?: Carrier): Promise<void> {
    const { dispatcher, board } = this.options;
    for (const carrier of this.carriers) if (carrier.name === name) this.carriers.delete(carrier);
    // It is down for those that look now, until the successor is up.
    if (successor !== undefined) {
      board.remove(name);
      board.add({ name, maintenance: successor.maintenance ?? [] });
    }
    await dispatcher.removeCarrier(name, successor);
    if (successor !== undefined) return this.enter(successor);
    board.remove(name);
  }

  async route(carriers: readonly SettingsCarrier[]): Promise<void> {
    await this.options.useCarriers?.(carriers);
    this.options.dispatcher.carriersChanged();
  }
}
