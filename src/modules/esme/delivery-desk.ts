import type { Cell } from "../../platform/cell/index.ts";
import type { Clock, Logger, Timer } from "../../platform/ports.ts";
import { DueList, Reports } from "../../platform/queue/index.ts";
import type { Outcome } from "../../platform/smpp/index.ts";
import { CommandStatus, statusName } from "../../protocols/smpp/index.ts";
import type { Bind } from "./bind.ts";
import type { SmppCredential } from "./credential.ts";
import { receiptPdu, textPdus } from "./deliver-pdus.ts";
import { receiptOwner, textOwner, type Delivery } from "./delivery.ts";
import type { EsmeEffects } from "./esme-machine.ts";
import type { EsmeState } from "./esme-state.ts";
import { Outlet, type WaitingDelivery } from "./outlet.ts";
import type { DeliveriesAcknowledged, DeliveriesLeft, LeftDelivery } from "./records.ts";

/** How long deliveries wait. */
export interface DeliveryLimits {
  /** Without a bind that takes it, a delivery with a webhook goes there after this. */
  readonly fallbackAfterMs: number;
  /** A delivery that nobody took is given up after this. */
  readonly maxAgeMs: number;
}

export interface DeliveryDeskOptions {
  readonly state: EsmeState;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cell: () => Cell;
  readonly credential: (systemId: string) => SmppCredential | undefined;
  readonly limits: DeliveryLimits;
}

const COMMIT_RETRY_MS = 500;
const SWEEP_MS = 1_000;
/** Deliveries looked at in one sweep. */
const SWEEP_BATCH = 4_000;
const PAUSE_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 300_000;
/** The client says that it will never take it. */
const REFUSED_FOR_GOOD: ReadonlySet<number> = new Set([
  CommandStatus.ESME_RX_P_APPN,
  CommandStatus.ESME_RX_R_APPN,
  CommandStatus.ESME_RINVCMDID,
]);
const TOO_FAST: ReadonlySet<number> = new Set([CommandStatus.ESME_RTHROTTLED, CommandStatus.ESME_RMSGQFUL]);

/**
 * Gives receipts and texts to the binds: round robin over those of an owner, within their
 * windows, one after the other for one message. What waits is in the cell's table; here is
 * only the order of it, made anew at every start.
 */
export class DeliveryDesk implements EsmeEffects {
  private readonly options: DeliveryDeskOptions;
  private readonly outlets = new Map<string, Outlet>();
  /** Every delivery that waits, by id, in the order of arrival. */
  private readonly waiting = new Map<string, { readonly outlet: Outlet; readonly item: WaitingDelivery }>();
  private readonly resting: DueList;
  private readonly acknowledged: Reports<string>;
  private readonly left: Reports<LeftDelivery>;
  private readonly toPump = new Set<Outlet>();
  private sweeping: IterableIterator<{ readonly outlet: Outlet; readonly item: WaitingDelivery }> | undefined;
  private timer: Timer | undefined;
  private closed = false;

  constructor(options: DeliveryDeskOptions) {
    this.options = options;
    const { clock, cell } = options;
    this.resting = new DueList(clock, (keys) => this.wake(keys));
    this.acknowledged = new Reports({
      clock,
      retryMs: COMMIT_RETRY_MS,
      commit: (_group, ids, done) => {
        const record: DeliveriesAcknowledged = { kind: "esme.delivered", ids };
        cell().commitThen(record, "progress", (error) => done(error === undefined));
      },
    });
    this.left = new Reports({
      clock,
      retryMs: COMMIT_RETRY_MS,
      commit: (_group, left, done) => {
        const record: DeliveriesLeft = { kind: "esme.left", left };
        cell().commitThen(record, "progress", (error) => done(error === undefined));
      },
    });
  }

  /** Begins to look for what waits too long. */
  start(): void {
    this.timer = this.options.clock.after(SWEEP_MS, () => {
      this.sweep();
      if (!this.closed) this.start();
    });
  }

  queued(delivery: Readonly<Delivery>): void {
    this.add(delivery);
  }

  recovered(): void {
    for (const delivery of this.options.state.deliveries.values()) this.add(delivery);
  }

