import type { Buffer } from "node:buffer";
import { assert } from "../../kernel/assert.ts";
import { CommandStatus, InterfaceVersion, PduDecoder, SmppEncodeError, encodePdu } from "../../protocols/smpp/index.ts";
import type {
  AnyPdu,
  CommandName,
  Decoded,
  InterfaceVersionValue,
  PduBody,
  PduBodyInput,
  PduInput,
} from "../../protocols/smpp/index.ts";
import type { Clock, Connection, Logger, Timer } from "../ports.ts";
import { mayRequest } from "./bind-state.ts";
import type { BindKind, Role, SessionState } from "./bind-state.ts";
import { dueAt } from "./deadlines.ts";
import type { SessionTimers, SessionTimes } from "./deadlines.ts";
import type { SessionLimits } from "./limits.ts";
import { OncePerKind } from "./once-per-kind.ts";
import { Outbox } from "./outbox.ts";
import type { CloseReason, NotSentReason, OnOutcome, Outcome, RequestName } from "./outcome.ts";
import { RequestWindow } from "./requests.ts";
import type { PendingRequest } from "./requests.ts";
import { responseBody, suited } from "./response-body.ts";
import type { Respond, SessionOwner } from "./session-owner.ts";
import { judge, responseOf } from "./verdict.ts";
import type { SessionFacts, Verdict } from "./verdict.ts";
import type { PduTap } from "./pdu-tap.ts";
import type { WindowLimiter } from "./window-limiter.ts";

/** How long the last octets, and the peer's FIN, may take once the session is over. */
const LINGER_MS = 1_000;
/** How long an unbind waits for its response: the session is over either way, and whoever stops should not wait long. */
const UNBIND_RESPONSE_MS = 2_000;

/** What a session is made of. */
export interface SessionOptions {
  readonly role: Role;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly log: Logger;
  readonly timers: SessionTimers;
  readonly limits: SessionLimits;
  readonly owner: SessionOwner;
  /** Keeps the window to what the peer can use; without it the window is as configured. */
  readonly limiter?: WindowLimiter | undefined;
  /** Sees the octets of every PDU, both ways; nobody does without it. */
  readonly tap?: PduTap | undefined;
}

/** What the bind settled. What is missing stays as configured. */
export interface SessionTerms {
  /** Our requests without a response at one time. */
  readonly window?: number | undefined;
  /** The peer's requests without an answer of ours at one time. */
  readonly maxUnanswered?: number | undefined;
  /** What both ends speak; 3.4 unless told. */
  readonly version?: InterfaceVersionValue | undefined;
}

/**
 * One SMPP session over one connection, either end of it: sequence numbers, the
 * window, timers, enquire_link, and the answers to whatever a peer gets wrong.
 *
 * A hostile or broken peer costs a bounded amount (see {@link SessionLimits}) and
 * one log line per kind of mistake.
 */
export class SmppSession {
  private readonly options: SessionOptions;
  private readonly connection: Connection;
  private readonly clock: Clock;
  private readonly decoder: PduDecoder;
  private readonly requests: RequestWindow;
  private readonly outbox: Outbox;
  private readonly complaints: OncePerKind;
  private readonly times: SessionTimes;
  private stateNow: SessionState = "open";
  private bindNow: BindKind | undefined;
  private versionNow: InterfaceVersionValue = InterfaceVersion.V3_4;
  private maxUnanswered: number;
  private unansweredNow = 0;
  /** What every response tells a peer of SMPP 5.0. */
  private congestion: number | undefined;
  private isPaused = false;
  private isDeaf = false;
  /** What came in one chunk with the request at which the owner paused. */
  private backlog: Decoded[] = [];
  private isEnquiring = false;
  private wasCongested = false;
  private timer: Timer | undefined;
  private timerDueMs = Number.POSITIVE_INFINITY;
  private lingerTimer: Timer | undefined;
  private unbindDeadline: Timer | undefined;
  private unbindSent = false;
  private reason: CloseReason | undefined;

