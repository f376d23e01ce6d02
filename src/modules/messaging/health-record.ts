import type { CarrierHealth, HealthSnapshot, Quality } from "../routing/index.ts";

/** A health snapshot as text, for the log and the database. */
export function encodeHealth(snapshot: HealthSnapshot): string {
  const carriers = [...snapshot.carriers].map(([name, { networks, ...health }]) => [
    name,
    { ...health, ...(networks === undefined ? {} : { networks: [...networks] }) },
  ]);
  return JSON.stringify(carriers);
}

interface EncodedHealth extends Omit<CarrierHealth, "networks"> {
  readonly networks?: readonly (readonly [string, Quality])[];
}

/** The snapshot of {@link encodeHealth} again. */
export function decodeHealth(version: number, content: string): HealthSnapshot {
  const carriers = (JSON.parse(content) as [string, EncodedHealth][]).map(
    ([name, { networks, ...health }]): [string, CarrierHealth] => [
      name,
      { ...health, ...(networks === undefined ? {} : { networks: new Map(networks) }) },
    ],
  );
  return { version, carriers: new Map(carriers) };
}
