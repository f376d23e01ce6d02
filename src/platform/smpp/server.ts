import { AssertionError, assert } from "../../kernel/assert.ts";
import { CommandStatus, INTERFACE_VERSION } from "../../protocols/smpp/index.ts";
import type { AnyPdu, Pdu } from "../../protocols/smpp/index.ts";
import type { Clock, Connection, Listener, Logger, Net } from "../ports.ts";
import { BIND_KINDS } from "./bind-state.ts";
import type { BindKind } from "./bind-state.ts";
import { DEFAULT_TIMERS } from "./deadlines.ts";
import type { SessionTimers } from "./deadlines.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { SessionLimits } from "./limits.ts";
import type { CloseReason } from "./outcome.ts";
import { ServerSession } from "./server-session.ts";
import { SmppSession } from "./session.ts";
import type { Respond } from "./session-owner.ts";

/** Who asks to bind, how, and from where. */
export interface BindRequest {
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  readonly bind: BindKind;
  readonly interfaceVersion: number;
  readonly addressRange: string;
  /** Address and port of the peer. */
  readonly peer: string;
}

/** Whether the bind is granted, and with which window for what this server sends; or the command status that refuses it. */
export type BindVerdict =
  | { readonly accept: true; readonly window?: number }
  | { readonly accept: false; readonly status: number };

/** What a server is made of. */
export interface SmppServerOptions {
  readonly net: Net;
  readonly clock: Clock;
  readonly log: Logger;
  /** How the server calls itself, at most 15 ASCII characters. */
  readonly systemId: string;
  /** Decides about a bind. Where it fails, the bind is refused with ESME_RSYSERR. */
  readonly authenticate: (request: BindRequest) => BindVerdict | Promise<BindVerdict>;
  /** A request of a bound ESME that its bind allows. `respond` is to be called once. */
  readonly onRequest: (session: ServerSession, pdu: AnyPdu, respond: Respond) => void;
  readonly onBound?: (session: ServerSession) => void;
  /** A session can take requests again. */
  readonly onReady?: (session: ServerSession) => void;
  /** The end of a session that was bound. */
  readonly onClosed?: (session: ServerSession, reason: CloseReason) => void;
  readonly timers?: Partial<SessionTimers>;
  readonly limits?: Partial<SessionLimits>;
  /** Connections at one time, bound or not; more are closed at once. */
  readonly maxConnections?: number;
  /** Binds of one system_id at one time; more are answered with ESME_RALYBND. */
  readonly maxBindsPerSystemId?: number;
}

const DEFAULT_MAX_CONNECTIONS = 1_000;
const DEFAULT_MAX_BINDS = 50;

/** An SMSC's side of SMPP: listens, lets ESMEs bind, and gives their requests to its owner. */
export class SmppServer {
  private readonly options: SmppServerOptions;
  private readonly timers: SessionTimers;
  private readonly limits: SessionLimits;
  private readonly connections = new Set<SmppSession>();
  private readonly bound = new Set<ServerSession>();
  private listener: Listener | undefined;
  private isClosing = false;
  private nextId = 1;
  private onEmpty: (() => void) | undefined;

