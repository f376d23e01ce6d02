/** How much a sender is told of each message: nothing, its end, that a carrier has it and its end, or everything. */
export type Callbacks = "none" | "final" | "two" | "all";

/** Where and how a system under test takes messages. */
export type Door = HttpDoor | SmppDoor;

/** Messages as requests over HTTP. */
export type HttpDoor =
  | {
      readonly kind: "trunkline";
      readonly port: number;
      readonly accountSid: string;
      readonly authToken: string;
      readonly callbacks: Callbacks;
    }
  | { readonly kind: "kannel"; readonly port: number; readonly callbacks: Callbacks };

/** Messages over SMPP: a bind with each of the credentials. */
export interface SmppDoor {
  readonly kind: "smpp";
  readonly port: number;
  readonly window: number;
  readonly credentials: readonly { readonly systemId: string; readonly password: string }[];
}

/** How messages are sent: as fast as so many connections get answers, or at a rate whatever the answers do. */
export type Pace =
  | {
      readonly kind: "closed";
      readonly connections: number;
      /** Over SMPP: messages between their submission and their receipt, at most. */
      readonly inFlight?: number;
    }
  | { readonly kind: "open"; readonly perSecond: number; readonly connections: number };

/** Tells of a load. */
export interface LoadListener {
  /** A message was sent, or with an open loop was due to be sent. */
  readonly onSent: (number: number, atMs: number) => void;
  /** The answer came; status 0 over HTTP where the connection broke first. */
  readonly onAnswer: (number: number, accepted: boolean, status: number) => void;
  /** The sender was told of a message by another way than a callback. */
  readonly onTold: (number: number, status: string) => void;
}
