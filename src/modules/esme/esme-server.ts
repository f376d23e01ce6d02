import { AssertionError } from "../../kernel/assert.ts";
import { AppError } from "../../kernel/errors.ts";
import { CommandStatus, type AnyPdu } from "../../protocols/smpp/index.ts";
import type { Clock, Logger, Net, ServerCertificate, Timer } from "../../platform/ports.ts";
import { TokenBucket } from "../../platform/queue/index.ts";
import {
  SmppServer,
  type BindRequest,
  type BindVerdict,
  type Respond,
  type ServerSession,
} from "../../platform/smpp/index.ts";
import type { Bind, BindGrant, SharedRate } from "./bind.ts";
import { cancelSubmitted, querySubmitted, replaceSubmitted, type Answer, type ChangeDeps } from "./change-submitted.ts";
import type { CredentialBook } from "./credential-book.ts";
import type { DeliveryDesk } from "./delivery-desk.ts";
import type { Judgement } from "./gatekeeper.ts";
import type { Intake } from "./intake.ts";
import { statusOfRefusal } from "./refusal-status.ts";

/** Where customers' SMPP clients connect, and what they may take of this server. */
export interface EsmeServerOptions {
  readonly host: string;
  /** `undefined`: no plain port. 0: a free one. */
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
  /** Asked before each handshake; needed with `tlsPort`. */
  readonly certificate: (() => ServerCertificate) | undefined;
  readonly systemId: string;
  /** Connections at one time, bound or not. */
  readonly maxConnections: number;
  readonly enquireLinkMs: number;
  readonly inactivityMs: number;
  readonly responseMs: number;
}

export interface EsmeServerDeps extends ChangeDeps {
  readonly net: Net;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly book: CredentialBook;
  readonly judge: (request: BindRequest) => Promise<Judgement>;
  readonly intake: Intake;
  readonly desk: DeliveryDesk;
}

/** A request that this many others wait in front of has no business here, whatever its bind's window. */
const MAX_UNANSWERED = 1_000;
const BIND_TIMEOUT_MS = 10_000;
/** Output that a client does not read; half of it stops what is given to it, all of it ends the session. */
const MAX_OUTPUT_OCTETS = 1024 * 1024;
const WATCH_MS = 15_000;
const UNBIND_DRAIN_MS = 2_000;
/** From a grant to the bind are a few turns; a grant that is older was for a peer that went away. */
const GRANT_MS = 1_000;
/** More than one customer needs behind one address, and less than all there are. */
const MAX_CONNECTIONS_PER_ADDRESS = 200;
/** The gatekeeper counts binds itself, by credential and by account. */
const PER_SYSTEM_ID_IS_OURS = 1_000_000;

interface PendingGrant {
  readonly grant: BindGrant;
  readonly atMs: number;
}

/** The SMPP server for customers: sessions in, requests to the intake, deliveries from the desk. */
export class EsmeServer {
  private readonly deps: EsmeServerDeps;
  private readonly options: EsmeServerOptions;
  private readonly server: SmppServer<BindGrant>;
  private readonly binds = new Map<ServerSession<BindGrant>, Bind>();
  /** Granted, and not bound yet, by the peer's address and port. */
  private readonly granted = new Map<string, PendingGrant>();
  private readonly rates = new Map<string, SharedRate>();
  private timer: Timer | undefined;
  private closing = false;

  constructor(deps: EsmeServerDeps, options: EsmeServerOptions) {
    this.deps = deps;
    this.options = options;
    this.server = this.makeServer();
    deps.book.onChange(() => this.review());
  }

  /** Listens, and resolves to the ports. Rejects as the `Net` port does; nothing is left open then. */
  async listen(): Promise<{ readonly port: number | undefined; readonly tlsPort: number | undefined }> {
    const { host, port, tlsPort, certificate } = this.options;
    try {
      const plain = port === undefined ? undefined : await this.server.listen({ host, port });
      const isTls = tlsPort !== undefined && certificate !== undefined;
      const tls = isTls ? await this.server.listen({ host, port: tlsPort, tls: { certificate } }) : undefined;
      this.watch();
      return { port: plain?.port, tlsPort: tls?.port };
    } catch (error) {
      await this.close(0);
      throw error;
    }
  }

