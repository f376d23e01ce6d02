import {
  CommandStatus,
  InterfaceVersion,
  commonVersion,
  type InterfaceVersionValue,
  type PduBodyInput,
} from "../../protocols/smpp/index.ts";
import type { Clock, Connection, DialTarget, Logger, Net, Timer } from "../ports.ts";
import { BIND_COMMANDS, type BindKind } from "./bind-state.ts";
import { DEFAULT_TIMERS } from "./deadlines.ts";
import { explainStatus } from "./explain-status.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { CloseReason, Outcome } from "./outcome.ts";
import { SmppSession } from "./session.ts";

/** One thing that was tried, and how it went. */
export interface ProbeStep {
  readonly step: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly tookMs: number;
  /** A sentence for people. Never holds a password. */
  readonly detail: string;
}

/** What to try. */
export interface ProbeBindOptions {
  readonly net: Net;
  readonly clock: Clock;
  readonly log: Logger;
  /** As it was given. */
  readonly host: string;
  /** Where to connect to: an address of the host that was allowed. */
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
  readonly tlsVerify: boolean;
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  readonly addressRange: string;
  readonly bind: BindKind;
  readonly interfaceVersion: InterfaceVersionValue;
  /** For all steps together. */
  readonly limitMs: number;
}

const TCP_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "EADDRNOTAVAIL",
  "EACCES",
]);

/** Why a connection did not come about, in words. */
const CONNECT_FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens on that port, or a firewall refuses it",
  ETIMEDOUT: "nobody answered in time: the address or port is wrong, or a firewall drops it",
  EHOSTUNREACH: "the host cannot be reached from here",
  ENETUNREACH: "the network cannot be reached from here",
  ECONNRESET: "the other side ended the connection at once: often it allows known addresses only",
  ERR_SSL_WRONG_VERSION_NUMBER: "what answers there does not speak TLS",
  EPROTO: "what answers there does not speak TLS as it should",
  CERT_HAS_EXPIRED: "the certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the certificate is signed by nobody but itself",
  SELF_SIGNED_CERT_IN_CHAIN: "the certificate is signed by an authority that is not known here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the certificate is signed by an authority that is not known here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the certificate is signed by an authority that is not known here",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate is for another name",
};

/**
 * Connects, binds, asks for a sign of life and unbinds, once, and tells how each step went. Takes
 * nothing meanwhile: what the SMSC delivers is refused for the time being, so that it keeps it.
 * Always resolves, within the limit; the connection is gone then.
 */
export function probeBind(options: ProbeBindOptions): Promise<readonly ProbeStep[]> {
  return new BindProbe(options).run();
}

class BindProbe {
  private readonly options: ProbeBindOptions;
  private readonly steps: ProbeStep[] = [];
  private readonly deadlineMs: number;
  private session: SmppSession | undefined;
  private limit: Timer | undefined;
  private startedMs: number;
  private current = "connect";
  private finish: () => void = () => {};

  constructor(options: ProbeBindOptions) {
    this.options = options;
    this.startedMs = options.clock.monotonicMs();
    this.deadlineMs = this.startedMs + options.limitMs;
  }

  async run(): Promise<readonly ProbeStep[]> {
    const connection = await this.connect();
    if (connection === undefined) return this.steps;
    await new Promise<void>((resolve) => {
      this.finish = resolve;
      this.limit = this.options.clock.after(this.leftMs(), () => this.end("failed", "nothing was answered in time"));
      this.bind(connection);
    });
    this.limit?.cancel();
    return this.steps;
  }

  private leftMs(): number {
    return Math.max(1, this.deadlineMs - this.options.clock.monotonicMs());
  }

  private note(outcome: ProbeStep["outcome"], detail: string): void {
    const now = this.options.clock.monotonicMs();
    this.steps.push({ step: this.current, outcome, tookMs: Math.round((now - this.startedMs) * 10) / 10, detail });
    this.startedMs = now;
  }

  private async connect(): Promise<Connection | undefined> {
    const { net, host, address, port, tls, tlsVerify } = this.options;
    const target: DialTarget = {
      host: address,
      port,
      connectTimeoutMs: this.leftMs(),
      ...(tls ? { tls: { serverName: host, rejectUnauthorized: tlsVerify } } : {}),
    };
    try {
      const connection = await net.dial(target);
      this.note("passed", `connected to ${address} port ${port}`);
      if (tls) {
        this.current = "tls";
        this.note("passed", describeTls(connection, tlsVerify));
      }
      return connection;
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      const isTcp = !tls || TCP_CODES.has(code);
      if (!isTcp) {
        this.note("passed", `connected to ${address} port ${port}`);
        this.current = "tls";
      }
      const why = CONNECT_FAILURES[code];
      this.note("failed", why === undefined ? `${code === "" ? "" : `${code}: `}${message}` : `${code}: ${why}`);
      return undefined;
    }
  }

