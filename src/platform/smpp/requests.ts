import type { Outcome } from "./outcome.ts";

const LAST_SEQUENCE = 0x7fffffff;

/** A request of ours that has no outcome yet. */
export interface PendingRequest {
  readonly sequence: number;
  readonly command: string;
  /** Whether it takes a place in the window. enquire_link, unbind and binds do not. */
  readonly takesPlace: boolean;
  readonly onOutcome: (outcome: Outcome) => void;
  /** When it was given to the connection, or `undefined` while no octet of it can have left. */
  handedAtMs: number | undefined;
}

/**
 * Our requests on one session that wait for their response, in the order they were
 * made, and the window that bounds them. Pure.
 *
 * All wait equally long, so the order of making is the order of deadlines, and one
 * timer that looks at the oldest serves them all.
 */
export class RequestWindow {
  private readonly size: number;
  private readonly waiting = new Map<number, PendingRequest>();
  private held: PendingRequest[] = [];
  private places = 0;
  private lastSequence = 0;

  constructor(size: number) {
    this.size = size;
  }

  /** Requests that take a place and wait. */
  get outstanding(): number {
    return this.places;
  }

  /** Places left. */
  get free(): number {
    return this.size - this.places;
  }

  /** All that waits, enquire_link and unbind included. */
  get total(): number {
    return this.waiting.size;
  }

  /** Adds a request under the next sequence number: 1 to 0x7FFFFFFF, then 1 again, passing over those in use (SMPP 3.4 §3.2). */
  add(command: string, takesPlace: boolean, onOutcome: (outcome: Outcome) => void): PendingRequest {
    do {
      this.lastSequence = this.lastSequence === LAST_SEQUENCE ? 1 : this.lastSequence + 1;
    } while (this.waiting.has(this.lastSequence));
    const request: PendingRequest = { sequence: this.lastSequence, command, takesPlace, onOutcome, handedAtMs: undefined };
    this.waiting.set(request.sequence, request);
    this.held.push(request);
    if (takesPlace) this.places += 1;
    return request;
  }

  /** Says that everything added so far was given to the connection. */
  markHanded(nowMs: number): void {
    for (const request of this.held) request.handedAtMs = nowMs;
    this.held = [];
  }

  /** The request of that sequence number, still waiting. */
  peek(sequence: number): PendingRequest | undefined {
    return this.waiting.get(sequence);
  }

  /** Removes a request: it has its outcome. */
  settle(request: PendingRequest): void {
    if (this.waiting.delete(request.sequence) && request.takesPlace) this.places -= 1;
  }

  /** When the request that waits longest was handed, or `undefined` where none was. */
  oldestHandedAtMs(): number | undefined {
    for (const request of this.waiting.values()) return request.handedAtMs;
    return undefined;
  }

  /** Removes and returns what was handed at `latestMs` or before. */
  takeHandedBy(latestMs: number): PendingRequest[] {
    const overdue: PendingRequest[] = [];
    for (const request of this.waiting.values()) {
      if (request.handedAtMs === undefined || request.handedAtMs > latestMs) break;
      overdue.push(request);
    }
    for (const request of overdue) this.settle(request);
    return overdue;
  }

  /** Removes and returns everything. */
  takeAll(): PendingRequest[] {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    this.held = [];
    this.places = 0;
    return all;
  }
}