  /** A bind that can receive is there. */
  attach(bind: Bind): void {
    for (const owner of ownersOf(bind)) {
      const outlet = this.outlet(owner);
      outlet.binds.push(bind);
      this.pump(outlet);
    }
  }

  /** A bind is gone, or unbinding. What it had in hand comes back as outcomes. */
  detach(bind: Bind): void {
    for (const owner of ownersOf(bind)) {
      const outlet = this.outlets.get(owner);
      if (outlet === undefined) continue;
      outlet.binds = outlet.binds.filter((other) => other !== bind);
      if (outlet.binds.length === 0) outlet.aloneSinceMs = this.options.clock.nowMs();
      this.forgetIfIdle(outlet);
    }
  }

  /** A bind has room again. */
  ready(bind: Bind): void {
    for (const owner of ownersOf(bind)) {
      const outlet = this.outlets.get(owner);
      if (outlet !== undefined) this.pump(outlet);
    }
  }

  /** Whether a bind takes the account's texts now. */
  hasTextBind(accountSid: string): boolean {
    return (this.outlets.get(textOwner(accountSid))?.binds.length ?? 0) > 0;
  }

  get size(): number {
    return this.waiting.size;
  }

  /** Stops giving and resolves when what is known of outcomes is durable. */
  async close(): Promise<void> {
    this.closed = true;
    this.timer?.cancel();
    this.resting.close();
    await this.acknowledged.drained();
    await this.left.drained();
  }

  private outlet(owner: string): Outlet {
    let outlet = this.outlets.get(owner);
    if (outlet === undefined) {
      outlet = new Outlet(owner, this.options.clock.nowMs());
      this.outlets.set(owner, outlet);
    }
    return outlet;
  }

  private forgetIfIdle(outlet: Outlet): void {
    if (outlet.size === 0 && outlet.binds.length === 0) this.outlets.delete(outlet.owner);
  }

  private add(delivery: Readonly<Delivery>): void {
    if (this.waiting.has(delivery.id)) return;
    const outlet = this.outlet(delivery.owner);
    this.waiting.set(delivery.id, { outlet, item: outlet.add(delivery) });
    this.pumpSoon(outlet);
  }

  /** Outcomes can come while a request is being made, so that pumping must not go round in itself. */
  private pumpSoon(outlet: Outlet): void {
    if (this.toPump.size === 0) {
      queueMicrotask(() => {
        const outlets = [...this.toPump];
        this.toPump.clear();
        for (const one of outlets) this.pump(one);
      });
    }
    this.toPump.add(outlet);
  }

  private pump(outlet: Outlet): void {
    if (this.closed) return;
    for (;;) {
      if (!outlet.isReady) return;
      const bind = outlet.nextBind(this.options.clock.nowMs());
      if (bind === undefined) return;
      const item = outlet.take();
      if (item !== undefined) this.give(outlet, item, bind);
    }
  }

  private give(outlet: Outlet, item: WaitingDelivery, bind: Bind): void {
    item.pdus ??= pdusOf(item.delivery, bind);
    const pdu = item.pdus[item.partAt];
    if (pdu === undefined) return this.done(outlet, item);
    bind.session.deliver(pdu, (outcome) => {
      this.settle({ outlet, item, bind }, outcome);
      this.pumpSoon(outlet);
    });
  }

  private settle(
    given: { readonly outlet: Outlet; readonly item: WaitingDelivery; readonly bind: Bind },
    outcome: Outcome<"deliver_sm">,
  ): void {
    const { outlet, item, bind } = given;
    if (outcome.kind === "response" && outcome.status === CommandStatus.ESME_ROK) {
      item.partAt += 1;
      // The rest of a text stays with the bind that has its beginning.
      if (item.partAt < (item.pdus?.length ?? 0)) return this.give(outlet, item, bind);
      bind.delivered += 1;
      return this.done(outlet, item);
    }
    if (outcome.kind === "not-sent" && outcome.reason === "invalid") {
      this.options.logger.error("esme.deliver.invalid", { id: item.delivery.id, reason: outcome.detail });
      return this.leave(outlet, item);
    }
    if (outcome.kind === "not-sent" || (outcome.kind === "unknown" && outcome.reason === "disconnected")) {
      return outlet.putBack(item);
    }
    if (outcome.kind === "response" && REFUSED_FOR_GOOD.has(outcome.status)) {
      this.options.logger.info("esme.deliver.refused", {
        id: item.delivery.id,
        systemId: bind.grant.systemId,
        status: statusName(outcome.status),
      });
      return this.leave(outlet, item);
    }
    if (outcome.kind === "response" && TOO_FAST.has(outcome.status)) {
      bind.pausedUntilMs = this.options.clock.nowMs() + PAUSE_MS;
    }
    this.rest(outlet, item);
  }