  private bind(connection: Connection): void {
    const { clock, log, bind, systemId, password, systemType, addressRange, interfaceVersion } = this.options;
    this.current = "bind";
    const session = new SmppSession({
      role: "esme",
      connection,
      clock,
      log,
      timers: { ...DEFAULT_TIMERS, responseMs: this.leftMs(), sessionInitMs: this.leftMs() },
      limits: DEFAULT_LIMITS,
      owner: {
        // Whatever is delivered is to come again, to the carrier itself.
        onRequest: (_pdu, respond) => void respond(CommandStatus.ESME_RX_T_APPN),
        onReady: () => {},
        onClosed: (reason) => this.closed(reason),
      },
    });
    this.session = session;
    const body: PduBodyInput["bind_transceiver"] = {
      system_id: systemId,
      password,
      system_type: systemType,
      interface_version: interfaceVersion,
      address_range: addressRange,
    };
    session.requestBind(BIND_COMMANDS[bind], body, (outcome) => this.bound(session, outcome));
  }

  private bound(
    session: SmppSession,
    outcome: Outcome<"bind_transceiver" | "bind_receiver" | "bind_transmitter">,
  ): void {
    if (outcome.kind === "not-sent") return this.end("failed", outcome.detail ?? outcome.reason);
    // Why the connection ended is told right after this.
    if (outcome.kind === "unknown" && outcome.reason === "disconnected") return;
    if (outcome.kind === "unknown") return this.end("failed", `no answer to the bind: ${outcome.reason}`);
    if (outcome.status !== CommandStatus.ESME_ROK) {
      const { name, code, text } = explainStatus(outcome.status);
      return this.end("failed", `refused with ${name} (${code}): ${text}`);
    }
    if (session.state !== "open") return;
    const { bind, interfaceVersion } = this.options;
    const told = outcome.body?.tlvs?.sc_interface_version;
    const version = commonVersion(interfaceVersion, told);
    session.becomeBound(bind, { version });
    const peer = outcome.body?.system_id ?? "";
    this.note("passed", `bound as ${bind}; the carrier calls itself ${peer === "" ? "nothing" : `“${peer}”`}`);
    this.current = "version";
    this.note("passed", versionText(version, told));
    this.current = "enquire_link";
    session.enquireNow((answer) => this.enquired(session, answer));
  }

  private enquired(session: SmppSession, outcome: Outcome<"enquire_link">): void {
    if (outcome.kind === "unknown" && outcome.reason === "disconnected") return;
    if (outcome.kind !== "response") return this.end("failed", "the carrier does not answer enquire_link");
    this.note("passed", "the carrier answers enquire_link");
    this.current = "unbind";
    session.unbind(0);
  }

  private closed(reason: CloseReason): void {
    if (this.current === "unbind") return this.end("passed", "unbound");
    this.end("failed", CLOSED[reason] ?? `the connection ended: ${reason}`);
  }

  /** Tells the last step, once. */
  private end(outcome: ProbeStep["outcome"], detail: string): void {
    const { finish, session } = this;
    if (this.limit === undefined && this.current === "done") return;
    this.note(outcome, detail);
    this.current = "done";
    this.limit?.cancel();
    this.limit = undefined;
    this.finish = () => {};
    session?.destroy("stopped");
    finish();
  }
}

const CLOSED: Partial<Record<CloseReason, string>> = {
  "peer-closed": "the carrier closed the connection without an answer: often it allows known addresses only",
  "connection-error": "the connection broke",
  "protocol-error": "what answers there does not speak SMPP, or wants TLS",
  "unbound-by-peer": "the carrier unbound at once",
};

function versionText(version: InterfaceVersionValue, told: number | undefined): string {
  const name = version === InterfaceVersion.V5_0 ? "5.0" : "3.4";
  return told === undefined
    ? `SMPP ${name}; the carrier does not say which it has`
    : `SMPP ${name}; the carrier says 0x${told.toString(16)}`;
}

/** What a TLS connection tells of itself, where it does. */
function describeTls(connection: Connection, isChecked: boolean): string {
  const secure = connection as Partial<{
    getProtocol(): string | null;
    getPeerCertificate(): { subject?: { CN?: string }; valid_to?: string };
  }>;
  const protocol = secure.getProtocol?.() ?? "TLS";
  const certificate = secure.getPeerCertificate?.();
  const name = certificate?.subject?.CN;
  const until = certificate?.valid_to;
  const shown = name === undefined ? "" : `, certificate of ${name}${until === undefined ? "" : ` until ${until}`}`;
  return `${protocol}${shown}${isChecked ? "" : "; not checked, as tlsVerify is off"}`;
}