  /** The bound sessions. */
  get sessions(): Iterable<Bind> {
    return this.binds.values();
  }

  /** Sessions that are bound or about to be, of a system id or account; of all where neither is told. */
  countBinds(by: { readonly systemId?: string; readonly accountSid?: string }): number {
    const { systemId, accountSid } = by;
    this.dropOldGrants();
    const fits = (grant: BindGrant): boolean =>
      (systemId === undefined || grant.systemId === systemId) &&
      (accountSid === undefined || grant.accountSid === accountSid);
    let count = 0;
    for (const { grant } of this.binds.values()) if (fits(grant)) count += 1;
    for (const { grant } of this.granted.values()) if (fits(grant)) count += 1;
    return count;
  }

  /** Unbinds everybody, waiting at most `drainMs` for what is under way. */
  async close(drainMs: number): Promise<void> {
    this.closing = true;
    this.timer?.cancel();
    await this.server.close(drainMs);
  }

  private makeServer(): SmppServer<BindGrant> {
    const { net, clock, logger } = this.deps;
    const { systemId, maxConnections, enquireLinkMs, inactivityMs, responseMs } = this.options;
    return new SmppServer<BindGrant>({
      net,
      clock,
      log: logger,
      systemId,
      authenticate: (request) => this.authenticate(request),
      onRequest: (session, pdu, respond) => this.take(session, pdu, respond),
      onBound: (session) => this.bound(session),
      onReady: (session) => {
        const bind = this.binds.get(session);
        if (bind !== undefined) this.deps.desk.ready(bind);
      },
      onClosed: (session) => this.ended(session),
      timers: { sessionInitMs: BIND_TIMEOUT_MS, enquireLinkMs, inactivityMs, responseMs },
      limits: { maxUnanswered: MAX_UNANSWERED, maxOutputOctets: MAX_OUTPUT_OCTETS },
      maxConnections,
      maxConnectionsPerAddress: Math.min(maxConnections, MAX_CONNECTIONS_PER_ADDRESS),
      maxBindsPerSystemId: PER_SYSTEM_ID_IS_OURS,
    });
  }

  private async authenticate(request: BindRequest): Promise<BindVerdict<BindGrant>> {
    const judgement = await this.deps.judge(request);
    if ("refusal" in judgement) return { accept: false, status: judgement.refusal };
    const { grant } = judgement;
    // Until it is bound it counts by this.
    this.granted.set(request.peer, { grant, atMs: this.deps.clock.monotonicMs() });
    return { accept: true, window: grant.settings.window, context: grant };
  }

  private bound(session: ServerSession<BindGrant>): void {
    this.granted.delete(session.peer);
    const grant = session.context;
    const bind: Bind = {
      session,
      grant,
      rate: this.rate(grant),
      underWay: 0,
      pausedUntilMs: 0,
      submitted: 0,
      refused: 0,
      delivered: 0,
    };
    this.binds.set(session, bind);
    if (session.canReceive) this.deps.desk.attach(bind);
    // It may have changed between the verdict and now.
    this.reviewOne(bind);
  }

  private ended(session: ServerSession<BindGrant>): void {
    const bind = this.binds.get(session);
    if (bind === undefined) return;
    this.binds.delete(session);
    if (session.canReceive) this.deps.desk.detach(bind);
    if (this.countBinds({ systemId: bind.grant.systemId }) === 0) this.rates.delete(bind.grant.systemId);
  }

  /** One for all binds of a system id. A client that binds anew gets no new one while another bind is there. */
  private rate({ systemId, settings }: BindGrant): SharedRate {
    const perSecond = settings.messagesPerSecond;
    const known = this.rates.get(systemId);
    if (known?.perSecond === perSecond) return known;
    const rate = { perSecond, bucket: new TokenBucket(perSecond, this.deps.clock.nowMs(), perSecond) };
    this.rates.set(systemId, rate);
    return rate;
  }

