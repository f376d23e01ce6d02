import type { CellDescriptor, FleetKey } from "../../platform/fleet/index.ts";
import { signedCall } from "./signed-call.ts";

/** Where the control plane is told of a cell. */
export const REGISTER_PATH = "/trunkline/internal/v1/cells";

/** Tells the control plane of a cell, or of where it is now. */
export async function registerCell(controlUrl: string, key: FleetKey, cell: CellDescriptor): Promise<void> {
  const { status, json } = await signedCall(controlUrl, key, { method: "PUT", target: REGISTER_PATH, json: cell });
  if (status !== 200) throw new Error(`control does not take the cell ${cell.name}: ${status} ${JSON.stringify(json)}`);
}
