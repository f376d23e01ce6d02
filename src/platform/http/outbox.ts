import type { Duplex } from "node:stream";

/**
 * What a connection is about to write. Pieces that are put in during one turn leave
 * together; text is Latin-1.
 */
export class Outbox {
  /** Whether the socket has more than it can pass on. */
  isCongested = false;
  /** Octets that wait for the next {@link flush}. Nobody else sets it. */
  octets = 0;
  private readonly socket: Duplex;
  private readonly flushSoon: () => void;
  private pieces: (string | Uint8Array)[] = [];
  /** Octets given to the socket, and how many of them it had passed on when this was last looked at. */
  private givenOctets = 0;
  private passedOctets = 0;
  private stalledSinceMs: number | undefined = undefined;

  /** `flushSoon` is called when there is something to {@link flush}, once until that happened. */
  constructor(socket: Duplex, flushSoon: () => void) {
    this.socket = socket;
    this.flushSoon = flushSoon;
  }

  /** Whether nothing waits for the next {@link flush}. The socket may still hold some. */
  get isEmpty(): boolean {
    return this.pieces.length === 0;
  }

  /** Adds a piece. Returns how many octets now wait for the next {@link flush}. */
  put(piece: string | Uint8Array): number {
    this.octets += piece.length;
    if (this.pieces.push(piece) === 1) this.flushSoon();
    return this.octets;
  }

  /** Gives the socket everything, in one write where all of it is text. */
  flush(): void {
    const { pieces, socket } = this;
    if (pieces.length === 0) return;
    this.pieces = [];
    this.givenOctets += this.octets;
    this.octets = 0;
    let goesOn = true;
    if (pieces.length > 1) socket.cork();
    for (const piece of joinStrings(pieces)) {
      goesOn = typeof piece === "string" ? socket.write(piece, "latin1") : socket.write(piece);
    }
    if (pieces.length > 1) socket.uncork();
    if (!goesOn) this.isCongested = true;
  }

  /** Forgets what waits. */
  clear(): void {
    this.pieces = [];
    this.octets = 0;
  }

  /** For how long the client has read nothing of what waits for it, in milliseconds; 0 when nothing does. */
  stalledMs(nowMs: number): number {
    const waiting = this.socket.writableLength;
    const passed = this.givenOctets - waiting;
    if (waiting === 0) {
      this.stalledSinceMs = undefined;
    } else if (this.stalledSinceMs === undefined || passed !== this.passedOctets) {
      this.passedOctets = passed;
      this.stalledSinceMs = nowMs;
    }
    return this.stalledSinceMs === undefined ? 0 : nowMs - this.stalledSinceMs;
  }
}

/** Neighbours that are text become one piece. */
function joinStrings(pieces: readonly (string | Uint8Array)[]): readonly (string | Uint8Array)[] {
  if (pieces.length === 1) return pieces;
  const joined: (string | Uint8Array)[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (typeof piece === "string" && typeof last === "string") joined[joined.length - 1] = last + piece;
    else joined.push(piece);
  }
  return joined;
}
