import type { ApplyContext } from "../../platform/cell/index.ts";
import type { ConsentChanged } from "../compliance/index.ts";
import { messageErrors } from "./errors.ts";
import type { Message } from "./message.ts";

/** A carrier said that the recipient does not want messages from the sender: the rules are told. For reducers only. */
export function carrierOptOut(message: Readonly<Message>, errorCode: number | undefined, context: ApplyContext): void {
  if (errorCode !== messageErrors.optedOut.code) return;
  const { accountSid, from: scope, to: recipient } = message;
  const fact: ConsentChanged = {
    kind: "consent.changed",
    accountSid,
    scope,
    recipient,
    state: "opted-out",
    source: "carrier",
    atMs: context.atMs,
    number: scope,
    messageSid: message.sid,
    ...(message.carrier === undefined ? {} : { actor: message.carrier }),
  };
  context.emit(fact);
}
