/** Rights in use until they are released, or until their time is over. */
export interface RightsLease {
  readonly count: number;
  readonly expiresMs: number;
}

/** The most leases of one counter at once. */
const MAX_LEASES = 100_000;

/** Open leases. All last equally long, so those that end first were opened, or renewed, first. */
export class RightsLeases {
  private readonly open = new Set<{ count: number; expiresMs: number }>();
  private readonly lastMs: number;

  constructor(lastMs: number) {
    this.lastMs = lastMs;
  }

  get size(): number {
    return this.open.size;
  }

  get isFull(): boolean {
    return this.open.size >= MAX_LEASES;
  }

  add(count: number, nowMs: number): RightsLease {
    const lease = { count, expiresMs: nowMs + this.lastMs };
    this.open.add(lease);
    return lease;
  }

  /** Makes a lease last as long again from now; `false` where it is over. */
  renew(lease: RightsLease, nowMs: number): boolean {
    const known = lease as { count: number; expiresMs: number };
    if (!this.open.delete(known)) return false;
    known.expiresMs = nowMs + this.lastMs;
    this.open.add(known);
    return true;
  }

  /** Ends a lease; returns the rights that come back, 0 where it was over. */
  end(lease: RightsLease): number {
    return this.open.delete(lease) ? lease.count : 0;
  }

  /** Ends all leases whose time is over; returns the rights that come back. */
  expire(nowMs: number): number {
    let back = 0;
    for (const lease of this.open) {
      if (lease.expiresMs > nowMs) break;
      this.open.delete(lease);
      back += lease.count;
    }
    return back;
  }
}
