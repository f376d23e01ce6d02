import type { OnOutcome } from "./outcome.ts";
import { MAX_SEQUENCE } from "../../protocols/smpp/index.ts";
import type { CommandName } from "../../protocols/smpp/index.ts";

/** A request of ours that has no outcome yet. */
export interface PendingRequest {
  readonly sequence: number;
  readonly command: CommandName;
  /** Whether it takes a place in the window. enquire_link, unbind and binds do not. */
  readonly takesPlace: boolean;
  readonly onOutcome: OnOutcome;
  /** Its number in the output; see `Outbox.put`. */
  ticket: number;
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
  private size: number;
  private readonly waiting = new Map<number, PendingRequest>();
  private held: PendingRequest[] = [];
  private taken = 0;
  private lastSequence = 0;

  constructor(size: number) {
    this.size = size;
  }

  /** Requests that take a place and wait. */
  get outstanding(): number {
    return this.taken;
  }

  /** Places there are. */
  get places(): number {
    return this.size;
  }

  /** Places left; negative while more are taken than there are now. */
  get free(): number {
    return this.size - this.taken;
  }

  /** True where anything waits, enquire_link and unbind included. */
  get isWaiting(): boolean {
    return this.waiting.size > 0;
  }

  /** Changes the number of places. What already waits keeps its place. */
  resize(size: number): void {
    this.size = size;
  }

  /** Adds a request under the next sequence number: 1 to 0x7FFFFFFF, then 1 again, passing over those in use (SMPP 3.4 §3.2). */
  add(command: CommandName, takesPlace: boolean, onOutcome: OnOutcome): PendingRequest {
    do {
      this.lastSequence = this.lastSequence === MAX_SEQUENCE ? 1 : this.lastSequence + 1;
    } while (this.waiting.has(this.lastSequence));
    const request: PendingRequest = {
      sequence: this.lastSequence,
      command,
      takesPlace,
      onOutcome,
      ticket: 0,
      handedAtMs: undefined,
    };
    this.waiting.set(request.sequence, request);
    if (takesPlace) this.taken += 1;
    return request;
  }

  /** Says that a request is in the output under this number. Numbers rise from call to call. */
  hold(request: PendingRequest, ticket: number): void {
    request.ticket = ticket;
    this.held.push(request);
  }

  /** Says that the output up to and with this number was given to the connection. */
  markHanded(handedCount: number, nowMs: number): void {
    let handed = 0;
    for (const request of this.held) {
      if (request.ticket > handedCount) break;
      request.handedAtMs = nowMs;
      handed += 1;
    }
    if (handed > 0) this.held = handed === this.held.length ? [] : this.held.slice(handed);
  }

  /** The request of that sequence number, if it was handed and still waits. */
  awaiting(sequence: number): PendingRequest | undefined {
    const request = this.waiting.get(sequence);
    return request?.handedAtMs === undefined ? undefined : request;
  }

  /** Removes a request: it has its outcome. */
  settle(request: PendingRequest): void {
    if (this.waiting.delete(request.sequence) && request.takesPlace) this.taken -= 1;
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
    this.taken = 0;
    return all;
  }
}
