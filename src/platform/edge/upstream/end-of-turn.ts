/** Something that writes what it has gathered. */
export interface Flushable {
  flush(): void;
}

/**
 * Lets all connections write one after the other when everything that arrived in this turn
 * has been read: a write that wakes a sleeping cell costs more than one to a cell that the
 * write before it has woken.
 */
export class EndOfTurn {
  private waiting: Flushable[] = [];

  /** Calls `flush` at the end of this turn. */
  add(connection: Flushable): void {
    if (this.waiting.push(connection) > 1) return;
    setImmediate(() => {
      const connections = this.waiting;
      this.waiting = [];
      for (const each of connections) each.flush();
    });
  }
}
