import { CommandStatus } from "../../protocols/smpp/index.ts";
import type { MessageStateName } from "../../protocols/smpp/index.ts";

/** What happens to a text because of the number it goes to. */
export type Magic =
  | { readonly kind: "final"; readonly state: MessageStateName }
  | { readonly kind: "refuse"; readonly status: number }
  | { readonly kind: "no-receipt" }
  | { readonly kind: "no-response" };

/** Destinations that end in these seven digits always fail in the same way. The README lists them. */
const BY_SUFFIX: ReadonlyMap<string, Magic> = new Map<string, Magic>([
  ["9990001", { kind: "final", state: "UNDELIVERABLE" }],
  ["9990002", { kind: "final", state: "EXPIRED" }],
  ["9990003", { kind: "final", state: "REJECTED" }],
  ["9990004", { kind: "final", state: "DELETED" }],
  ["9990005", { kind: "final", state: "UNKNOWN" }],
  ["9990006", { kind: "no-receipt" }],
  ["9990007", { kind: "no-response" }],
  ["9990008", { kind: "refuse", status: CommandStatus.ESME_RSYSERR }],
  ["9990009", { kind: "refuse", status: CommandStatus.ESME_RTHROTTLED }],
  ["9990010", { kind: "refuse", status: CommandStatus.ESME_RMSGQFUL }],
  ["9990011", { kind: "refuse", status: CommandStatus.ESME_RINVDSTADR }],
  ["9990012", { kind: "refuse", status: CommandStatus.ESME_RINVSRCADR }],
  ["9990013", { kind: "refuse", status: CommandStatus.ESME_RX_P_APPN }],
]);

const SUFFIX_DIGITS = 7;

/** What the destination asks for, or `undefined` for an ordinary phone. */
export function magicOf(destination: string): Magic | undefined {
  return BY_SUFFIX.get(destination.slice(-SUFFIX_DIGITS));
}
