import type { Logger } from "../platform/ports.ts";
import { errorFields } from "../platform/logging/index.ts";

/** What has to be stopped, in the reverse order of its start. Stopping goes on when one part fails. */
export class Shutdown {
  private readonly logger: Logger;
  private readonly steps: { readonly name: string; readonly stop: () => Promise<void> | void }[] = [];
  private running: Promise<void> | undefined;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  add(name: string, stop: () => Promise<void> | void): void {
    this.steps.push({ name, stop });
  }

  /** Stops everything, once. */
  run(): Promise<void> {
    this.running ??= this.stopAll();
    return this.running;
  }

  private async stopAll(): Promise<void> {
    for (const { name, stop } of this.steps.toReversed()) {
      try {
        await stop();
      } catch (error) {
        this.logger.error("stop.failed", { part: name, ...errorFields(error) });
      }
    }
  }
}
