import { CommandStatus, InterfaceVersion, commonVersion, statusName } from "../../protocols/smpp/index.ts";
import type { AnyPdu, PduBodyInput } from "../../protocols/smpp/index.ts";
import type { Connection, Logger, Timer } from "../ports.ts";
import { Backoff } from "./backoff.ts";
import { isLastingRefusal } from "./bind-refusal.ts";
import { BIND_COMMANDS } from "./bind-state.ts";
import { resolveClientOptions } from "./client-options.ts";
import type { ClientState, ResolvedClientOptions, SmppClientOptions, WaitCause } from "./client-options.ts";
import type { CloseReason, OnOutcome, Outcome, RequestName } from "./outcome.ts";
import { SmppSession } from "./session.ts";
import type { Respond } from "./session-owner.ts";
import { WindowLimiter } from "./window-limiter.ts";

type BindRequest = (typeof BIND_COMMANDS)[keyof typeof BIND_COMMANDS];

/**
 * An ESME that keeps itself bound to one SMSC: it connects, binds, and after any
 * loss comes back with growing, jittered waits, for ever, until it is stopped.
 *
 * Requests are never queued here and never sent twice: what cannot go out now is
 * `not-sent`, and what went out without an answer is `unknown`.
 */
export class SmppClient {
  private readonly options: ResolvedClientOptions;
  private readonly log: Logger;
  private readonly backoff: Backoff;
  private readonly refusedBackoff: Backoff;
  private stateNow: ClientState = { name: "idle" };
  private session: SmppSession | undefined;
  private retry: Timer | undefined;
  private boundAtMs: number | undefined;
  private refusal: WaitCause | undefined;
  private failures = 0;
  private changedAtMs: number;
  private whenStopped: (() => void)[] = [];

  constructor(options: SmppClientOptions) {
    this.options = resolveClientOptions(options);
    this.changedAtMs = options.clock.nowMs();
    const { reconnect, random } = this.options;
    this.log = options.log.child({
      host: options.host,
      port: options.port,
      systemId: options.systemId,
      bind: options.bind,
    });
    this.backoff = new Backoff(reconnect, random);
    this.refusedBackoff = new Backoff(reconnect.refused, random);
  }

  /** Where the client stands. */
  get state(): ClientState {
    return this.stateNow;
  }

  /** When it became what it is, by the clock of the day. */
  get sinceMs(): number {
    return this.changedAtMs;
  }

  /** Requests that have no outcome yet. */
  get outstanding(): number {
    return this.session?.outstanding ?? 0;
  }

  /** How many requests may be without a response at one time: the window, or what the adaptive one has become. */
  get windowSize(): number {
    return this.session?.windowSize ?? 0;
  }

  /** How many requests would be taken now; 0 while not bound. */
  get windowFree(): number {
    return this.session?.windowFree ?? 0;
  }

  /** Connects. To be called once. */
  start(): void {
    if (this.stateNow.name === "idle") this.connect();
  }

  /**
   * Sends a submit_sm. `onOutcome` is called exactly once, for `not-sent` possibly
   * before this returns. The message may already have its receipt by then.
   */
  send(body: PduBodyInput["submit_sm"], onOutcome: OnOutcome<"submit_sm">): void {
    this.request("submit_sm", body, onOutcome);
  }

  /** Sends any request that the bind allows: query_sm, cancel_sm, data_sm, replace_sm, submit_multi. Outcomes as for {@link send}. */
  request<C extends RequestName>(command: C, body: PduBodyInput[C], onOutcome: OnOutcome<C>): void {
    if (this.session === undefined) onOutcome({ kind: "not-sent", reason: "not-bound" });
    else this.session.request(command, body, onOutcome);
  }