  private rest(outlet: Outlet, item: WaitingDelivery): void {
    item.attempts += 1;
    outlet.rest(item);
    const delayMs = retryDelayMs(item.delivery.orderKey, item.attempts);
    this.resting.add(item.delivery.id, this.options.clock.nowMs() + delayMs);
  }

  private wake(ids: readonly string[]): void {
    for (const id of ids) {
      const waiting = this.waiting.get(id);
      if (waiting?.item.state !== "resting") continue;
      waiting.outlet.putBack(waiting.item);
      this.pumpSoon(waiting.outlet);
    }
  }

  private done(outlet: Outlet, item: WaitingDelivery): void {
    this.drop(outlet, item);
    this.acknowledged.add("", item.delivery.id);
  }

  /** To the webhook where there is one, else to nobody. */
  private leave(outlet: Outlet, item: WaitingDelivery): void {
    const { delivery } = item;
    const fallbackUrl = this.fallbackUrl(delivery);
    this.drop(outlet, item);
    this.left.add("", { id: delivery.id, ...(fallbackUrl === undefined ? {} : { fallbackUrl }) });
  }

  private drop(outlet: Outlet, item: WaitingDelivery): void {
    outlet.remove(item);
    this.waiting.delete(item.delivery.id);
    this.forgetIfIdle(outlet);
  }

  private fallbackUrl({ receipt, owner }: Readonly<Delivery>): string | undefined {
    if (receipt === undefined) return undefined;
    return this.options.credential(owner.slice(receiptOwner("").length))?.receiptFallbackUrl;
  }

  private hasFallback(delivery: Readonly<Delivery>): boolean {
    return delivery.text?.fallback !== undefined || this.fallbackUrl(delivery) !== undefined;
  }

  private sweep(): void {
    const { clock, limits } = this.options;
    const nowMs = clock.nowMs();
    for (let looked = 0; looked < SWEEP_BATCH; looked += 1) {
      this.sweeping ??= this.waiting.values();
      const next = this.sweeping.next();
      if (next.done === true) {
        this.sweeping = undefined;
        break;
      }
      const { outlet, item } = next.value;
      if (item.state === "in-hand") continue;
      const { createdMs } = item.delivery;
      const isTried = item.attempts > 0;
      const sinceMs = isTried ? createdMs : Math.max(createdMs, outlet.aloneSinceMs);
      const isLate = nowMs >= sinceMs + limits.fallbackAfterMs && (isTried || outlet.binds.length === 0);
      if (nowMs >= createdMs + limits.maxAgeMs || (isLate && this.hasFallback(item.delivery))) this.leave(outlet, item);
    }
    // A bind that said too fast has no event when its pause ends.
    for (const outlet of this.outlets.values()) if (outlet.isReady && outlet.binds.length > 0) this.pump(outlet);
  }
}

function ownersOf({ grant }: Bind): string[] {
  const owner = receiptOwner(grant.systemId);
  return grant.settings.inbound ? [owner, textOwner(grant.accountSid)] : [owner];
}

function pdusOf(delivery: Readonly<Delivery>, bind: Bind): NonNullable<WaitingDelivery["pdus"]> {
  if (delivery.receipt !== undefined) return [receiptPdu(delivery.receipt)];
  return delivery.text === undefined ? [] : textPdus(delivery.text, bind.grant.settings);
}

/** Twice as long each time, with up to a quarter more that follows from the key, so that not all come at once. */
function retryDelayMs(key: string, attempts: number): number {
  const baseMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20), MAX_RETRY_MS);
  let spread = 0;
  for (let at = Math.max(0, key.length - 6); at < key.length; at += 1)
    spread = (spread * 31 + key.charCodeAt(at)) & 0xff;
  return baseMs + Math.floor((baseMs * spread) / 1_024);
}
