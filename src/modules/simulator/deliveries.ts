import { CommandStatus } from "../../protocols/smpp/index.ts";
import type { PduBodyInput } from "../../protocols/smpp/index.ts";
import type { Outcome, ServerSession } from "../../platform/smpp/index.ts";
import type { Logger } from "../../platform/ports.ts";
import type { Agenda } from "./agenda.ts";
import { Fifo } from "./fifo.ts";

/** How a delivery ended: an application took it, or said that it never will. */
export type DeliveryEnd = "taken" | "refused";

/** A deliver_sm on its way to an application. */
export interface Delivery {
  /** Whose it is; `undefined` for whoever is bound. */
  readonly systemId: string | undefined;
  readonly body: PduBodyInput["deliver_sm"];
  readonly onEnd: (end: DeliveryEnd, systemId: string) => void;
}

interface Waiting extends Delivery {
  attempts: number;
}

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;
const MAX_DOUBLINGS = 10;

/** Statuses after which the same delivery is not tried again (SMPP 3.4 §5.1.3). */
const FINAL_REFUSALS: ReadonlySet<number> = new Set([
  CommandStatus.ESME_RX_P_APPN,
  CommandStatus.ESME_RX_R_APPN,
  CommandStatus.ESME_RINVDSTADR,
  CommandStatus.ESME_RINVSRCADR,
]);

/**
 * Everything that waits to be delivered to applications. Each delivery is tried
 * until it is acknowledged: at once when its application binds as a receiver or
 * transceiver, and after a refusal or a lost connection again, ever more slowly.
 */
export class Deliveries {
  private readonly agenda: Agenda;
  private readonly log: Logger;
  private readonly maxWaiting: number;
  private readonly queues = new Map<string, Fifo<Waiting>>();
  private readonly forAnyone = new Fifo<Waiting>();
  /** Receiving sessions by system_id; an application takes turns over its own. */
  private readonly receivers = new Map<string, ServerSession[]>();
  private count = 0;
  /** Applications to send to; one loop serves them, however often they are named meanwhile. */
  private readonly toPump = new Set<string>();
  private isPumping = false;

  constructor(made: { agenda: Agenda; log: Logger; maxWaiting: number }) {
    this.agenda = made.agenda;
    this.log = made.log;
    this.maxWaiting = made.maxWaiting;
  }

  /** Deliveries that have not ended: waiting, under way, or to be tried again. */
  get size(): number {
    return this.count;
  }

  /** True where nothing more should be begun. */
  get isFull(): boolean {
    return this.count >= this.maxWaiting;
  }

  /** Takes a delivery. Whoever begins something asks {@link isFull} first; the last text may exceed it by its parts. */
  add(delivery: Delivery): void {
    this.count += 1;
    this.enqueue({ ...delivery, attempts: 0 });
  }

  /** A session that can receive was bound. */
  join(session: ServerSession): void {
    const sessions = this.receivers.get(session.systemId) ?? [];
    sessions.push(session);
    this.receivers.set(session.systemId, sessions);
    this.pump(session.systemId);
  }

  /** A session has ended. */
  leave(session: ServerSession): void {
    const left = (this.receivers.get(session.systemId) ?? []).filter((one) => one !== session);
    if (left.length === 0) this.receivers.delete(session.systemId);
    else this.receivers.set(session.systemId, left);
  }

  /** Sends what waits for this application, as far as the windows of its sessions allow. */
  pump(systemId: string): void {
    this.toPump.add(systemId);
    if (this.isPumping) return;
    this.isPumping = true;
    for (const next of this.toPump) {
      this.toPump.delete(next);
      this.pumpOne(next);
    }
    this.isPumping = false;
  }

  private pumpOne(systemId: string): void {
    const sessions = this.receivers.get(systemId);
    if (sessions === undefined) return;
    for (let session = nextFree(sessions); session !== undefined; session = nextFree(sessions)) {
      const waiting = this.queues.get(systemId)?.shift() ?? this.forAnyone.shift();
      if (waiting === undefined) break;
      this.send(session, waiting);
    }
    if (this.queues.get(systemId)?.size === 0) this.queues.delete(systemId);
  }

  private enqueue(waiting: Waiting): void {
    if (waiting.systemId === undefined) {
      this.forAnyone.push(waiting);
      for (const systemId of this.receivers.keys()) this.pump(systemId);
      return;
    }
    let queue = this.queues.get(waiting.systemId);
    if (queue === undefined) {
      queue = new Fifo();
      this.queues.set(waiting.systemId, queue);
    }
    queue.push(waiting);
    this.pump(waiting.systemId);
  }

  private send(session: ServerSession, waiting: Waiting): void {
    session.deliver(waiting.body, (outcome) => {
      this.settle(session, waiting, outcome);
      this.pump(session.systemId);
    });
  }

  private settle(session: ServerSession, waiting: Waiting, outcome: Outcome<"deliver_sm">): void {
    if (outcome.kind === "response" && outcome.status === CommandStatus.ESME_ROK)
      return this.end(waiting, "taken", session.systemId);
    if (outcome.kind === "response" && FINAL_REFUSALS.has(outcome.status))
      return this.end(waiting, "refused", session.systemId);
    if (outcome.kind === "not-sent" && outcome.reason === "invalid") {
      this.log.warn("simulator.delivery.invalid", { detail: outcome.detail });
      return this.end(waiting, "refused", session.systemId);
    }
    // What never left is no attempt: the session is ending, and it waits for the next one.
    if (outcome.kind === "not-sent") return this.enqueue(waiting);
    const delayMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(waiting.attempts, MAX_DOUBLINGS));
    waiting.attempts += 1;
    this.agenda.after(delayMs, () => this.enqueue(waiting));
  }

  private end(waiting: Waiting, end: DeliveryEnd, systemId: string): void {
    this.count -= 1;
    waiting.onEnd(end, systemId);
  }
}

/** The session whose turn it is, moved to the back; `undefined` when none has room. */
function nextFree(sessions: ServerSession[]): ServerSession | undefined {
  for (let tried = 0; tried < sessions.length; tried += 1) {
    const session = sessions.shift();
    if (session === undefined) return undefined;
    sessions.push(session);
    if (session.windowFree > 0) return session;
  }
  return undefined;
}
