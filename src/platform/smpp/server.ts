import { AssertionError, assert } from "../../kernel/assert.ts";
import { CommandStatus, InterfaceVersion, commonVersion } from "../../protocols/smpp/index.ts";
import type { AnyPdu, InterfaceVersionValue, Pdu } from "../../protocols/smpp/index.ts";
import type { Clock, Connection, ListenAddress, Listener, Logger, Net } from "../ports.ts";
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

/**
 * Whether the bind is granted; or the command status that refuses it. `window`
 * bounds what this server sends without a response, `maxUnanswered` what the ESME
 * may have under way before it hears ESME_RTHROTTLED; without them the server's own
 * limits hold. `context` is what the owner wants to find at the session again.
 */
export type BindVerdict<C = undefined> =
  | ({ readonly accept: true; readonly window?: number; readonly maxUnanswered?: number } & Carried<C>)
  | { readonly accept: false; readonly status: number };

type Carried<C> = undefined extends C ? { readonly context?: C } : { readonly context: C };

/** What a server is made of. `C` is what the owner keeps at each session. */
export interface SmppServerOptions<C = undefined> {
  readonly net: Net;
  readonly clock: Clock;
  readonly log: Logger;
  /** How the server calls itself, at most 15 ASCII characters. */
  readonly systemId: string;
  /** The newest version that is spoken, `InterfaceVersion.V5_0` unless told. */
  readonly interfaceVersion?: InterfaceVersionValue;
  /** Decides about a bind. Where it fails, the bind is refused with ESME_RSYSERR. */
  readonly authenticate: (request: BindRequest) => BindVerdict<C> | Promise<BindVerdict<C>>;
  /** A request of a bound ESME that its bind allows. `respond` is to be called once. */
  readonly onRequest: (session: ServerSession<C>, pdu: AnyPdu, respond: Respond) => void;
  readonly onBound?: (session: ServerSession<C>) => void;
  /** A session can take requests again. */
  readonly onReady?: (session: ServerSession<C>) => void;
  /** The end of a session that was bound. */
  readonly onClosed?: (session: ServerSession<C>, reason: CloseReason) => void;
  readonly timers?: Partial<SessionTimers>;
  readonly limits?: Partial<SessionLimits>;
  /** Connections at one time, bound or not; more are closed at once. */
  readonly maxConnections?: number;
  /** Connections that have not bound yet; more are closed at once. Half of `maxConnections` unless told. */
  readonly maxUnbound?: number;
  /** Connections of one address at one time, bound or not; as many as there may be unless told. */
  readonly maxConnectionsPerAddress?: number;
  /** Binds of one system_id at one time; more are answered with ESME_RALYBND. */
  readonly maxBindsPerSystemId?: number;
}

const DEFAULT_MAX_CONNECTIONS = 1_000;
const DEFAULT_MAX_BINDS = 50;

/**
 * An SMSC's side of SMPP: listens, lets ESMEs bind, and gives their requests to its
 * owner. What strangers can cost is bounded: connections, in all, unbound and by
 * address; the time and the octets of a bind; and per session {@link SessionLimits}.
 */
export class SmppServer<C = undefined> {
  private readonly options: SmppServerOptions<C>;
  private readonly timers: SessionTimers;
  private readonly limits: SessionLimits;
  /** Every connection, and the address at its other end. */
  private readonly connections = new Map<SmppSession, string>();
  private readonly perAddress = new Map<string, number>();
  private readonly bound = new Set<ServerSession<C>>();
  private readonly listeners: Listener[] = [];
  private isClosing = false;
  private nextId = 1;
  private onEmpty: (() => void) | undefined;

