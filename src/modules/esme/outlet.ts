import type { PduBodyInput } from "../../protocols/smpp/index.ts";
import { Fifo } from "../../platform/queue/index.ts";
import type { Bind } from "./bind.ts";
import type { Delivery } from "./delivery.ts";

/** A delivery in the order of its outlet. */
export interface WaitingDelivery {
  readonly delivery: Readonly<Delivery>;
  /** `queued`: it, or one before it of the same message, is ready. `in-hand`: a bind has it. `resting`: until its retry. */
  state: "queued" | "in-hand" | "resting";
  /** Refusals and time-outs so far, in this life of the process. */
  attempts: number;
  /** Made when a bind is given it, as that bind wants it. */
  pdus: PduBodyInput["deliver_sm"][] | undefined;
  /** The part of a long text that is given next. */
  partAt: number;
}

/** What waits for one owner, and the binds that take it. */
export class Outlet {
  readonly owner: string;
  binds: Bind[] = [];
  /** Since when there is no bind; only meaningful while there is none. */
  aloneSinceMs: number;
  /** By order key, the deliveries of one message; only the first of each is given. */
  private readonly chains = new Map<string, WaitingDelivery[]>();
  /** Order keys whose first delivery can be given. */
  private readonly ready = new Fifo();
  private turn = 0;
  private count = 0;

  constructor(owner: string, nowMs: number) {
    this.owner = owner;
    this.aloneSinceMs = nowMs;
  }

  get size(): number {
    return this.count;
  }

  get isReady(): boolean {
    return this.ready.length > 0;
  }

  add(delivery: Readonly<Delivery>): WaitingDelivery {
    const item: WaitingDelivery = { delivery, state: "queued", attempts: 0, pdus: undefined, partAt: 0 };
    const chain = this.chains.get(delivery.orderKey);
    if (chain === undefined) {
      this.chains.set(delivery.orderKey, [item]);
      this.ready.push(delivery.orderKey);
    } else chain.push(item);
    this.count += 1;
    return item;
  }

  /** The bind whose turn it is among those that have room. */
  nextBind(nowMs: number): Bind | undefined {
    const { binds } = this;
    for (let tried = 0; tried < binds.length; tried += 1) {
      this.turn = (this.turn + 1) % binds.length;
      const bind = binds[this.turn];
      if (bind !== undefined && nowMs >= bind.pausedUntilMs && bind.session.windowFree > 0) return bind;
    }
    return undefined;
  }

  /** Takes the next delivery into hand; `undefined` where its key has gone meanwhile. */
  take(): WaitingDelivery | undefined {
    const key = this.ready.shift();
    const item = key === undefined ? undefined : this.chains.get(key)?.[0];
    if (item?.state !== "queued") return undefined;
    item.state = "in-hand";
    return item;
  }

  /** A delivery that was in hand or rested can be given again, from its beginning: another bind may get it. */
  putBack(item: WaitingDelivery): void {
    item.state = "queued";
    item.partAt = 0;
    item.pdus = undefined;
    this.ready.push(item.delivery.orderKey);
  }

  rest(item: WaitingDelivery): void {
    item.state = "resting";
  }

  /** A delivery is over; the next one of its message may go. */
  remove(item: WaitingDelivery): void {
    const key = item.delivery.orderKey;
    const chain = this.chains.get(key);
    const at = chain?.indexOf(item) ?? -1;
    if (chain === undefined || at < 0) return;
    chain.splice(at, 1);
    this.count -= 1;
    if (chain.length === 0) this.chains.delete(key);
    else if (at === 0) this.ready.push(key);
  }
}
