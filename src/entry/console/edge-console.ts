import { INTERNAL_PREFIX, type FleetKey } from "../../platform/fleet/index.ts";
import type { CellRouter } from "../../platform/cell-router/index.ts";
import type { CellAsker } from "../../modules/console/index.ts";
import type { ConsoleViewer } from "../../platform/console/index.ts";
import { LIVE_PATH, readReplies, type LiveAsk, type LiveReply } from "../../platform/live/index.ts";
import { urlOf } from "../fleet/cell-calls.ts";
import { signedCall } from "../fleet/signed-call.ts";

const ASK_TIMEOUT_MS = 2_000;
/** Passwords are looked at two at a time. */
const PASSWORD_TIMEOUT_MS = 5_000;
const LIVE_TIMEOUT_MS = 4_000;

/** How the console of an edge asks the cells in which accounts are at home. */
export function edgeAsker(router: CellRouter, fleetKey: FleetKey): CellAsker {
  return {
    cells: () => messagingCells(router),
    homeOf: async (accountSid, anew = false) => {
      const home = anew ? await router.refresh(accountSid, "messaging") : await router.route(accountSid, "messaging");
      return home?.cell;
    },
    post: async (name, target, json) => {
      const timeoutMs = /\/(?:sign-ins|links)$/.test(target) ? PASSWORD_TIMEOUT_MS : ASK_TIMEOUT_MS;
      const call = { method: "POST", target, json, timeoutMs } as const;
      const { status, json: answer } = await signedCall(addressOf(router, name), fleetKey, call);
      if (status === 404) return undefined;
      if (status !== 200) throw new Error(`${name} answers ${status} to ${target}`);
      return answer;
    },
  };
}

/** The cells that a viewer's things are in, from memory. One whose home is not known yet is looked up meanwhile. */
export function edgeCellsOf(router: CellRouter): (viewer: ConsoleViewer, all: boolean) => readonly string[] {
  return ({ accountSid }, all) => {
    if (all) return messagingCells(router);
    const home = router.peek(accountSid, "messaging");
    if (home !== undefined) return [home.cell];
    const found = router.route(accountSid, "messaging");
    // What it finds is remembered for the next time; that it fails is no matter.
    if (found instanceof Promise) found.catch(() => undefined);
    return [];
  };
}

/** Asks a cell what is new. */
export function edgeAskLive(router: CellRouter, fleetKey: FleetKey) {
  return async (name: string, asks: readonly LiveAsk[]): Promise<readonly LiveReply[]> => {
    const target = INTERNAL_PREFIX + LIVE_PATH;
    const call = { method: "POST", target, json: { questions: asks }, timeoutMs: LIVE_TIMEOUT_MS } as const;
    const { status, json } = await signedCall(addressOf(router, name), fleetKey, call);
    if (status !== 200) throw new Error(`${name} answers ${status}`);
    return readReplies(json, asks.length);
  };
}

function messagingCells(router: CellRouter): readonly string[] {
  return router
    .cells()
    .filter(({ type, state }) => type === "messaging" && state !== "removed")
    .map(({ name }) => name);
}

function addressOf(router: CellRouter, name: string): string {
  const cell = router.cell(name);
  if (cell === undefined) throw new Error(`nobody knows where ${name} is`);
  return urlOf(cell.address);
}

/** Hands what an edge counted to the cell in which the operator is at home. */
export function edgeBinsSender(router: CellRouter, fleetKey: FleetKey, operatorSid: () => string | undefined) {
  return async (json: unknown): Promise<void> => {
    const home = await router.route(operatorSid() ?? "", "messaging");
    if (home === undefined) throw new Error("nobody knows where the operator is at home");
    const target = `${INTERNAL_PREFIX}/insights/edge-bins`;
    const { status } = await signedCall(addressOf(router, home.cell), fleetKey, { method: "POST", target, json });
    if (status !== 200) throw new Error(`${home.cell} answers ${status}`);
  };
}
