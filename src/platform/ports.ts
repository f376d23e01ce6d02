/**
 * What modules need from the outside world. Adapters implement these; tests use
 * the memory adapters. A port promises behaviour, not technology.
 */
import type { Duplex } from "node:stream";

/** A scheduled call that can be called off. */
export interface Timer {
  /** Calling it after the timer fired, or twice, does nothing. */
  cancel(): void;
}

/** Time. The real one reads the system; tests advance theirs by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start, never going backwards; for intervals. */
  monotonicMs(): number;
  /** Calls `run` once after at least `delayMs`. A pending timer does not keep the process alive. */
  after(delayMs: number, run: () => void): Timer;
}

/** One row as the database returns it. */
export type Row = Record<string, unknown>;

/** PostgreSQL, spoken to in its own SQL with `$1` parameters. */
export interface Database {
  /** Runs one statement and returns its rows. `int8` and `numeric` arrive as `number` where safe, `timestamptz` as `Date`. */
  query<R extends Row = Row>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  /** Runs `work` in one transaction: commits when it resolves, rolls back when it rejects. */
  transaction<T>(work: (tx: DatabaseSession) => Promise<T>): Promise<T>;
}

/** The part of a {@link Database} that a transaction can use. */
export interface DatabaseSession {
  query<R extends Row = Row>(sql: string, values?: readonly unknown[]): Promise<R[]>;
}

/** A step of the schema. Applied once, in order of `name`, each in its own transaction. */
export interface Migration {
  /** For example `messaging/0001-messages`. Never renamed once released. */
  readonly name: string;
  readonly sql: string;
}

/** What a stored object carries beside its bytes. */
export interface BlobInfo {
  readonly contentType: string;
  readonly octets: number;
}

/** Object storage. Keys are slash-separated paths of `[A-Za-z0-9._-]` parts. */
export interface BlobStore {
  put(key: string, content: Uint8Array, contentType: string): Promise<void>;
  /** Resolves to `undefined` where nothing is stored under the key. */
  get(key: string): Promise<{ info: BlobInfo; content: Uint8Array } | undefined>;
  remove(key: string): Promise<void>;
}

/** Where a connection goes. `tls` is absent for plain TCP. */
export interface DialTarget {
  readonly host: string;
  readonly port: number;
  readonly connectTimeoutMs: number;
  readonly tls?: {
    /** The name sent as SNI and checked against the certificate. */
    readonly serverName: string;
    /** PEM certificates trusted beside the system's. */
    readonly ca?: string;
    /** Only for a carrier on a private line that the operator said so for. */
    readonly rejectUnauthorized?: boolean;
  };
}

/** The private key and the certificate with its chain that a TLS listener shows, both PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

/** How a listener speaks TLS. */
export interface ListenTls {
  /**
   * What it shows. A function is asked before every handshake, so that a renewed
   * certificate needs no restart; while it throws, or gives what is no certificate,
   * the last good one stays. It should be quick, and give the same object until it changes.
   */
  readonly certificate: ServerCertificate | (() => ServerCertificate);
  /** The oldest version that is spoken; TLS 1.2 unless told. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  /** How long a handshake may take, 10 s unless told. */
  readonly handshakeTimeoutMs?: number;
}

/** Where a listener listens. `tls` is absent for plain TCP; port 0 is any free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  readonly tls?: ListenTls;
}

/** A connected stream. `noDelay` is set. */
export type Connection = Duplex;

/** A listening socket. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Stops accepting and destroys what is still connected. */
  close(): Promise<void>;
}

/** TCP and TLS. */
export interface Net {
  dial(target: DialTarget): Promise<Connection>;
  /**
   * Listens. With `tls`, `onConnection` hears of a connection once its handshake is
   * done; those whose handshake fails are closed and not told. Rejects where the
   * address cannot be had, or the first certificate cannot be used.
   */
  listen(address: ListenAddress, onConnection: (connection: Connection, peer: string) => void): Promise<Listener>;
  /** All addresses of a name, IPv4 and IPv6. */
  resolve(name: string): Promise<string[]>;
}

/** Where datagrams come from and go to: an IP address and a UDP port. */
export interface DatagramAddress {
  readonly host: string;
  readonly port: number;
}

/** A bound UDP socket. */
export interface DatagramSocket extends DatagramAddress {
  /**
   * Sends one datagram, or loses it: nobody is told. `payload` must not be changed
   * afterwards. After `close` it does nothing.
   */
  send(payload: Uint8Array, to: DatagramAddress): void;
  /** Frees the port. Calling it twice does nothing. */
  close(): Promise<void>;
}

/** UDP. */
export interface Datagrams {
  /** Binds; port 0 is any free one. Rejects where the address cannot be had. What `onDatagram` is given is its own to keep. */
  bind(
    address: DatagramAddress,
    onDatagram: (payload: Uint8Array, from: DatagramAddress) => void,
  ): Promise<DatagramSocket>;
}

/** Structured fields of a log line. Never message bodies, never secrets. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Structured logging. `child` adds fields to every line. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  child(fields: LogFields): Logger;
}

/** Random bytes fit for identifiers and secrets. */
export type RandomBytes = (count: number) => Uint8Array;
