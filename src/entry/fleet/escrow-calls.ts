import { AppError } from "../../kernel/errors.ts";
import type { CellHints } from "../../kernel/cell-hints.ts";
import {
  readAnswer,
  readAsk,
  type EscrowAnswer,
  type EscrowAsk,
  type EscrowHome,
  type LedgerModule,
} from "../../modules/ledger/index.ts";
import { GOSSIP_DESCRIPTOR, parseDescriptor } from "../../platform/cell-router/index.ts";
import {
  fleetErrors,
  INTERNAL_PREFIX,
  signedMount,
  type CellDescriptor,
  type FleetKey,
} from "../../platform/fleet/index.ts";
import type { GossipView } from "../../platform/gossip/index.ts";
import type { Mount } from "../../platform/http/index.ts";
import type { Clock } from "../../platform/ports.ts";
import { saidAddress, urlOf } from "./cell-calls.ts";
import { signedCall } from "./signed-call.ts";

const PATH = "/ledger/escrow";
const TIMEOUT_MS = 5_000;

/** What this cell is asked by cells that spend money of accounts that are at home here. */
export function escrowMount(ledger: Pick<LedgerModule, "answerEscrow">, key: FleetKey, clock: Clock): Mount {
  return signedMount(key, clock, {
    method: "POST",
    path: PATH,
    run: ({ json }) => {
      const ask = readAsk(json);
      if (ask === undefined) throw new AppError(fleetErrors.noJson);
      return ledger.answerEscrow(ask);
    },
  });
}

/**
 * Asks the cell in which an account is at home: first the one that its SID names, and where
 * the account has moved the others, one after another.
 */
export function escrowHome(ports: {
  readonly gossip: GossipView;
  readonly hints: CellHints;
  readonly fleetKey: FleetKey;
}): EscrowHome {
  const { gossip, hints, fleetKey } = ports;
  const askOne = async (cell: CellDescriptor, ask: EscrowAsk): Promise<EscrowAnswer | undefined> => {
    const base = urlOf(saidAddress(gossip, cell.name) ?? cell.address);
    const call = { method: "POST", target: `${INTERNAL_PREFIX}${PATH}`, json: ask, timeoutMs: TIMEOUT_MS } as const;
    try {
      const { status, json } = await signedCall(base, fleetKey, call);
      return status === 200 ? readAnswer(json) : undefined;
    } catch {
      // The ask may have been heard: it is repeated with the same totals.
      return undefined;
    }
  };
  return {
    ask: async (ask) => {
      const first = hints.cellOf(ask.owner);
      const cells = gossip
        .entries(GOSSIP_DESCRIPTOR)
        .map(({ value }) => parseDescriptor(value))
        .filter((cell): cell is CellDescriptor => cell !== undefined && cell.type === "messaging")
        .toSorted((a, b) => Number(b.number === first) - Number(a.number === first));
      let answer: EscrowAnswer | undefined;
      for (const cell of cells) {
        answer = await askOne(cell, ask);
        if (answer?.kind !== "not-home") return answer;
      }
      return answer;
    },
  };
}
