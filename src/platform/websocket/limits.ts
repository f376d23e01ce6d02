/** Bounds of a door for WebSockets. Every one has a default. */
export interface WebSocketLimits {
  /** Sockets of this process at once; 1,000. One more is answered 503. */
  readonly maxSockets?: number;
  /** Sockets at once of one key, which is a session; 8. One more is answered 429. */
  readonly maxSocketsPerKey?: number;
  /** The longest message of a client; 16 KiB. A longer one ends the socket with 1009. */
  readonly maxMessageOctets?: number;
  /** How often a client is asked whether it is there; 20 s. */
  readonly pingIntervalMs?: number;
  /** After how many questions without any octet from the client it is taken to be gone; 2. */
  readonly maxMissedPings?: number;
  /** How much may wait for a client that reads slowly; 512 KiB. Beyond it nothing is taken for it. */
  readonly maxBufferedOctets?: number;
  /** For how long more than that may wait; 10 s. Then the socket ends with 1013. */
  readonly maxFullMs?: number;
  /** How many octets a client may send at once, and in every second after that; 256 KiB and 32 KiB. Beyond it the socket ends with 1008. */
  readonly burstOctets?: number;
  readonly octetsPerSecond?: number;
  /** The same in messages; 256 and 20. */
  readonly burstMessages?: number;
  readonly messagesPerSecond?: number;
  /** How long a client may take to answer that the socket ends; 2 s. */
  readonly closeTimeoutMs?: number;
}

/** What holds where nobody says otherwise. */
export const DEFAULT_LIMITS: Required<WebSocketLimits> = {
  maxSockets: 1_000,
  maxSocketsPerKey: 8,
  maxMessageOctets: 16_384,
  pingIntervalMs: 20_000,
  maxMissedPings: 2,
  maxBufferedOctets: 524_288,
  maxFullMs: 10_000,
  burstOctets: 262_144,
  octetsPerSecond: 32_768,
  burstMessages: 256,
  messagesPerSecond: 20,
  closeTimeoutMs: 2_000,
};

/** Why a socket ends (RFC 6455 §7.4.1, and the IANA registry of close codes). */
export const CLOSE_CODES = {
  normal: 1000,
  goingAway: 1001,
  unsupportedData: 1003,
  policy: 1008,
  internal: 1011,
  tryAgainLater: 1013,
} as const;
