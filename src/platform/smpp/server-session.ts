import type { PduBodyInput, PduInput } from "../../protocols/smpp/index.ts";
import type { BindKind } from "./bind-state.ts";
import type { CloseReason, OnOutcome, RequestName } from "./outcome.ts";
import type { BindRequest } from "./server.ts";
import type { SmppSession } from "./session.ts";

/** A bound ESME, as the SMSC sees it. */
export class ServerSession {
  /** Counts the sessions of one server from 1. */
  readonly id: number;
  readonly systemId: string;
  readonly bind: BindKind;
  /** Address and port of the peer. */
  readonly peer: string;
  private readonly session: SmppSession;

  constructor(made: { id: number; session: SmppSession; request: BindRequest }) {
    this.id = made.id;
    this.session = made.session;
    this.systemId = made.request.systemId;
    this.bind = made.request.bind;
    this.peer = made.request.peer;
  }

  /** False once the session ends or begins to end. */
  get isBound(): boolean {
    return this.session.state === "bound";
  }

  /** True where the bind lets this side send deliver_sm and data_sm. */
  get canReceive(): boolean {
    return this.bind !== "transmitter";
  }

  /** Requests to the ESME without an outcome. */
  get outstanding(): number {
    return this.session.outstanding;
  }

  /** How many more requests would be taken now. */
  get windowFree(): number {
    return this.session.windowFree;
  }

  /** Sends a deliver_sm. `onOutcome` is called exactly once; see `Outcome`. */
  deliver(body: PduBodyInput["deliver_sm"], onOutcome: OnOutcome<"deliver_sm">): void {
    this.session.request("deliver_sm", body, onOutcome);
  }

  /** Sends any request that the bind allows. */
  request<C extends RequestName>(command: C, body: PduBodyInput[C], onOutcome: OnOutcome<C>): void {
    this.session.request(command, body, onOutcome);
  }

  /** Unbinds in order, waiting at most `drainMs` for what is outstanding. */
  unbind(drainMs: number): void {
    this.session.unbind(drainMs);
  }

  /** Breaks the connection. */
  destroy(reason: CloseReason): void {
    this.session.destroy(reason);
  }

  /** Stops reading, so that the peer's writes stall. For a simulated carrier. */
  pauseReading(): void {
    this.session.pauseReading();
  }

  /** Reads again after {@link pauseReading}. */
  resumeReading(): void {
    this.session.resumeReading();
  }

  /** Writes half of a PDU and breaks the connection. For a simulated carrier. */
  severWithin(pdu: PduInput): void {
    this.session.severWithin(pdu);
  }
}
