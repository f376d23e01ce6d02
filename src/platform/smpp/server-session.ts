import type { InterfaceVersionValue, PduBodyInput, PduInput } from "../../protocols/smpp/index.ts";
import type { BindKind } from "./bind-state.ts";
import type { CloseReason, OnOutcome, RequestName } from "./outcome.ts";
import type { BindRequest } from "./server.ts";
import type { SmppSession } from "./session.ts";

/** A bound ESME, as the SMSC sees it. `C` is what the owner gave with the verdict on the bind. */
export class ServerSession<C = undefined> {
  /** Counts the sessions of one server from 1. */
  readonly id: number;
  readonly systemId: string;
  readonly systemType: string;
  readonly addressRange: string;
  readonly bind: BindKind;
  /** Address and port of the peer. */
  readonly peer: string;
  /** When it was bound, in milliseconds since the Unix epoch. */
  readonly boundAtMs: number;
  /** What the owner keeps here. */
  readonly context: C;
  private readonly session: SmppSession;

  constructor(made: { id: number; session: SmppSession; request: BindRequest; context: C; boundAtMs: number }) {
    this.id = made.id;
    this.session = made.session;
    this.systemId = made.request.systemId;
    this.systemType = made.request.systemType;
    this.addressRange = made.request.addressRange;
    this.bind = made.request.bind;
    this.peer = made.request.peer;
    this.boundAtMs = made.boundAtMs;
    this.context = made.context;
  }

  /** The version that both ends speak. Optional parameters that it does not have are left out of what is sent. */
  get interfaceVersion(): InterfaceVersionValue {
    return this.session.version;
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

  /** Requests of the ESME without an answer of ours. */
  get unanswered(): number {
    return this.session.unanswered;
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

  /**
   * Stops reading, so that the ESME's writes stall: back-pressure. Requests that came
   * in the same octets are kept until {@link resume}; those given already are to be
   * answered. The ESME's answers to our requests are not read meanwhile.
   */
  pause(): void {
    this.session.pause();
  }

  /** Reads again after {@link pause}. */
  resume(): void {
    this.session.resume();
  }

  /** Tells the ESME, if it speaks SMPP 5.0, with every response how congested this side is: 0 to 100, or nothing. */
  tellCongestion(state: number | undefined): void {
    this.session.tellCongestion(state);
  }

  /** Reads and forgets whatever comes, for as long as told. For a simulated carrier. */
  deafen(isDeaf: boolean): void {
    this.session.deafen(isDeaf);
  }

  /** Writes half of a PDU and breaks the connection. For a simulated carrier. */
  severWithin(pdu: PduInput): void {
    this.session.severWithin(pdu);
  }
}
