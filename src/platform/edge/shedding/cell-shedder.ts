import type { RouteClass } from "../route-classes.ts";
import { CellLoad, type Ticket } from "./cell-load.ts";

export interface ShedderOptions {
  /** Requests of this process in one cell at once, however quick it is; 1,024 where absent. */
  readonly maxInFlight?: number;
}

const MAX_IN_FLIGHT = 1_024;
/** Cells that are remembered. There are at most 4,095, and few of them are asked by one edge. */
const MAX_CELLS = 4_096;

/** The load of every cell that this process asks. */
export class CellShedder {
  private readonly maxInFlight: number;
  private readonly loads = new Map<string, CellLoad>();

  constructor(options: ShedderOptions = {}) {
    this.maxInFlight = options.maxInFlight ?? MAX_IN_FLIGHT;
  }

  /** A place in a cell for a request, or `undefined`: it should be refused. */
  admit(cell: string, routeClass: RouteClass, nowMs: number): Ticket | undefined {
    return this.load(cell).admit(routeClass, nowMs);
  }

  /** How a cell does. */
  load(cell: string): CellLoad {
    let load = this.loads.get(cell);
    if (load === undefined) {
      if (this.loads.size >= MAX_CELLS) this.forgetIdle();
      load = new CellLoad(this.maxInFlight);
      this.loads.set(cell, load);
    }
    return load;
  }

  private forgetIdle(): void {
    for (const [cell, { inFlight }] of this.loads) if (inFlight === 0) this.loads.delete(cell);
  }
}
