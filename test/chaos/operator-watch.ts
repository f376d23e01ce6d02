import type { FleetProcess } from "../kit/running-fleet.ts";

const EVERY_MS = 500;

/** Asks an operator's endpoint again and again, and counts what it says. */
export class OperatorWatch {
  /** By status and code. */
  readonly answers: Record<string, number> = {};
  slowestMs = 0;
  private readonly fleet: FleetProcess;
  private timer: NodeJS.Timeout | undefined;
  private readonly underWay = new Set<Promise<void>>();

  constructor(fleet: FleetProcess) {
    this.fleet = fleet;
  }

  start(): void {
    this.timer = setInterval(() => {
      const asked = this.ask().finally(() => this.underWay.delete(asked));
      this.underWay.add(asked);
    }, EVERY_MS);
  }

  /** Gives what was heard as a sentence. */
  async stop(): Promise<string> {
    clearInterval(this.timer);
    await Promise.all(this.underWay);
    const counts = Object.entries(this.answers).map(([answer, count]) => `${count} × ${answer}`);
    return `An operator's endpoint answered ${counts.join(", ")}, within ${Math.round(this.slowestMs)} ms.`;
  }

  /** What was neither 200 nor the refusal that was promised. */
  get surprises(): readonly string[] {
    return Object.keys(this.answers).filter((answer) => answer !== "200" && answer !== "503/20503");
  }

  private async ask(): Promise<void> {
    const startMs = performance.now();
    const { status, json } = await this.fleet.ask("GET", "/trunkline/v1/Cells");
    this.slowestMs = Math.max(this.slowestMs, performance.now() - startMs);
    const { code } = json as { code?: number };
    const answer = code === undefined ? String(status) : `${status}/${code}`;
    this.answers[answer] = (this.answers[answer] ?? 0) + 1;
  }
}
