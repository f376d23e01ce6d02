import type { Clock } from "../../../src/platform/ports.ts";
import type { SeededRandom } from "../smpp-pdus.ts";
import type { TakenSubmit } from "./ledger.ts";
import type { SmscConnection } from "./smsc-connection.ts";

/** How fast a carrier is. All in milliseconds. */
export interface Pace {
  /** A submit is answered after at most this. */
  readonly responseMs: number;
  /** A receipt becomes due after at most this. */
  readonly receiptMs: number;
  /** What a slow carrier lets an application wait at least. */
  readonly slowMs: number;
  /** Longer than the application waits for a response. */
  readonly tooLateMs: number;
  /** Between two faults that cost a connection, so that something is done in between. */
  readonly faultEveryMs: number;
  /** Such faults in all. */
  readonly maxFaults: number;
}

export const BRISK: Pace = {
  responseMs: 20,
  receiptMs: 150,
  slowMs: 120,
  tooLateMs: 900,
  faultEveryMs: 1_500,
  maxFaults: 1_000,
};

/** A submit_sm that was read, and what a behaviour can do about it. */
export interface ArrivedSubmit {
  readonly taken: TakenSubmit;
  readonly connection: SmscConnection;
  /** The response with the carrier's id. Nobody hears it where the connection is gone. */
  accept(): void;
  /** The response with another command_status. */
  refuse(status: number): void;
  /** The first octets of the accepting response, and then the end of the connection. */
  acceptHalf(): void;
  /** From now on its receipt is owed, so many times. */
  owe(copies?: number): void;
}

/** What a behaviour works with. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly pace: Pace;
  /** Runs later, unless the carrier was closed by then. */
  after(delayMs: number, run: () => void): void;
}

/** How one carrier behaves. What is absent is done as a good carrier does it. */
export interface Behaviour {
  onSubmit(submit: ArrivedSubmit): void;
  /** Sees octets before they are read and gives how many of them are read; the connection ends if that is not all. */
  onOctets?(connection: SmscConnection, chunk: Buffer): number;
  /** False where nothing but a bind is answered. */
  readonly answersLinks?: boolean;
  /** False where receipts wait until they are asked for. */
  readonly paysAtOnce?: boolean;
  /** The id in the response, and in the receipt; the same decimal number unless said otherwise. */
  responseId?(number: number): string;
  receiptId?(number: number): string;
}

/** One kind of carrier. */
export interface CarrierKind {
  /** What it does, in a few words, for tables. */
  readonly about: string;
  /** What an operator sets for such a carrier. */
  readonly messageIds?: "hex-to-decimal" | "decimal-to-hex";
  /** False where no message is ever delivered, as far as anybody can know. */
  readonly delivers: boolean;
  create(surroundings: Surroundings): Behaviour;
}
