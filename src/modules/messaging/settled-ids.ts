import { StateTable } from "../../platform/cell/index.ts";

interface SettledId {
  readonly id: string;
  /** Counts up over all that were remembered. */
  readonly turn: number;
}

/** More than any carrier has given without an answer when a connection breaks. */
export const MAX_SETTLED_IDS = 50_000;

/**
 * The carrier's ids whose receipt is settled, as far back as a carrier may repeat itself.
 * A repeated receipt finds no message any more; without this it would look like one whose
 * response was lost, and another message between the same two numbers would adopt it.
 */
export class SettledIds {
  /** A ring: the key is the turn modulo the maximum. */
  readonly table = new StateTable<SettledId>("settled-ids", { projected: false });
  private readonly known = new Set<string>();
  private turn = 0;

  has(id: string): boolean {
    return this.known.has(id);
  }

  /** For reducers only. */
  remember(id: string): void {
    if (this.known.has(id)) return;
    const key = String(this.turn % MAX_SETTLED_IDS);
    const oldest = this.table.get(key);
    if (oldest !== undefined) this.known.delete(oldest.id);
    this.table.put(key, { id, turn: this.turn });
    this.known.add(id);
    this.turn += 1;
  }

  /** Rebuilds what follows from the table. */
  index(): void {
    this.known.clear();
    this.turn = 0;
    for (const { id, turn } of this.table.values()) {
      this.known.add(id);
      this.turn = Math.max(this.turn, turn + 1);
    }
  }
}
