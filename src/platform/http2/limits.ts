/** Limits of HTTP/2 sessions. Every one has a default. */
export interface Http2Limits {
  /** Names and values of the header fields of a request together, with four octets for each, as HTTP/1 writes them; 16 KiB. More is answered 431, and twice as much resets the stream. */
  readonly maxHeaderOctets?: number;
  /** From the opening of a session to the settings of the client, which come first; 10 s. */
  readonly headersTimeoutMs?: number;
  /** From the opening of a stream to the end of its body; 30 s. */
  readonly requestTimeoutMs?: number;
  /** How long a session without streams is kept; 65 s. */
  readonly keepAliveTimeoutMs?: number;
  /** How long a client may take for the next piece of an answer, 64 KiB at the most; 30 s. */
  readonly writeTimeoutMs?: number;
  /** How often the time limits and the octets of control frames are looked at; 1 s. They are exact to that. */
  readonly checkIntervalMs?: number;
  /** Sessions at once; 10,000. One more is closed. */
  readonly maxSessions?: number;
  /** Streams at once in a session, and requests in progress of it, which are more when streams were reset; 100. */
  readonly maxStreams?: number;
  /** Settings, pings, and streams reset before their answer, that a session may have at once; 200. */
  readonly controlBurst?: number;
  /** The same, on average; 20 a second. */
  readonly controlPerSecond?: number;
  /** Octets that are neither body nor header of a request, at once; 256 KiB. */
  readonly overheadBurstOctets?: number;
  /** The same, on average; 64 KiB a second. */
  readonly overheadOctetsPerSecond?: number;
}

export const DEFAULTS: Required<Http2Limits> = {
  maxHeaderOctets: 16_384,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  writeTimeoutMs: 30_000,
  checkIntervalMs: 1_000,
  maxSessions: 10_000,
  maxStreams: 100,
  controlBurst: 200,
  controlPerSecond: 20,
  overheadBurstOctets: 262_144,
  overheadOctetsPerSecond: 65_536,
};

/** The most header fields of a request, as with HTTP/1. */
export const MAX_HEADER_FIELDS = 200;
