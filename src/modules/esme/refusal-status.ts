import { AppError } from "../../kernel/errors.ts";
import { CommandStatus } from "../../protocols/smpp/index.ts";

/** The command_status for each public error of a submission. What is not listed follows from whose fault it is. */
const STATUS_BY_CODE: ReadonlyMap<number, number> = new Map([
  [21604, CommandStatus.ESME_RINVDSTADR],
  [21211, CommandStatus.ESME_RINVDSTADR],
  [21612, CommandStatus.ESME_RINVDSTADR],
  [21614, CommandStatus.ESME_RINVDSTADR],
  [21635, CommandStatus.ESME_RINVDSTADR],
  [21266, CommandStatus.ESME_RINVDSTADR],
  [21408, CommandStatus.ESME_RINVDSTADR],
  [21603, CommandStatus.ESME_RINVSRCADR],
  [21212, CommandStatus.ESME_RINVSRCADR],
  [21606, CommandStatus.ESME_RINVSRCADR],
  [21610, CommandStatus.ESME_RSUBMITFAIL],
  [21711, CommandStatus.ESME_RINVSRCADR],
  [30018, CommandStatus.ESME_RINVSRCADR],
  [30024, CommandStatus.ESME_RINVSRCADR],
  [30032, CommandStatus.ESME_RINVSRCADR],
  [30033, CommandStatus.ESME_RINVSRCADR],
  [30034, CommandStatus.ESME_RINVSRCADR],
  [30035, CommandStatus.ESME_RINVSRCADR],
  // Out of credit: nothing is wrong with the message, and to try again at once is of no use.
  [20003, CommandStatus.ESME_RSERTYPDENIED],
  [21611, CommandStatus.ESME_RMSGQFUL],
  [30001, CommandStatus.ESME_RMSGQFUL],
  [21602, CommandStatus.ESME_RINVMSGLEN],
  [21617, CommandStatus.ESME_RINVMSGLEN],
  [21624, CommandStatus.ESME_RINVEXPIRY],
  [20429, CommandStatus.ESME_RTHROTTLED],
  [20404, CommandStatus.ESME_RINVMSGID],
]);

/** The command_status that tells a client of a public error. Anything but an {@link AppError} is a bug and is thrown on. */
export function statusOfRefusal(error: unknown): number {
  if (!(error instanceof AppError)) throw error;
  const { code, fault } = error.spec;
  const status = STATUS_BY_CODE.get(code);
  if (status !== undefined) return status;
  // What a message would have failed with is about the message, whoever it is that does not want it.
  if (fault === "caller" || isMessageFailure(code)) return CommandStatus.ESME_RSUBMITFAIL;
  // Clients take RSYSERR for "try again", which must not be said where it may have been accepted.
  return fault === "unknown" ? CommandStatus.ESME_RUNKNOWNERR : CommandStatus.ESME_RSYSERR;
}

function isMessageFailure(code: number): boolean {
  return code > 30_001 && code < 31_000;
}
