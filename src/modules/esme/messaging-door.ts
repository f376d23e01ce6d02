/**
 * What this module takes from messaging. The one file that names it, so that the rest
 * does not care how messaging is cut.
 */
import type { CellRecord } from "../../platform/cell/index.ts";
import {
  cancelMessage,
  cancelReservation,
  draftMessage,
  findMessage,
  replaceMessage,
  reserve,
  type CreateMessageInput,
  type Message,
  type MessageAccepted,
  type MessageOrigin,
  type MessagingDeps,
} from "../messaging/index.ts";

export type { MessageOrigin, MessageReported, MessageStatus, TextReceived } from "../messaging/index.ts";

/** How urgent a message is: its lane. */
export type TrafficClass = NonNullable<CreateMessageInput["trafficClass"]>;

/** An address as an SMPP client wrote it. */
export type SmppAddress = MessageOrigin["source"];

/** A message as this module reads it. */
export type KnownMessage = Pick<Message, "sid" | "from" | "to" | "status" | "errorCode" | "updatedMs">;

/** A message to accept. */
export interface SubmittedMessage {
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly validitySeconds: number | undefined;
  readonly trafficClass: TrafficClass;
  readonly origin: MessageOrigin;
  /** What India's registries know it by. */
  readonly dlt?: CreateMessageInput["dlt"];
}

/** The record that accepts a message. */
export type Accepted = CellRecord & { readonly sid: string };

interface Target {
  readonly accountSid: string;
  readonly sid: string;
}

/** The operations of messaging, bound to its dependencies. All reject or throw with public errors. */
export interface MessagingDoor {
  /** Resolves when it is known whether the account can pay; `undefined` where that is known already. */
  prepare(accountSid: string): Promise<void> | undefined;
  /** Checks a message as {@link accept} does, and does nothing. */
  check(message: SubmittedMessage): void;
  /**
   * The record that accepts a message; under a SID of the caller's where one is given. Its
   * price is set aside, until the record is applied or {@link cancelAccept}.
   */
  accept(message: SubmittedMessage, sid?: string): Accepted;
  /** The record was not committed. */
  cancelAccept(record: Accepted): void;
  find(target: Target): Promise<Readonly<KnownMessage> | undefined>;
  /** Cancels a message that no carrier was given yet. */
  cancel(target: Target): Promise<unknown>;
  /** Replaces the text of a message that no carrier was given yet. */
  replace(
    replacement: Target & {
      readonly body: string;
      readonly validitySeconds: number | undefined;
      readonly receipt: MessageOrigin["receipt"];
    },
  ): Promise<unknown>;
}

/** Messaging as this module goes through it. `deps` is asked for at each step, because messaging is made beside this module. */
export function messagingDoor(deps: () => MessagingDeps): MessagingDoor {
  return {
    prepare: (accountSid) => deps().spending.prepare(accountSid),
    check: (message) => void draftMessage(deps(), inputOf(message, undefined)),
    accept: (message, sid) => {
      const record = draftMessage(deps(), inputOf(message, sid));
      reserve(deps(), record);
      return record;
    },
    cancelAccept: (record) => cancelReservation(deps(), record as MessageAccepted),
    find: (target) => findMessage(deps(), target),
    cancel: (target) => cancelMessage(deps(), target),
    replace: (replacement) => replaceMessage(deps(), replacement),
  };
}

function inputOf(message: SubmittedMessage, sid: string | undefined): CreateMessageInput {
  const { accountSid, from, to, body, validitySeconds, trafficClass, origin, dlt } = message;
  const direction = "outbound-api";
  return { accountSid, direction, from, to, body, validitySeconds, trafficClass, origin, dlt, sid };
}