  constructor(options: SessionOptions) {
    this.options = options;
    this.connection = options.connection;
    this.clock = options.clock;
    const { tap, limits } = options;
    const onFrame = tap === undefined ? undefined : tap.received.bind(tap);
    this.decoder = new PduDecoder({ maxPduOctets: limits.maxPduOctets, onFrame });
    this.requests = new RequestWindow(options.limiter?.size ?? options.limits.window);
    this.maxUnanswered = options.limits.maxUnanswered;
    this.complaints = new OncePerKind(options.log);
    const now = this.clock.monotonicMs();
    this.times = { openedAtMs: now, receivedAtMs: now, activeAtMs: now, blockedSinceMs: undefined };
    this.outbox = new Outbox(this.connection, (handedCount) => this.handed(handedCount));
    this.connection.on("data", (chunk: Buffer) => this.receive(chunk));
    this.connection.on("error", (error: NodeJS.ErrnoException) => {
      this.options.log.debug("smpp.connection.error", { code: error.code ?? error.name });
      this.finish("connection-error");
    });
    this.connection.on("end", () => this.close("peer-closed"));
    this.connection.on("close", () => this.finish("peer-closed"));
    this.arm();
  }

  /** Where the session stands. */
  get state(): SessionState {
    return this.stateNow;
  }

  /** How the ESME is bound, once it is. */
  get bind(): BindKind | undefined {
    return this.bindNow;
  }

  /** The version that both ends speak. */
  get version(): InterfaceVersionValue {
    return this.versionNow;
  }

  /** Requests of the peer that wait for our answer. */
  get unanswered(): number {
    return this.unansweredNow;
  }

  /** Our requests that may be without a response at one time, as things are. */
  get windowSize(): number {
    return this.requests.places;
  }

  /** Our requests that take a place in the window and have no outcome yet. */
  get outstanding(): number {
    return this.requests.outstanding;
  }

  /** How many more requests would be taken now. 0 while not bound, and while the peer reads too slowly. */
  get windowFree(): number {
    return this.stateNow === "bound" && !this.isCongested() ? Math.max(0, this.requests.free) : 0;
  }

  /** Says that the bind succeeded: the owner has sent or received the bind response. */
  becomeBound(bind: BindKind, terms: SessionTerms = {}): void {
    assert(this.stateNow === "open", `becomeBound while ${this.stateNow}`);
    if (terms.window !== undefined) this.requests.resize(terms.window);
    this.maxUnanswered = terms.maxUnanswered ?? this.maxUnanswered;
    this.versionNow = terms.version ?? this.versionNow;
    this.stateNow = "bound";
    this.bindNow = bind;
    this.times.activeAtMs = this.clock.monotonicMs();
    this.arm();
  }

  /** Sends a bind request, which takes no place in the window. For the ESME side, once, on an open session. */
  requestBind(
    command: "bind_transmitter" | "bind_receiver" | "bind_transceiver",
    body: PduBodyInput[typeof command],
    onOutcome: OnOutcome<typeof command>,
  ): void {
    assert(this.stateNow === "open", `bind while ${this.stateNow}`);
    this.issue(command, body, { takesPlace: false, onOutcome: onOutcome as OnOutcome });
  }

  /** Sends a request within the window. The outcome comes exactly once; see {@link Outcome}. */
  request<C extends RequestName>(command: C, body: PduBodyInput[C], onOutcome: OnOutcome<C>): void {
    const refusal = this.refusal(command);
    if (refusal !== undefined) return onOutcome({ kind: "not-sent", reason: refusal });
    this.issue(command, body, { takesPlace: true, onOutcome: onOutcome as OnOutcome });
  }

  /**
   * Ends the session in order: takes no new requests, waits at most `drainMs` until
   * every request of either side is answered, unbinds, and closes, which takes a few
   * seconds at most. `onClosed` tells the end. Does nothing on a session that is already ending.
   */
  unbind(drainMs: number, reason: CloseReason = "unbound"): void {
    if (this.stateNow === "open") return this.close(reason);
    if (this.stateNow !== "bound") return;
    this.stateNow = "unbinding";
    this.reason = reason;
    this.unbindDeadline = this.clock.after(drainMs, () => this.sendUnbind());
    this.unbindIfDrained();
  }

  /** Ends the session now: what is held is given to the connection, then the connection ends. */
  close(reason: CloseReason): void {
    if (this.stateNow === "closed" || this.stateNow === "closing") return;
    this.outbox.flush();
    this.stateNow = "closing";
    this.reason = this.reason ?? reason;
    this.connection.end();
    this.lingerTimer = this.clock.after(LINGER_MS, () => this.finish(reason));
  }

