import { useEffect, useMemo, useState } from "react";
import { type ApiError, useApi, useLive } from "../../api/index.ts";
import { CARRIERS, type CarrierStatus, type ListedCarrier } from "./carrier.ts";

const POLL_MS = 3_000;
const SAMPLE_MS = 2_000;
const MAX_SAMPLES = 90;

/** Rates of the last minutes, since the page was opened. */
export interface Samples {
  readonly times: readonly number[];
  readonly rates: ReadonlyMap<string, readonly number[]>;
  readonly queues: ReadonlyMap<string, readonly number[]>;
}

const NO_SAMPLES: Samples = { times: [], rates: new Map(), queues: new Map() };

/** All carriers of the cell, kept up to date by what is live, or by asking again. */
export function useCarriers(): {
  readonly carriers: readonly ListedCarrier[] | undefined;
  readonly samples: Samples;
  readonly error: ApiError | null;
  readonly isLive: boolean;
} {
  const [live, setLive] = useState<ReadonlyMap<string, CarrierStatus>>(new Map());
  const { isLive } = useLive<CarrierStatus>(
    "carriers",
    {},
    (items) => setLive((known) => new Map([...known, ...items.map((item) => [item.name, item] as const)])),
    { all: true },
  );
  const { data, error, refetch } = useApi<{ readonly carriers: readonly ListedCarrier[] }>(CARRIERS, {
    query: { PageSize: 1_000 },
    ...(isLive ? {} : { everyMs: POLL_MS }),
    account: null,
  });
  const carriers = useMemo(() => {
    const listed = data?.carriers ?? [];
    const merged = listed.map((carrier) => withStatus(carrier, isLive ? live.get(carrier.name) : undefined));
    return merged.filter(({ status }) => status.gone !== true);
  }, [data, live, isLive]);
  const names = new Set(carriers.map(({ name }) => name));
  const isStranger = [...live.values()].some(({ name, gone }) => gone !== true && !names.has(name));
  useEffect(() => {
    if (isStranger) void refetch();
  }, [isStranger, refetch]);
  return { carriers: data === undefined ? undefined : carriers, samples: useSamples(carriers), error, isLive };
}

function withStatus(carrier: ListedCarrier, status: CarrierStatus | undefined): ListedCarrier {
  if (status === undefined) return carrier;
  const { enabled, phase, problem, chaos } = status;
  return { ...carrier, enabled, phase, problem, chaos, status };
}

/** Looks every two seconds, so that a line of rates has even steps. */
function useSamples(carriers: readonly ListedCarrier[]): Samples {
  const [samples, setSamples] = useState(NO_SAMPLES);
  useEffect(() => {
    const timer = setInterval(() => setSamples((known) => sampled(known, carriers)), SAMPLE_MS);
    return () => clearInterval(timer);
  }, [carriers]);
  return samples;
}

function sampled({ times, rates, queues }: Samples, carriers: readonly ListedCarrier[]): Samples {
  const before = times.length;
  const next = (known: ReadonlyMap<string, readonly number[]>, value: (status: CarrierStatus) => number) =>
    new Map(
      carriers.map(({ name, status }) => {
        const sofar = known.get(name) ?? Array.from({ length: before }, () => 0);
        return [name, [...sofar, value(status)].slice(-MAX_SAMPLES)];
      }),
    );
  return {
    times: [...times, Date.now()].slice(-MAX_SAMPLES),
    rates: next(rates, (status) => status.per_second),
    queues: next(queues, ({ queue }) => queue?.total ?? 0),
  };
}
