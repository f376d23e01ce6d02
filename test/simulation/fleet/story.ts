import type { Fleet } from "./fleet.ts";
import { sumUp, tableLines, type Phase, type Sum } from "./tally.ts";

/** A run in phases, each with what fails in it. */
export class Story {
  readonly fleet: Fleet;
  readonly phases: Phase[] = [];

  constructor(fleet: Fleet) {
    this.fleet = fleet;
  }

  /** Lets a phase pass. */
  async phase(name: string, seconds: number, more: Partial<Pick<Phase, "dead" | "counts">> = {}): Promise<Phase> {
    const { fleet } = this;
    const openings = fleet.breakerOpenings;
    const fromMs = fleet.clock.monotonicMs();
    await fleet.run(seconds);
    const toMs = fleet.clock.monotonicMs();
    const phase = {
      name,
      fromMs,
      toMs,
      dead: more.dead ?? new Set<number>(),
      breakerOpenings: fleet.breakerOpenings - openings,
    };
    this.phases.push(more.counts === undefined ? phase : { ...phase, counts: more.counts });
    return phase;
  }

  /** The same stretch once more, for other messages. */
  again(phase: Phase, name: string, counts: (serial: number) => boolean): void {
    this.phases.push({ ...phase, name, counts });
  }

  /** Ends the traffic, gives what is under way time to arrive, and adds up. */
  async end(seconds: number): Promise<Map<string, Sum>> {
    this.fleet.stop();
    await this.fleet.run(seconds);
    const { journal, plan } = this.fleet;
    return new Map(this.phases.map((phase) => [phase.name, sumUp(journal, plan, phase)]));
  }

  static lines(sums: ReadonlyMap<string, Sum>): string[] {
    return tableLines([...sums.values()]);
  }
}