  /** Asks the peer whether it is there, out of turn. Takes no place in the window. */
  enquireNow(onOutcome: OnOutcome<"enquire_link">): void {
    if (this.stateNow !== "bound") return onOutcome({ kind: "not-sent", reason: "not-bound" });
    this.issue("enquire_link", {}, { takesPlace: false, onOutcome });
  }

  /** Breaks the connection at once. What is held here is not sent. */
  destroy(reason: CloseReason): void {
    this.reason = this.reason ?? reason;
    this.finish(reason);
  }

  /**
   * Stops reading, so that the peer's writes stall after a few buffers; nothing that
   * came already is given to the owner either. The peer's silence is not held against
   * it meanwhile, but its answers to our requests are not read, so that these may run
   * out of time.
   */
  pause(): void {
    this.isPaused = true;
    this.connection.pause();
  }

  /** Reads again after {@link pause}, beginning with what came before it. */
  resume(): void {
    if (!this.isPaused || this.stateNow === "closed") return;
    this.isPaused = false;
    this.times.receivedAtMs = this.clock.monotonicMs();
    this.takeIn(this.backlog.splice(0));
    if (this.isPausedNow() || this.state === "closed") return;
    this.connection.resume();
    this.arm();
  }

  /** Tells a peer of SMPP 5.0 with every response how congested this side is: 0 to 100, or nothing (SMPP 5.0 §4.8.4.18). */
  tellCongestion(state: number | undefined): void {
    this.congestion = state;
  }

  /** Reads and forgets whatever the peer sends, for as long as told. For a simulated peer. */
  deafen(isDeaf: boolean): void {
    this.isDeaf = isDeaf;
  }

  /** Writes only the first half of a PDU and breaks the connection. For a simulated peer. */
  severWithin(pdu: PduInput): void {
    if (this.stateNow === "closed") return;
    const whole = encodePdu(pdu);
    this.outbox.flush();
    if (!this.connection.destroyed && this.connection.writable)
      this.connection.write(whole.subarray(0, whole.length >> 1));
    this.close("severed");
  }

  private refusal(command: RequestName): NotSentReason | undefined {
    if (this.stateNow === "unbinding") return "unbinding";
    if (this.stateNow !== "bound") return "not-bound";
    if (!mayRequest(this.options.role, this.bindNow, command)) return "wrong-bind";
    if (this.requests.free <= 0 || this.isCongested()) return "window-full";
    return undefined;
  }

  private isCongested(): boolean {
    const congested = this.outbox.bufferedOctets > this.options.limits.maxOutputOctets / 2;
    if (congested) this.wasCongested = true;
    return congested;
  }

  private issue<C extends RequestName>(
    command: C,
    body: PduBodyInput[C],
    how: { takesPlace: boolean; onOutcome: OnOutcome },
  ): void {
    const request = this.requests.add(command, how.takesPlace, how.onOutcome);
    let encoded: Buffer;
    try {
      encoded = encodePdu({ command, sequence: request.sequence, body: suited(body, this.versionNow) });
    } catch (error) {
      if (!(error instanceof SmppEncodeError)) throw error;
      this.requests.settle(request);
      return how.onOutcome({ kind: "not-sent", reason: "invalid", detail: error.message });
    }
    this.options.tap?.sent(encoded);
    this.requests.hold(request, this.outbox.put(encoded));
  }

  private handed(handedCount: number): void {
    const now = this.clock.monotonicMs();
    this.requests.markHanded(handedCount, now);
    this.times.blockedSinceMs = this.outbox.isBlocked ? now : undefined;
    const isExpecting = this.requests.isWaiting || this.outbox.isBlocked;
    if (isExpecting && now + this.options.timers.responseMs < this.timerDueMs) this.arm();
    if (this.wasCongested && !this.isCongested()) {
      this.wasCongested = false;
      this.options.owner.onReady();
    }
  }

  private receive(chunk: Buffer): void {
    if (this.stateNow === "closed") return;
    const decoded = this.decoder.push(chunk);
    if (decoded.length === 0) return;
    this.times.receivedAtMs = this.clock.monotonicMs();
    if (!this.isDeaf) this.takeIn(decoded);
  }

  private takeIn(decoded: readonly Decoded[]): void {
    for (const [at, item] of decoded.entries()) {
      if (this.isPausedNow()) {
        this.backlog.push(...decoded.slice(at));
        return;
      }
      this.perform(judge(item, this.facts()));
      // Whoever was called may have ended the session.
      if (this.state === "closed") return;
    }
  }