  constructor(options: SmppServerOptions) {
    this.options = options;
    this.timers = { ...DEFAULT_TIMERS, ...options.timers };
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  /** The bound sessions, oldest first. */
  get sessions(): ReadonlySet<ServerSession> {
    return this.bound;
  }

  /** Opens the listening socket and resolves to where it listens. Rejects as the `Net` port does. */
  async listen(address: { host: string; port: number }): Promise<{ host: string; port: number }> {
    assert(this.listener === undefined, "listen is called once");
    const listener = await this.options.net.listen(address, (connection, peer) => this.accept(connection, peer));
    this.listener = listener;
    return { host: listener.host, port: listener.port };
  }

  /** Unbinds every session, waiting at most `drainMs` for what is outstanding, and stops listening. */
  async close(drainMs: number): Promise<void> {
    this.isClosing = true;
    if (this.connections.size > 0) {
      await new Promise<void>((resolve) => {
        this.onEmpty = resolve;
        for (const session of this.connections) session.unbind(drainMs, "stopped");
      });
    }
    await this.listener?.close();
  }

  private accept(connection: Connection, peer: string): void {
    const { clock, log, maxConnections = DEFAULT_MAX_CONNECTIONS } = this.options;
    if (this.isClosing || this.connections.size >= maxConnections) {
      if (!this.isClosing) log.warn("smpp.server.full", { peer, connections: this.connections.size });
      connection.on("error", () => {});
      connection.destroy();
      return;
    }
    let mine: ServerSession | undefined;
    let isDeciding = false;
    const session: SmppSession = new SmppSession({
      role: "smsc",
      connection,
      clock,
      log: log.child({ peer }),
      timers: this.timers,
      limits: this.limits,
      owner: {
        onRequest: (pdu, respond) => {
          if (mine !== undefined) return this.options.onRequest(mine, pdu, respond);
          if (isDeciding) return void respond(CommandStatus.ESME_RALYBND);
          isDeciding = true;
          void this.decide({ session, pdu: pdu as Pdu<"bind_transceiver">, peer, respond }).then((granted) => {
            mine = granted;
            if (granted !== undefined) this.options.onBound?.(granted);
          });
        },
        onReady: () => {
          if (mine !== undefined) this.options.onReady?.(mine);
        },
        onClosed: (reason) => {
          this.connections.delete(session);
          if (mine !== undefined) this.ended(mine, reason);
          if (this.connections.size === 0) this.onEmpty?.();
        },
      },
    });
    this.connections.add(session);
  }

  /** Answers a bind. Resolves to the bound session, or `undefined` where it was refused or the peer has gone. */
  private async decide(asked: {
    session: SmppSession;
    pdu: Pdu<"bind_transceiver">;
    peer: string;
    respond: Respond;
  }): Promise<ServerSession | undefined> {
    const { session, pdu, peer, respond } = asked;
    const request: BindRequest = {
      systemId: pdu.body.system_id,
      password: pdu.body.password,
      systemType: pdu.body.system_type,
      bind: BIND_KINDS[pdu.command] ?? "transceiver",
      interfaceVersion: pdu.body.interface_version,
      addressRange: pdu.body.address_range,
      peer,
    };
    const verdict = await this.verdict(request);
    if (session.state !== "open") return undefined;
    const { log, systemId } = this.options;
    if (!verdict.accept) {
      log.warn("smpp.server.bind-refused", { peer, status: verdict.status });
      respond(verdict.status);
      session.close("bind-refused");
      return undefined;
    }
    // The version is told only to peers that know optional parameters (SMPP 3.4 §3.5.2).
    const tlvs =
      request.interfaceVersion >= INTERFACE_VERSION ? { sc_interface_version: INTERFACE_VERSION } : undefined;
    respond(CommandStatus.ESME_ROK, { system_id: systemId, ...(tlvs === undefined ? {} : { tlvs }) });
    session.becomeBound(request.bind, verdict.window);
    const granted = new ServerSession({ id: this.nextId, session, request });
    this.nextId += 1;
    this.bound.add(granted);
    log.info("smpp.server.bound", { peer, systemId: request.systemId, bind: request.bind });
    return granted;
  }

  private async verdict(request: BindRequest): Promise<BindVerdict> {
    const { maxBindsPerSystemId = DEFAULT_MAX_BINDS } = this.options;
    const verdict = await this.ask(request);
    if (!verdict.accept || this.isClosing)
      return verdict.accept ? { accept: false, status: CommandStatus.ESME_RBINDFAIL } : verdict;
    let binds = 0;
    for (const session of this.bound) if (session.systemId === request.systemId) binds += 1;
    return binds < maxBindsPerSystemId ? verdict : { accept: false, status: CommandStatus.ESME_RALYBND };
  }

  private async ask(request: BindRequest): Promise<BindVerdict> {
    try {
      return await this.options.authenticate(request);
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      this.options.log.error("smpp.server.authenticate-failed", { peer: request.peer, error: String(error) });
      return { accept: false, status: CommandStatus.ESME_RSYSERR };
    }
  }

  private ended(session: ServerSession, reason: CloseReason): void {
    this.bound.delete(session);
    this.options.log.info("smpp.server.closed", { peer: session.peer, systemId: session.systemId, reason });
    this.options.onClosed?.(session, reason);
  }
}
