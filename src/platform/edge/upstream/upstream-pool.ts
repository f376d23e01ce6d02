import type { Clock, Logger, Timer } from "../../ports.ts";
import type { EdgeTarget } from "../ports.ts";
import { EndOfTurn } from "./end-of-turn.ts";
import { DEFAULT_LIMITS, type UpstreamLimits } from "./limits.ts";
import { Upstream, type UpstreamCounts } from "./upstream.ts";

export interface UpstreamPoolOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<UpstreamLimits>;
}

/** Cells that connections are kept to. There are at most 4,095. */
const MAX_UPSTREAMS = 4_096;

/** The connections of this process to all cells. */
export class UpstreamPool {
  private readonly options: UpstreamPoolOptions;
  private readonly limits: UpstreamLimits;
  private readonly byName = new Map<string, Upstream>();
  private readonly retired = new Set<Upstream>();
  private readonly endOfTurn = new EndOfTurn();
  private nextCheck: Timer | undefined = undefined;
  private isClosed = false;

  constructor(options: UpstreamPoolOptions) {
    this.options = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  /** The connections to a cell, at the address that it has now. */
  to(target: EdgeTarget): Upstream {
    const { name, address } = target;
    const known = this.byName.get(name);
    if (known !== undefined && known.address.port === address.port && known.address.host === address.host) return known;
    return this.open(name, target, known);
  }

  /** What is open to each cell, by name. */
  counts(): ReadonlyMap<string, UpstreamCounts> {
    return new Map(Array.from(this.byName, ([name, { counts }]) => [name, counts]));
  }

  /** Ends all connections. What is under way fails. */
  close(): void {
    this.isClosed = true;
    this.nextCheck?.cancel();
    for (const upstream of [...this.byName.values(), ...this.retired]) upstream.close();
    this.byName.clear();
    this.retired.clear();
  }

  private open(name: string, { address }: EdgeTarget, old: Upstream | undefined): Upstream {
    const { clock, logger } = this.options;
    if (old !== undefined) this.retire(name, old);
    else if (this.byName.size >= MAX_UPSTREAMS) this.retireUnused();
    const upstream = new Upstream({ name, address, clock, logger, limits: this.limits, endOfTurn: this.endOfTurn });
    this.byName.set(name, upstream);
    if (this.isClosed) upstream.close();
    else if (this.nextCheck === undefined) this.checkLater();
    return upstream;
  }

  private retire(name: string, upstream: Upstream): void {
    this.byName.delete(name);
    this.retired.add(upstream);
    upstream.retire();
  }

  private retireUnused(): void {
    for (const [name, upstream] of this.byName) if (upstream.counts.open === 0) this.retire(name, upstream);
  }

  /** One timer for all connections: looking at each costs less than a timer for each request. */
  private checkLater(): void {
    this.nextCheck = this.options.clock.after(this.limits.checkIntervalMs, () => {
      const nowMs = this.options.clock.monotonicMs();
      for (const upstream of this.byName.values()) upstream.check(nowMs);
      for (const upstream of this.retired) {
        upstream.check(nowMs);
        if (upstream.counts.open === 0) this.retired.delete(upstream);
      }
      this.checkLater();
    });
  }
}
