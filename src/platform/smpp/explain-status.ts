import { CommandStatus, statusName, type CommandStatusName } from "../../protocols/smpp/index.ts";

/** What a command_status means to whoever runs the carrier, and what to do (SMPP 3.4 §5.1.3). */
const EXPLANATIONS: Partial<Record<CommandStatusName, string>> = {
  ESME_RINVMSGLEN: "The text is longer than the carrier takes.",
  ESME_RINVCMDLEN: "The carrier could not read the request: its length is wrong for it.",
  ESME_RINVCMDID: "The carrier does not know this request, or does not allow it.",
  ESME_RINVBNDSTS:
    "The carrier does not allow this on this kind of bind. Try another `bind`: some carriers want a transmitter and a receiver.",
  ESME_RALYBND:
    "The carrier says that this system id is bound already. It allows no more binds, or has not noticed yet that an earlier one ended.",
  ESME_RSYSERR: "The carrier has an error of its own. Try again later.",
  ESME_RINVSRCADR: "The carrier does not take this sender.",
  ESME_RINVDSTADR: "The carrier does not take this recipient.",
  ESME_RBINDFAIL:
    "The carrier refuses the bind without saying why: often an address that it does not know, a wrong `systemType`, or a closed account.",
  ESME_RINVPASWD: "The password is wrong.",
  ESME_RINVSYSID: "The carrier does not know this system id.",
  ESME_RMSGQFUL: "The carrier's queue is full. Send more slowly.",
  ESME_RINVSYSTYP: "The carrier does not know this `systemType`. Ask it which one to use; often it is empty.",
  ESME_RTHROTTLED: "This is faster than the carrier allows. Set `messagesPerSecond`.",
  ESME_RX_T_APPN: "The carrier cannot take this now. Try again later.",
  ESME_RX_P_APPN: "The carrier will never take this.",
  ESME_RX_R_APPN: "The carrier rejects this.",
  ESME_RSUBMITFAIL: "The carrier could not take the message.",
  ESME_RINVEXPIRY: "The carrier does not take this validity period.",
  ESME_RINVESMCLASS:
    "The carrier does not take this esm_class: perhaps it wants long texts in another form (`longMessages`).",
  ESME_RINVSRCTON: "The carrier does not take this type of sender number. Set `sourceTon`.",
  ESME_RINVSRCNPI: "The carrier does not take this numbering plan of the sender. Set `sourceNpi`.",
  ESME_RINVDSTTON: "The carrier does not take this type of recipient number. Set `destinationTon`.",
  ESME_RINVDSTNPI: "The carrier does not take this numbering plan of the recipient. Set `destinationNpi`.",
};

const BY_CODE: ReadonlyMap<number, string> = new Map(
  Object.entries(EXPLANATIONS).map(([name, text]) => [CommandStatus[name as CommandStatusName], text]),
);

/** A command_status for people: its name, its number, and what it means as far as that is known. */
export function explainStatus(status: number): { readonly name: string; readonly code: string; readonly text: string } {
  const code = `0x${status.toString(16).padStart(8, "0")}`;
  const text =
    BY_CODE.get(status) ?? (status === 0 ? "It worked." : "The carrier's documentation says what it means by this.");
  return { name: statusName(status), code, text };
}