  constructor(options: SmppServerOptions<C>) {
    this.options = options;
    this.timers = { ...DEFAULT_TIMERS, ...options.timers };
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  /** The bound sessions, oldest first. */
  get sessions(): ReadonlySet<ServerSession<C>> {
    return this.bound;
  }

  /** Connections, bound or not. */
  get connectionCount(): number {
    return this.connections.size;
  }

  /**
   * Opens a listening socket and resolves to where it listens; with `tls` it speaks
   * SMPP over TLS. May be called for several addresses. Rejects as the `Net` port does.
   */
  async listen(address: ListenAddress): Promise<{ host: string; port: number }> {
    assert(!this.isClosing, "listen on a server that closes");
    const listener = await this.options.net.listen(address, (connection, peer) => this.accept(connection, peer));
    this.listeners.push(listener);
    return { host: listener.host, port: listener.port };
  }

  /** Unbinds every session, waiting at most `drainMs` for what is outstanding, and stops listening. */
  async close(drainMs: number): Promise<void> {
    this.isClosing = true;
    if (this.connections.size > 0) {
      await new Promise<void>((resolve) => {
        this.onEmpty = resolve;
        for (const session of this.connections.keys()) session.unbind(drainMs, "stopped");
      });
    }
    await Promise.all(this.listeners.map((listener) => listener.close()));
  }

  /** Which bound a further connection from this address would exceed, if any. */
  private fullness(address: string): string | undefined {
    const { maxConnections = DEFAULT_MAX_CONNECTIONS, maxConnectionsPerAddress = maxConnections } = this.options;
    const { maxUnbound = Math.ceil(maxConnections / 2) } = this.options;
    if (this.connections.size >= maxConnections) return "connections";
    if (this.connections.size - this.bound.size >= maxUnbound) return "unbound";
    return (this.perAddress.get(address) ?? 0) >= maxConnectionsPerAddress ? "address" : undefined;
  }

  private forget(session: SmppSession): void {
    const address = this.connections.get(session) ?? "";
    this.connections.delete(session);
    const left = (this.perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.perAddress.delete(address);
    else this.perAddress.set(address, left);
  }

  private accept(connection: Connection, peer: string): void {
    const { clock, log } = this.options;
    const address = peer.slice(0, peer.lastIndexOf(":"));
    const full = this.fullness(address);
    if (this.isClosing || full !== undefined) {
      if (!this.isClosing) log.warn("smpp.server.full", { peer, bound: full, connections: this.connections.size });
      connection.on("error", () => {});
      connection.destroy();
      return;
    }
    let mine: ServerSession<C> | undefined;
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
          this.forget(session);
          if (mine !== undefined) this.ended(mine, reason);
          if (this.connections.size === 0) this.onEmpty?.();
        },
      },
    });
    this.connections.set(session, address);
    this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1);
  }

  /** Answers a bind. Resolves to the bound session, or `undefined` where it was refused or the peer has gone. */
  private async decide(asked: {
    session: SmppSession;
    pdu: Pdu<"bind_transceiver">;
    peer: string;
    respond: Respond;
  }): Promise<ServerSession<C> | undefined> {
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
    // The version is told only to peers that know optional parameters (SMPP 3.4 §3.5.2), and none that they do not know.
    const version = commonVersion(this.options.interfaceVersion ?? InterfaceVersion.V5_0, request.interfaceVersion);
    const tlvs = request.interfaceVersion >= InterfaceVersion.V3_4 ? { sc_interface_version: version } : undefined;
    respond(CommandStatus.ESME_ROK, { system_id: systemId, ...(tlvs === undefined ? {} : { tlvs }) });
    session.becomeBound(request.bind, { window: verdict.window, maxUnanswered: verdict.maxUnanswered, version });
    const granted = new ServerSession<C>({
      id: this.nextId,
      session,
      request,
      context: verdict.context as C,
      boundAtMs: this.options.clock.nowMs(),
    });
    this.nextId += 1;
    this.bound.add(granted);
    log.info("smpp.server.bound", { peer, systemId: request.systemId, bind: request.bind, version });
    return granted;
  }

  private async verdict(request: BindRequest): Promise<BindVerdict<C>> {
    const { maxBindsPerSystemId = DEFAULT_MAX_BINDS } = this.options;
    const verdict = await this.ask(request);
    if (!verdict.accept || this.isClosing)
      return verdict.accept ? { accept: false, status: CommandStatus.ESME_RBINDFAIL } : verdict;
    let binds = 0;
    for (const session of this.bound) if (session.systemId === request.systemId) binds += 1;
    return binds < maxBindsPerSystemId ? verdict : { accept: false, status: CommandStatus.ESME_RALYBND };
  }

  private async ask(request: BindRequest): Promise<BindVerdict<C>> {
    try {
      return await this.options.authenticate(request);
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      this.options.log.error("smpp.server.authenticate-failed", { peer: request.peer, error: String(error) });
      return { accept: false, status: CommandStatus.ESME_RSYSERR };
    }
  }

  private ended(session: ServerSession<C>, reason: CloseReason): void {
    this.bound.delete(session);
    this.options.log.info("smpp.server.closed", { peer: session.peer, systemId: session.systemId, reason });
    this.options.onClosed?.(session, reason);
  }
}
