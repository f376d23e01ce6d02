import { systemClock } from "../../adapters/system/index.ts";
import type { ReadAll, SeriesQuery, SeriesReader } from "../../modules/insights/index.ts";
import { GOSSIP_DESCRIPTOR, parseDescriptor } from "../../platform/cell-router/index.ts";
import { INTERNAL_PREFIX, signedMount, type FleetKey } from "../../platform/fleet/index.ts";
import type { GossipView } from "../../platform/gossip/index.ts";
import type { Mount } from "../../platform/http/index.ts";
import { mergePieces, type SeriesPiece } from "../../protocols/sketches/index.ts";
import { urlOf } from "./cell-calls.ts";
import { signedCall } from "./signed-call.ts";

const PATH = "/insights/series";
/** A round of alerts is every ten seconds. */
const TIMEOUT_MS = 3_000;

/** Where other cells read the series of this one, for alerts over all accounts. */
export function seriesMount(reader: SeriesReader, fleetKey: FleetKey): Mount {
  return signedMount(fleetKey, systemClock, {
    method: "POST",
    path: PATH,
    run: ({ json }) => reader.read(json as SeriesQuery),
  });
}

/**
 * Reads a series over all messaging cells that are heard of, this one among them. `undefined` while one of them
 * does not answer: a sum without it would look like an outage, or hide one.
 */
export function readAllCells(parts: {
  readonly gossip: GossipView;
  readonly fleetKey: FleetKey;
  /** This cell, which is asked without a network. */
  readonly own: string;
  readonly reader: () => SeriesReader;
}): ReadAll {
  const { gossip, fleetKey, own, reader } = parts;
  return async (query) => {
    const cells = gossip
      .entries(GOSSIP_DESCRIPTOR)
      .flatMap(({ value }) => parseDescriptor(value) ?? [])
      .filter(({ type, state, name }) => type === "messaging" && state !== "removed" && name !== own);
    const target = INTERNAL_PREFIX + PATH;
    const call = { method: "POST", target, json: query, timeoutMs: TIMEOUT_MS } as const;
    try {
      const answers = await Promise.all(cells.map(({ address }) => signedCall(urlOf(address), fleetKey, call)));
      if (answers.some(({ status }) => status !== 200)) return undefined;
      const pieces = [reader().read(query), ...answers.map(({ json }) => json as SeriesPiece)];
      return mergePieces(pieces, query.top ?? 1);
    } catch {
      return undefined;
    }
  };
}
