import type { CellAddress } from "../../platform/fleet/index.ts";
import type { GossipView } from "../../platform/gossip/index.ts";

/** The key under which the control plane says where it is. */
export const CONTROL_ADDRESS = "control/address";

/** Where the control plane is, as it says itself. */
export function controlAddress(gossip: GossipView): CellAddress | undefined {
  const said = gossip.entries(CONTROL_ADDRESS);
  // One that was started elsewhere is known beside the one that is gone, for a while.
  const { value } = said.find(({ member }) => member.status === "alive") ?? said[0] ?? {};
  return value === undefined ? undefined : (JSON.parse(value) as CellAddress);
}