  /**
   * Unbinds in order: takes nothing new, waits at most `drainMs` for what is
   * outstanding, and closes for good. Resolves when the connection is gone.
   */
  stop(drainMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.stateNow.name === "stopped") return resolve();
      this.whenStopped.push(resolve);
      this.retry?.cancel();
      if (this.session === undefined) return this.stopped();
      this.become({ name: "unbinding" });
      this.session.unbind(drainMs);
    });
  }

  private get isEnding(): boolean {
    return this.stateNow.name === "unbinding" || this.stateNow.name === "stopped";
  }

  private connect(): void {
    const { host, port, tls, net } = this.options.given;
    this.become({ name: "connecting" });
    const connectTimeoutMs = this.options.timers.sessionInitMs;
    net.dial({ host, port, connectTimeoutMs, ...(tls === undefined ? {} : { tls }) }).then(
      (connection) => this.connected(connection),
      (error: unknown) => {
        const { code, message } = error as NodeJS.ErrnoException;
        if (!this.isEnding) this.wait({ kind: "connect-failed", code: code ?? message });
      },
    );
  }

  private connected(connection: Connection): void {
    if (this.isEnding) {
      connection.on("error", () => {});
      connection.destroy();
      return;
    }
    const { given, timers, limits } = this.options;
    const session = new SmppSession({
      role: "esme",
      connection,
      clock: given.clock,
      log: this.log,
      timers,
      limits,
      limiter: given.adaptiveWindow === true ? new WindowLimiter({ limit: limits.window }) : undefined,
      tap: given.tap?.(),
      owner: {
        onRequest: (pdu, respond) => this.delivered(pdu, respond),
        onReady: () => given.onReady?.(),
        onClosed: (reason) => this.closed(reason),
      },
    });
    this.session = session;
    this.become({ name: "binding" });
    session.requestBind(BIND_COMMANDS[given.bind], this.bindBody(), (outcome) => this.bindAnswered(session, outcome));
  }

  private bindBody(): PduBodyInput[BindRequest] {
    const { given } = this.options;
    return {
      system_id: given.systemId,
      password: given.password,
      system_type: given.systemType ?? "",
      interface_version: given.interfaceVersion ?? InterfaceVersion.V3_4,
      addr_ton: given.addressTon ?? 0,
      addr_npi: given.addressNpi ?? 0,
      address_range: given.addressRange ?? "",
    };
  }

  private bindAnswered(session: SmppSession, outcome: Outcome<BindRequest>): void {
    if (outcome.kind === "not-sent" && outcome.reason === "invalid") {
      this.log.error("smpp.client.invalid-bind", { detail: outcome.detail });
      this.refusal = { kind: "bind-refused", status: CommandStatus.ESME_RBINDFAIL, isLasting: true };
      return session.close("bind-refused");
    }
    if (outcome.kind !== "response") return session.destroy("session-init-timeout");
    if (outcome.status !== CommandStatus.ESME_ROK) return this.refused(session, outcome.status);
    if (session.state !== "open") return;
    const { bind, interfaceVersion: ours = InterfaceVersion.V3_4 } = this.options.given;
    const version = commonVersion(ours, outcome.body?.tlvs?.sc_interface_version);
    session.becomeBound(bind, { version });
    this.boundAtMs = this.options.given.clock.monotonicMs();
    this.refusedBackoff.reset();
    const interfaceVersion = outcome.body?.tlvs?.sc_interface_version;
    this.log.info("smpp.client.bound", { peerSystemId: outcome.body?.system_id, interfaceVersion });
    this.become({ name: "bound", peerSystemId: outcome.body?.system_id ?? "", interfaceVersion });
    this.options.given.onReady?.();
  }

  private refused(session: SmppSession, status: number): void {
    const isLasting = isLastingRefusal(status);
    this.log[isLasting ? "error" : "warn"]("smpp.client.bind-refused", { status: statusName(status), isLasting });
    this.refusal = { kind: "bind-refused", status, isLasting };
    session.close("bind-refused");
  }

  private delivered(pdu: AnyPdu, respond: Respond): void {
    if (pdu.command !== "deliver_sm" && pdu.command !== "data_sm") {
      this.log.debug("smpp.client.ignored", { command: pdu.command });
      return;
    }
    const { onDeliver } = this.options.given;
    if (onDeliver === undefined) respond(CommandStatus.ESME_RX_T_APPN);
    else onDeliver(pdu, (status) => respond(status));
  }

  private closed(reason: CloseReason): void {
    this.session = undefined;
    const { clock } = this.options.given;
    const heldMs = this.boundAtMs === undefined ? 0 : clock.monotonicMs() - this.boundAtMs;
    this.boundAtMs = undefined;
    if (heldMs >= this.options.reconnect.stableMs) {
      this.backoff.reset();
      this.failures = 0;
    }
    if (this.isEnding) return this.stopped();
    const cause: WaitCause = this.refusal ?? { kind: "closed", reason };
    this.refusal = undefined;
    this.wait(cause);
  }

  private wait(cause: WaitCause): void {
    const isLasting = cause.kind === "bind-refused" && cause.isLasting;
    const delayMs = (isLasting ? this.refusedBackoff : this.backoff).next();
    this.failures += 1;
    // One line for a carrier that stays away, not one for every try.
    this.log[this.failures === 1 ? "warn" : "debug"]("smpp.client.waiting", {
      ...cause,
      delayMs,
      failures: this.failures,
    });
    this.retry = this.options.given.clock.after(delayMs, () => this.connect());
    this.become({ name: "waiting", delayMs, cause });
  }

  private stopped(): void {
    this.become({ name: "stopped" });
    for (const resolve of this.whenStopped.splice(0)) resolve();
  }

  private become(state: ClientState): void {
    this.stateNow = state;
    this.changedAtMs = this.options.given.clock.nowMs();
    this.options.given.onState?.(state);
  }
}
