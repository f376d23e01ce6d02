import { FRAME_HEADER_OCTETS, sealFrame, seedAt } from "./frame.ts";
import type { LogError } from "./log-error.ts";
import type { AppendDone, Offset } from "./types.ts";

const FIRST_OCTETS = 64 * 1024;
/** A buffer that grew above this is given back once it has been idle for a while. */
const IDLE_OCTETS = 1024 * 1024;
const SMALL_USES = 1_000;

/** Records that will become durable together: one buffer of frames, and who to tell. Used again and again. */
export class Batch {
  buffer: Buffer = Buffer.allocUnsafeSlow(FIRST_OCTETS);
  /** Octets of frames in the buffer. */
  used = 0;
  /** The offset of its first frame, if everything before it succeeds. */
  base: Offset = 0;
  private readonly ends: Offset[] = [];
  private readonly dones: AppendDone[] = [];
  private smallUses = 0;

  get count(): number {
    return this.dones.length;
  }

  /** Empties it, to be filled from an offset on. */
  begin(base: Offset): void {
    this.smallUses = this.used > IDLE_OCTETS / 4 ? 0 : this.smallUses + 1;
    if (this.smallUses > SMALL_USES && this.buffer.length > IDLE_OCTETS) {
      this.buffer = Buffer.allocUnsafeSlow(FIRST_OCTETS);
    }
    this.used = 0;
    this.base = base;
    this.ends.length = 0;
    this.dones.length = 0;
  }

  /** Adds a frame, unless the payload is empty or over `maxOctets`: then it returns false. */
  add(payload: Uint8Array | string, maxOctets: number, done: AppendDone): boolean {
    // A UTF-16 code unit becomes at most three octets of UTF-8.
    const atMost = typeof payload === "string" ? payload.length * 3 : payload.length;
    if (atMost === 0 || payload.length > maxOctets) return false;
    const at = this.used;
    this.reserve(at + FRAME_HEADER_OCTETS + atMost);
    let length = atMost;
    if (typeof payload === "string") length = this.buffer.write(payload, at + FRAME_HEADER_OCTETS, "utf8");
    else this.buffer.set(payload, at + FRAME_HEADER_OCTETS);
    if (length > maxOctets) return false;
    sealFrame(this.buffer, at, length, seedAt(this.base + at));
    this.used = at + FRAME_HEADER_OCTETS + length;
    this.ends.push(this.base + this.used);
    this.dones.push(done);
    return true;
  }

  private reserve(octets: number): void {
    if (octets <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(octets, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.used);
    this.buffer = larger;
  }

  /** Tells everybody in order that their record is durable. */
  tellDurable(): void {
    let offset = this.base;
    for (let i = 0; i < this.dones.length; i += 1) {
      const end = this.ends[i] as Offset;
      (this.dones[i] as AppendDone)(undefined, offset, end);
      offset = end;
    }
  }

  /** Tells everybody in order that their record was refused. */
  tellRefused(error: LogError): void {
    for (const done of this.dones) done(error, -1, -1);
  }
}
