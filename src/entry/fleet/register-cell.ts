import type { CellDescriptor, FleetKey } from "../../platform/fleet/index.ts";
import { StartFailure } from "../start-failure.ts";
import { signedCall } from "./signed-call.ts";

/** Where the control plane is told of a cell. */
export const REGISTER_PATH = "/trunkline/internal/v1/cells";

/** Tells the control plane of a cell, or of where it is now. */
export async function registerCell(controlUrl: string, key: FleetKey, cell: CellDescriptor): Promise<void> {
  const { status, json } = await signedCall(controlUrl, key, { method: "PUT", target: REGISTER_PATH, json: cell });
  if (status === 200) return;
  const { message = String(status) } = (json ?? {}) as { message?: string };
  throw new StartFailure(`The control plane does not take the cell ${cell.name}: ${message}`);
}
