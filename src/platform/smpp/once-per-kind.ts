import type { LogFields, Logger } from "../ports.ts";

/** Logs the first warning of each kind and counts the rest, so that a bad peer cannot fill the disk. */
export class OncePerKind {
  private readonly log: Logger;
  private readonly counts = new Map<string, number>();

  constructor(log: Logger) {
    this.log = log;
  }

  /** `kind` must come from this program, never from a peer: each one costs memory. */
  warn(kind: string, fields: LogFields): void {
    const count = this.counts.get(kind) ?? 0;
    this.counts.set(kind, count + 1);
    if (count === 0) this.log.warn(kind, fields);
  }

  /** Logs how often each kind occurred, if any did. */
  summarise(): void {
    if (this.counts.size > 0) this.log.info("smpp.peer.mistakes", Object.fromEntries(this.counts));
  }
}
