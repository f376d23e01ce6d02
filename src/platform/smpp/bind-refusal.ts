import { CommandStatus } from "../../protocols/smpp/index.ts";

const LASTING: ReadonlySet<number> = new Set([
  CommandStatus.ESME_RINVBNDSTS,
  CommandStatus.ESME_RALYBND,
  CommandStatus.ESME_RBINDFAIL,
  CommandStatus.ESME_RINVPASWD,
  CommandStatus.ESME_RINVSYSID,
  CommandStatus.ESME_RINVSYSTYP,
]);

/**
 * True for a bind status that another try in a moment will not change: wrong
 * credentials, too many binds, a closed account. Carriers lock accounts that keep
 * trying, so that the client waits long and somebody has to be told.
 */
export function isLastingRefusal(status: number): boolean {
  return LASTING.has(status);
}