  /** A call, because whoever is told of a request may pause and the compiler cannot know. */
  private isPausedNow(): boolean {
    return this.isPaused;
  }

  private facts(): SessionFacts {
    return {
      role: this.options.role,
      state: this.stateNow,
      bind: this.bindNow,
      unanswered: this.unansweredNow,
      maxUnanswered: this.maxUnanswered,
    };
  }

  private perform(verdict: Verdict): void {
    if ("complaint" in verdict) this.complaints.warn(verdict.complaint.event, verdict.complaint.fields);
    switch (verdict.act) {
      case "give":
        // It could not be answered any more; the peer will ask again.
        if (this.stateNow === "closing") return;
        this.times.activeAtMs = this.times.receivedAtMs;
        return this.options.owner.onRequest(verdict.pdu, this.responder(verdict.pdu));
      case "match":
        return this.match(verdict.pdu);
      case "doubt":
        return this.doubt(verdict.response, verdict.sequence);
      case "answer":
        return this.put(verdict.pdu);
      case "end":
        this.put(verdict.pdu);
        return this.close(verdict.reason);
      case "ignore":
        return;
    }
  }

  private match(pdu: AnyPdu): void {
    const request = this.requests.awaiting(pdu.sequence);
    const isNack = pdu.command === "generic_nack";
    if (request === undefined || (!isNack && responseOf(request.command) !== pdu.command)) {
      // Late responses come this way too: their request has already been called unknown.
      this.complaints.warn("smpp.peer.unmatched-response", { command: pdu.command, status: pdu.status });
      return;
    }
    if (request.takesPlace) this.times.activeAtMs = this.times.receivedAtMs;
    this.adapt(request, pdu);
    const body = isNack ? undefined : (pdu.body as PduBody["submit_sm_resp"]);
    this.settle(request, { kind: "response", status: pdu.status, body });
  }

  /** Lets the window follow what this response tells of the peer. */
  private adapt(request: PendingRequest, pdu: AnyPdu): void {
    const { limiter } = this.options;
    const sentAtMs = request.handedAtMs;
    if (limiter === undefined || sentAtMs === undefined) return;
    const nowMs = this.times.receivedAtMs;
    if (request.takesPlace) {
      if (pdu.status === CommandStatus.ESME_ROK) limiter.answered(sentAtMs, nowMs, this.requests.outstanding);
      else if (pdu.status === CommandStatus.ESME_RTHROTTLED || pdu.status === CommandStatus.ESME_RMSGQFUL)
        limiter.throttled(sentAtMs, nowMs);
    }
    const state = pdu.body.tlvs?.congestion_state;
    if (state !== undefined && this.versionNow === InterfaceVersion.V5_0) limiter.congested(state, sentAtMs, nowMs);
    this.requests.resize(limiter.size);
  }

  private doubt(response: CommandName, sequence: number): void {
    const request = this.requests.awaiting(sequence);
    if (request === undefined || responseOf(request.command) !== response) return;
    this.settle(request, { kind: "unknown", reason: "malformed-response" });
  }

  private settle(request: PendingRequest, outcome: Outcome): void {
    this.requests.settle(request);
    request.onOutcome(outcome);
    this.unbindIfDrained();
  }

  private responder(pdu: AnyPdu): Respond {
    const command = responseOf(pdu.command);
    if (command === undefined) return () => false;
    let answered = false;
    this.unansweredNow += 1;
    return (status, body) => {
      assert(!answered, `a second ${command}`);
      answered = true;
      this.unansweredNow -= 1;
      if (this.stateNow === "closed" || this.stateNow === "closing") return false;
      const { versionNow: version, congestion } = this;
      const told = responseBody(body, { command, status, version, congestion });
      this.put({ command, status, sequence: pdu.sequence, body: told } as PduInput);
      this.unbindIfDrained();
      return true;
    };
  }

  private put(pdu: PduInput): void {
    if (this.stateNow === "closed" || this.stateNow === "closing") return;
    const encoded = encodePdu(pdu);
    this.options.tap?.sent(encoded);
    this.outbox.put(encoded);
    if (this.outbox.bufferedOctets <= this.options.limits.maxOutputOctets) return;
    this.complaints.warn("smpp.peer.reads-too-little", { bufferedOctets: this.outbox.bufferedOctets });
    this.destroy("output-overflow");
  }