  private take(session: ServerSession<BindGrant>, pdu: AnyPdu, respond: Respond): void {
    const bind = this.binds.get(session);
    if (bind === undefined) return void respond(CommandStatus.ESME_RINVBNDSTS);
    const { settings } = bind.grant;
    const cost = pdu.command === "submit_multi" ? Math.max(1, pdu.body.dest_address.length) : 1;
    if (bind.underWay >= settings.window || bind.rate.bucket.available(this.deps.clock.nowMs()) < 1) {
      bind.refused += 1;
      return void respond(CommandStatus.ESME_RTHROTTLED);
    }
    bind.rate.bucket.take(cost);
    bind.underWay += 1;
    const answer: Respond = (status, body) => {
      bind.underWay -= 1;
      return respond(status, body);
    };
    this.perform(bind, pdu, answer);
  }

  private perform(bind: Bind, pdu: AnyPdu, respond: Respond): void {
    switch (pdu.command) {
      case "submit_sm":
      case "data_sm":
        return this.deps.intake.submit(bind, pdu.body, respond);
      case "submit_multi":
        return this.deps.intake.submitMulti(bind, pdu.body, respond);
      case "query_sm":
        return this.answerLater(querySubmitted(this.deps, bind, pdu.body), respond);
      case "cancel_sm":
        return this.answerLater(cancelSubmitted(this.deps, bind, pdu.body), respond);
      case "replace_sm":
        return this.answerLater(replaceSubmitted(this.deps, bind, pdu.body), respond);
      default:
        respond(CommandStatus.ESME_RINVCMDID);
    }
  }

  private answerLater(answer: Promise<Answer<NonNullable<Parameters<Respond>[1]>>>, respond: Respond): void {
    void answer.then(
      ({ status, body }) => respond(status, body),
      (error: unknown) => {
        if (error instanceof AssertionError) throw error;
        if (!(error instanceof AppError)) this.deps.logger.error("esme.request-failed", { error: String(error) });
        respond(error instanceof AppError ? statusOfRefusal(error) : CommandStatus.ESME_RSYSERR);
      },
    );
  }

  /** Credentials changed: sessions of what opens nothing more are unbound, others get the new settings. */
  private review(): void {
    for (const bind of this.binds.values()) this.reviewOne(bind);
  }

  private reviewOne(bind: Bind): void {
    const { systemId, credentialSid, digest, settings } = bind.grant;
    if (credentialSid === undefined) return;
    const now = this.deps.book.find(systemId);
    if (now?.sid !== credentialSid || now.digest !== digest) return this.dismiss(bind);
    if (now === settings) return;
    if (bind.session.canReceive) this.deps.desk.detach(bind);
    bind.grant = { ...bind.grant, settings: now };
    bind.rate = this.rate(bind.grant);
    if (bind.session.canReceive) this.deps.desk.attach(bind);
  }

  private dismiss(bind: Bind): void {
    this.deps.logger.info("esme.bind.dismissed", { systemId: bind.grant.systemId, peer: bind.session.peer });
    bind.session.unbind(UNBIND_DRAIN_MS);
  }

  /** Asks from time to time whether accounts and keys still open what they opened. */
  private watch(): void {
    this.timer = this.deps.clock.after(WATCH_MS, () => {
      this.dropOldGrants();
      void this.recheck().finally(() => {
        if (!this.closing) this.watch();
      });
    });
  }

  private dropOldGrants(): void {
    const nowMs = this.deps.clock.monotonicMs();
    for (const [peer, { atMs }] of this.granted) if (nowMs >= atMs + GRANT_MS) this.granted.delete(peer);
  }

  private async recheck(): Promise<void> {
    // What others changed is read anew; while the database does not answer, what is known holds.
    await this.deps.book.refresh().catch((error: unknown) => {
      this.deps.logger.warn("esme.credentials.stale", { reason: String(error) });
    });
    for (const bind of this.binds.values()) {
      if (!bind.session.isBound) continue;
      const holds = await bind.grant.stillHolds().catch(() => true);
      if (!holds) this.dismiss(bind);
    }
  }
}
