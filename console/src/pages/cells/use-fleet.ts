import { useCallback, useEffect, useState } from "react";
import { useApi, useLive } from "../../api/index.ts";
import { type Fleet, type FleetMemory, noteKill, NOTHING_YET, remember } from "./fleet.ts";

/** Live, only how full cells are has to be asked for. */
const LIVE_POLL_MS = 5_000;
const POLL_MS = 1_000;

/** The fleet as it is, and what was seen to happen to it since the page was opened. */
export function useFleet(): FleetMemory & {
  readonly error: unknown;
  readonly isLive: boolean;
  readonly onKilled: (name: string) => void;
} {
  const [memory, setMemory] = useState<FleetMemory>(NOTHING_YET);
  const take = useCallback((fleet: Fleet) => setMemory((known) => remember(known, fleet, Date.now())), []);
  const onKilled = useCallback((name: string) => setMemory((known) => noteKill(known, name, Date.now())), []);
  const { isLive } = useLive<Fleet>("fleet", {}, (items) => {
    const latest = items.at(-1);
    if (latest !== undefined) take(latest);
  });
  const asked = useApi<Fleet>("/trunkline/v1/Fleet", {
    everyMs: isLive ? LIVE_POLL_MS : POLL_MS,
    cell: null,
    account: null,
  });
  const { data } = asked;
  useEffect(() => {
    // Only control knows how full cells are; what is live is newer.
    if (data !== undefined) take(data);
  }, [data, take]);
  return { ...memory, error: memory.fleet === undefined ? asked.error : null, isLive, onKilled };
}