  private unbindIfDrained(): void {
    if (this.stateNow === "unbinding" && this.requests.outstanding === 0 && this.unansweredNow === 0) this.sendUnbind();
  }

  private sendUnbind(): void {
    if (this.stateNow !== "unbinding" || this.unbindSent) return;
    this.unbindSent = true;
    this.unbindDeadline?.cancel();
    this.unbindDeadline = this.clock.after(UNBIND_RESPONSE_MS, () => this.close("unbound"));
    this.issue("unbind", {}, { takesPlace: false, onOutcome: () => this.close("unbound") });
  }

  /** Arms the one timer for whatever comes first. */
  private arm(): void {
    const now = this.clock.monotonicMs();
    const { due, nextMs } = dueAt(this.options.timers, this.times, this.liveness(), now);
    const oldestMs = this.requests.oldestHandedAtMs();
    const responseDueMs = oldestMs === undefined ? Number.POSITIVE_INFINITY : oldestMs + this.options.timers.responseMs;
    this.timer?.cancel();
    this.timerDueMs = due === "none" ? Math.min(nextMs, responseDueMs) : now;
    if (this.timerDueMs === Number.POSITIVE_INFINITY) return;
    this.timer = this.clock.after(Math.max(0, Math.ceil(this.timerDueMs - now)), () => this.tick());
  }

  private liveness(): { isBound: boolean; isEnquiring: boolean } {
    return { isBound: this.stateNow !== "open", isEnquiring: this.isEnquiring || this.isPaused };
  }

  private tick(): void {
    const now = this.clock.monotonicMs();
    for (const request of this.requests.takeHandedBy(now - this.options.timers.responseMs)) {
      this.noteTimeout(request, now);
      request.onOutcome({ kind: "unknown", reason: "timeout" });
    }
    this.unbindIfDrained();
    const { due } = dueAt(this.options.timers, this.times, this.liveness(), now);
    this.act(due);
    if (this.stateNow !== "closed" && this.stateNow !== "closing") this.arm();
  }

  private noteTimeout(request: PendingRequest, nowMs: number): void {
    const { limiter } = this.options;
    if (limiter === undefined || !request.takesPlace || request.handedAtMs === undefined) return;
    limiter.timedOut(request.handedAtMs, nowMs);
    this.requests.resize(limiter.size);
  }

  private act(due: ReturnType<typeof dueAt>["due"]): void {
    switch (due) {
      case "none":
        return;
      case "enquire-link":
        return this.enquire();
      case "session-init":
        return this.destroy("session-init-timeout");
      case "stalled":
        this.complaints.warn("smpp.peer.reads-nothing", { bufferedOctets: this.outbox.bufferedOctets });
        return this.destroy("output-stalled");
      case "inactivity":
        this.times.activeAtMs = this.clock.monotonicMs();
        return this.unbind(this.options.timers.responseMs, "inactivity");
    }
  }

  private enquire(): void {
    if (this.stateNow === "closed" || this.stateNow === "closing") return;
    this.isEnquiring = true;
    this.issue(
      "enquire_link",
      {},
      {
        takesPlace: false,
        onOutcome: (outcome) => {
          this.isEnquiring = false;
          // An answer that this side did not read is nobody's silence.
          if (outcome.kind === "unknown" && outcome.reason === "timeout" && !this.isPaused)
            this.destroy("enquire-link-timeout");
        },
      },
    );
  }

  private finish(reason: CloseReason): void {
    if (this.stateNow === "closed") return;
    this.stateNow = "closed";
    // What the outcomes below lead to must not change why the session ended.
    const ended = this.reason ?? reason;
    this.timer?.cancel();
    this.lingerTimer?.cancel();
    this.unbindDeadline?.cancel();
    this.outbox.discard();
    this.backlog = [];
    if (!this.connection.destroyed) this.connection.destroy();
    for (const request of this.requests.takeAll()) {
      request.onOutcome(
        request.handedAtMs === undefined
          ? { kind: "not-sent", reason: "disconnected" }
          : { kind: "unknown", reason: "disconnected" },
      );
    }
    this.complaints.summarise();
    this.options.owner.onClosed(ended);
  }
}
