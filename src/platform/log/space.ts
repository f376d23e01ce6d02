import type { Clock, Logger, Timer } from "../ports.ts";
import type { Files } from "./files.ts";

const CHECK_EVERY_MS = 1_000;
/** How far above the reserve free space must come before new work is taken again. */
const RECOVERY_SHARE = 0.05;

/** Watches the free space of the log's disk against a reserve. */
export class SpaceWatch {
  private readonly deps: { files: Files; directory: string; clock: Clock; logger: Logger };
  private readonly reserveOctets: number;
  private free: number | undefined;
  private touched = false;
  private timer: Timer | undefined;
  private closed = false;

  constructor(deps: { files: Files; directory: string; clock: Clock; logger: Logger }, reserveOctets: number) {
    this.deps = deps;
    this.reserveOctets = reserveOctets;
  }

  /** Free octets when last asked, less what was written since; `undefined` where it cannot be told. */
  get freeOctets(): number | undefined {
    return this.free;
  }

  /** True while new work has to wait for space. */
  get reserveTouched(): boolean {
    return this.touched;
  }

  /** Asks the file system now, and every second from then on until closed. */
  async start(): Promise<void> {
    this.free = await this.deps.files.freeOctets(this.deps.directory).catch(() => undefined);
    this.judge();
    if (this.closed) return;
    this.timer = this.deps.clock.after(CHECK_EVERY_MS, () => void this.start());
  }

  /** Counts what the log wrote, so that a burst between two checks cannot use up the reserve unseen. */
  wrote(octets: number): void {
    if (this.free === undefined) return;
    this.free -= octets;
    if (this.free < this.reserveOctets && !this.touched) this.judge();
  }

  close(): void {
    this.closed = true;
    this.timer?.cancel();
  }

  private judge(): void {
    const free = this.free;
    const limit = this.touched ? this.reserveOctets * (1 + RECOVERY_SHARE) : this.reserveOctets;
    const touched = free !== undefined && free < limit;
    if (touched === this.touched) return;
    this.touched = touched;
    const fields = { directory: this.deps.directory, freeOctets: free, reserveOctets: this.reserveOctets };
    if (touched) this.deps.logger.error("log.reserve-touched", fields);
    else this.deps.logger.info("log.reserve-restored", fields);
  }
}
