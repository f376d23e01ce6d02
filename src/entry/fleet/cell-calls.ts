import { AppError } from "../../kernel/errors.ts";
import type { CellCaller } from "../../modules/moves/index.ts";
import { GOSSIP_DESCRIPTOR, parseDescriptor } from "../../platform/cell-router/index.ts";
import type { CellAddress, CellDescriptor, FleetKey } from "../../platform/fleet/index.ts";
import type { GossipView } from "../../platform/gossip/index.ts";
import { OVERLOADED } from "../../platform/http/index.ts";
import { signedCall, type SignedAnswer, type SignedCall } from "./signed-call.ts";

/** A page of rows takes a while on a busy cell. */
const TIMEOUT_MS = 30_000;

/** The base URL of a process of the system. */
export function urlOf({ host, port }: CellAddress): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Where a cell says that it is, which is newer than what is written down anywhere. */
export function saidAddress(gossip: GossipView, cell: string): CellAddress | undefined {
  const said = gossip.get(cell, GOSSIP_DESCRIPTOR);
  return said === undefined ? undefined : parseDescriptor(said)?.address;
}

/** Asks a cell over the network, where it says that it is. */
export function callOverNetwork(fleetKey: FleetKey, gossip: GossipView) {
  return (cell: Pick<CellDescriptor, "name" | "address">, call: SignedCall): Promise<SignedAnswer> =>
    signedCall(urlOf(saidAddress(gossip, cell.name) ?? cell.address), fleetKey, call);
}

/** Calls cells by their names. `call` gives `undefined` where nobody knows where one is, which rejects with 503/20503. */
export function cellCaller(call: (cell: string, call: SignedCall) => Promise<SignedAnswer | undefined>): CellCaller {
  return {
    call: async (cell, method, target, json) => {
      const asked = { method, target, timeoutMs: TIMEOUT_MS, ...(method === "GET" ? {} : { json }) };
      const answer = await call(cell, asked);
      if (answer === undefined) throw new AppError(OVERLOADED, { reason: `nobody knows where ${cell} is` });
      if (answer.status === 200) return answer.json;
      throw new Error(`${cell} answers ${answer.status} to ${target}: ${JSON.stringify(answer.json).slice(0, 300)}`);
    },
  };
}
