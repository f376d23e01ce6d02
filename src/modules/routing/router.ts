import type { Clock } from "../../platform/ports.ts";
import { Decider, explain, type DecideOptions, type Decision, type Explanation, type Price } from "./decision/index.ts";
import type { HealthSnapshot } from "./health.ts";
import type { PortedNumbers } from "./ported-numbers.ts";
import type { RouteRequest } from "./request.ts";
import type { CompiledTable } from "./table/index.ts";

/** What a caller may add to a request. */
export type RouteOptions = Pick<DecideOptions, "excluded" | "atMs">;

/** What an explanation may be asked for. */
export interface ExplainOptions extends RouteOptions {
  readonly tableVersion?: number | undefined;
}

/** Chooses carriers by the active table. */
export interface Router {
  /** The version that decisions are made by now; 0 is the table that follows from the settings. */
  readonly tableVersion: number;
  /** Its content hash. */
  readonly tableHash: string;
  /**
   * The carriers for a message, the best first. The same request, table version, health
   * snapshot and options always give the same ones. Without `atMs` it is now.
   */
  decide(request: RouteRequest, health: HealthSnapshot, options?: RouteOptions): Decision;
  /** Whether there is any route to the number. */
  serves(to: string): boolean;
  /** What each segment costs with a carrier, in millionths of the carrier's currency; 0 where it has no route for it. */
  priceMicros(carrier: string, request: RouteRequest, options?: RouteOptions): number;
  /** As {@link Router.priceMicros}, with the currency; `undefined` where the carrier has no route for it. */
  priceOf(carrier: string, request: RouteRequest, options?: RouteOptions): Price | undefined;
  /** The network that a number is in: its MCC and MNC as digits, `GB:name`, or `undefined`. */
  networkOf(to: string): string | undefined;
  /** The decision with its reasons, by the active table or another version; `undefined` where there is no such version. */
  explain(request: RouteRequest, health: HealthSnapshot, options?: ExplainOptions): Promise<Explanation | undefined>;
}

/** What the router works with. */
export interface RouterOptions {
  readonly clock: Pick<Clock, "nowMs">;
  /** The carriers that there are, by name. */
  readonly configured: ReadonlySet<string>;
  readonly ported?: PortedNumbers | undefined;
  /** A version that is not the active one; `undefined` where there is none. */
  readonly loadTable: (version: number) => Promise<CompiledTable | undefined>;
  /** Told when another table decides. */
  readonly onTable?: (() => void) | undefined;
}

/** A router whose table can be put into its place; that is one assignment, between two decisions. */
export class TableRouter implements Router {
  private readonly options: RouterOptions;
  private carriers: ReadonlySet<string>;
  private decider: Decider;
  private other: Decider | undefined;

  constructor(table: CompiledTable, options: RouterOptions) {
    this.options = options;
    this.carriers = options.configured;
    this.decider = new Decider(table, options.configured);
  }

  /** The carriers that there are. */
  get configured(): ReadonlySet<string> {
    return this.carriers;
  }

  /** There are these carriers from now on; the others are in no decision any more. */
  useCarriers(configured: ReadonlySet<string>): void {
    this.carriers = configured;
    this.decider = new Decider(this.decider.table, configured);
    this.other = undefined;
  }

  get table(): CompiledTable {
    return this.decider.table;
  }

  get tableVersion(): number {
    return this.decider.table.version;
  }

  get tableHash(): string {
    return this.decider.table.hash;
  }

  /** Decides by another table from now on. */
  use(table: CompiledTable): void {
    this.decider = new Decider(table, this.carriers);
    this.options.onTable?.();
  }

  decide(request: RouteRequest, health: HealthSnapshot, options?: RouteOptions): Decision {
    return this.decider.decide(request, health, this.fill(this.decider, request, options));
  }

  serves(to: string): boolean {
    return this.decider.serves(to, this.portedNetwork(to));
  }

  priceMicros(carrier: string, request: RouteRequest, options?: RouteOptions): number {
    return this.priceOf(carrier, request, options)?.priceMicros ?? 0;
  }

  priceOf(carrier: string, request: RouteRequest, options?: RouteOptions): Price | undefined {
    return this.decider.priceOf(carrier, request, this.fill(this.decider, request, options));
  }

  networkOf(to: string): string | undefined {
    const ported = this.portedNetwork(to);
    return ported ?? this.decider.networkOf(to, undefined);
  }

  async explain(
    request: RouteRequest,
    health: HealthSnapshot,
    options?: ExplainOptions,
  ): Promise<Explanation | undefined> {
    const decider = await this.deciderOf(options?.tableVersion);
    return decider && explain(decider, request, health, this.fill(decider, request, options));
  }

  /** The network that is known of the number itself. */
  portedNetwork(to: string): string | undefined {
    return this.options.ported?.networkOf(to);
  }

  /** Decides by a version; the last one that was not active is kept. */
  private async deciderOf(version: number | undefined): Promise<Decider | undefined> {
    if (version === undefined || version === this.tableVersion) return this.decider;
    if (this.other?.table.version === version) return this.other;
    const table = await this.options.loadTable(version);
    if (table !== undefined) this.other = new Decider(table, this.carriers);
    return table && this.other;
  }

  private fill({ table }: Decider, request: RouteRequest, options: RouteOptions | undefined): DecideOptions {
    return {
      excluded: options?.excluded,
      atMs: options?.atMs ?? (table.isTimed ? this.options.clock.nowMs() : 0),
      ported: this.portedNetwork(request.to),
    };
  }
}
