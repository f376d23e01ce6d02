import { CommandStatus, commandName, isResponse } from "../../protocols/smpp/index.ts";
import type { AnyPdu, CommandName, Decoded, PduInput } from "../../protocols/smpp/index.ts";
import type { LogFields } from "../ports.ts";
import { BIND_KINDS, mayRequest } from "./bind-state.ts";
import type { BindKind, Role, SessionState } from "./bind-state.ts";
import type { CloseReason } from "./outcome.ts";

/** What a verdict depends on. */
export interface SessionFacts {
  readonly role: Role;
  readonly state: SessionState;
  readonly bind: BindKind | undefined;
  /** Requests of the peer that wait for our answer, and how many may. */
  readonly unanswered: number;
  readonly maxUnanswered: number;
}

/** Something to log, once per session. */
export interface Complaint {
  readonly event: string;
  readonly fields: LogFields;
}

/**
 * What is to be done about something that arrived: answer it from here, end the
 * session, give it to the owner, match it with a request of ours (`doubt`: it is
 * an answer that cannot be read), or nothing.
 */
export type Verdict =
  | { readonly act: "answer"; readonly pdu: PduInput; readonly complaint?: Complaint }
  | { readonly act: "end"; readonly pdu: PduInput; readonly reason: CloseReason; readonly complaint?: Complaint }
  | { readonly act: "give"; readonly pdu: AnyPdu }
  | { readonly act: "match"; readonly pdu: AnyPdu }
  | { readonly act: "doubt"; readonly response: CommandName; readonly sequence: number; readonly complaint: Complaint }
  | { readonly act: "ignore"; readonly complaint: Complaint };

/**
 * The rules for what a peer sends, its mistakes included (SMPP 3.4 §2.3, §3.3,
 * §4.3). Pure: the session performs the verdict.
 */
export function judge(item: Decoded, facts: SessionFacts): Verdict {
  switch (item.kind) {
    case "pdu":
      return isResponse(item.pdu.command) ? { act: "match", pdu: item.pdu } : judgeRequest(item.pdu, facts);
    case "unknown-command":
      return judgeUnknown(item.commandId, item.sequence);
    case "malformed":
      return judgeMalformed(item.commandId, item.sequence, item.reason);
    case "fatal":
      return {
        act: "end",
        pdu: { command: "generic_nack", status: CommandStatus.ESME_RINVCMDLEN, sequence: item.sequence },
        reason: "protocol-error",
        complaint: { event: "smpp.peer.fatal", fields: { reason: item.reason } },
      };
  }
}

/** The response of a request, or `undefined` for one that has none (outbind, alert_notification). */
export function responseOf(command: CommandName): CommandName | undefined {
  return RESPONSES.get(command);
}

const RESPONSES: ReadonlyMap<CommandName, CommandName> = new Map([
  ["bind_transmitter", "bind_transmitter_resp"],
  ["bind_receiver", "bind_receiver_resp"],
  ["bind_transceiver", "bind_transceiver_resp"],
  ["unbind", "unbind_resp"],
  ["submit_sm", "submit_sm_resp"],
  ["submit_multi", "submit_multi_resp"],
  ["deliver_sm", "deliver_sm_resp"],
  ["data_sm", "data_sm_resp"],
  ["query_sm", "query_sm_resp"],
  ["cancel_sm", "cancel_sm_resp"],
  ["replace_sm", "replace_sm_resp"],
  ["enquire_link", "enquire_link_resp"],
  ["broadcast_sm", "broadcast_sm_resp"],
  ["query_broadcast_sm", "query_broadcast_sm_resp"],
  ["cancel_broadcast_sm", "cancel_broadcast_sm_resp"],
]);

/** What SMPP 5.0 has for cell broadcast, which nobody here offers. */
const NOT_OFFERED: ReadonlySet<CommandName> = new Set(["broadcast_sm", "query_broadcast_sm", "cancel_broadcast_sm"]);

const FIRST_RESPONSE_ID = 0x80000000;

function judgeUnknown(commandId: number, sequence: number): Verdict {
  const complaint = { event: "smpp.peer.unknown-command", fields: { commandId } };
  // An answer is never answered: two peers could go on for ever.
  if (commandId >= FIRST_RESPONSE_ID) return { act: "ignore", complaint };
  return { act: "answer", pdu: nack(CommandStatus.ESME_RINVCMDID, sequence), complaint };
}

function judgeMalformed(commandId: number, sequence: number, reason: string): Verdict {
  const command = commandName(commandId);
  const complaint = { event: "smpp.peer.malformed", fields: { command: command ?? commandId, reason } };
  if (command !== undefined && isResponse(command)) return { act: "doubt", response: command, sequence, complaint };
  const response = command === undefined ? undefined : responseOf(command);
  if (response === undefined) return { act: "answer", pdu: nack(CommandStatus.ESME_RINVCMDLEN, sequence), complaint };
  return { act: "answer", pdu: errorResponse(response, CommandStatus.ESME_RINVCMDLEN, sequence), complaint };
}

function judgeRequest(pdu: AnyPdu, facts: SessionFacts): Verdict {
  const { command, sequence } = pdu;
  if (command === "enquire_link") return { act: "answer", pdu: { command: "enquire_link_resp", sequence } };
  if (command === "unbind") {
    return { act: "end", pdu: { command: "unbind_resp", sequence }, reason: "unbound-by-peer" };
  }
  const response = responseOf(command);
  const problem = NOT_OFFERED.has(command) ? CommandStatus.ESME_RINVCMDID : stateProblem(command, facts);
  if (problem !== undefined) {
    const complaint = { event: "smpp.peer.out-of-state", fields: { command, state: facts.state } };
    if (response === undefined) return { act: "ignore", complaint };
    return { act: "answer", pdu: errorResponse(response, problem, sequence), complaint };
  }
  if (response === undefined || facts.unanswered < facts.maxUnanswered) return { act: "give", pdu };
  const complaint = { event: "smpp.peer.flood", fields: { unanswered: facts.unanswered } };
  const later = facts.role === "smsc" ? CommandStatus.ESME_RTHROTTLED : CommandStatus.ESME_RX_T_APPN;
  return { act: "answer", pdu: errorResponse(response, later, sequence), complaint };
}

function stateProblem(command: CommandName, facts: SessionFacts): number | undefined {
  if (facts.role === "smsc" && BIND_KINDS[command] !== undefined) {
    return facts.state === "open" ? undefined : CommandStatus.ESME_RALYBND;
  }
  const peer: Role = facts.role === "smsc" ? "esme" : "smsc";
  return mayRequest(peer, facts.bind, command) ? undefined : CommandStatus.ESME_RINVBNDSTS;
}

function nack(status: number, sequence: number): PduInput {
  return { command: "generic_nack", status, sequence };
}

function errorResponse(command: CommandName, status: number, sequence: number): PduInput {
  return { command, status, sequence } as PduInput;
}
