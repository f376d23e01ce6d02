import { Duplex } from "node:stream";

/**
 * Two connected streams in memory that behave as the two ends of a TCP
 * connection: what one writes the other reads, and a slow reader stalls the
 * writer. Ending one end ends what the other reads; destroying one destroys both.
 */
export function duplexPair(): [MemoryEnd, MemoryEnd] {
  const a = new MemoryEnd();
  const b = new MemoryEnd();
  a.join(b);
  b.join(a);
  return [a, b];
}

/** One end of {@link duplexPair}. */
export class MemoryEnd extends Duplex {
  /** How often this end was written to. */
  writes = 0;
  private other: MemoryEnd | undefined;
  private whenRead: (() => void) | undefined;

  constructor() {
    super({ allowHalfOpen: false });
  }

  join(other: MemoryEnd): void {
    this.other = other;
  }

  override _read(): void {
    const resume = this.whenRead;
    this.whenRead = undefined;
    resume?.();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.writes += 1;
    const { other } = this;
    if (other === undefined || other.destroyed)
      return done(Object.assign(new Error("the peer is gone"), { code: "EPIPE" }));
    if (other.push(chunk)) done();
    else other.whenRead = () => done();
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.other !== undefined && !this.other.destroyed) this.other.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const { other } = this;
    setImmediate(() => other?.destroy());
    done(error);
  }
}
