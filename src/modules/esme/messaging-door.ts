/**
 * What this module takes from messaging. The one file that names it, so that the rest
 * does not care how messaging is cut.
 */
import type { CellRecord } from "../../platform/cell/index.ts";
import {
  cancelMessage,
  draftMessage,
  findMessage,
  replaceMessage,
  type CreateMessageInput,
  type Message,
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
}

interface Target {
  readonly accountSid: string;
  readonly sid: string;
}

/** The operations of messaging, bound to its dependencies. All reject or throw with public errors. */
export interface MessagingDoor {
  /** The record that accepts a message; under a SID of the caller's where one is given. */
  draft(message: SubmittedMessage, sid?: string): CellRecord & { readonly sid: string };
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
    draft: (message, sid) => {
      const { accountSid, from, to, body, validitySeconds, trafficClass, origin } = message;
      const input: CreateMessageInput = {
        accountSid,
        direction: "outbound-api",
        from,
        to,
        body,
        validitySeconds,
        trafficClass,
        origin,
      };
      const record = draftMessage(deps(), input);
      return sid === undefined ? record : { ...record, sid };
    },
    find: (target) => findMessage(deps(), target),
    cancel: (target) => cancelMessage(deps(), target),
    replace: (replacement) => replaceMessage(deps(), replacement),
  };
}
