import type { CarrierHealth, HealthSnapshot, Quality } from "../routing/index.ts";

/** The health of one carrier from one version of the snapshot on, as text for log and database. */
export interface EncodedHealth {
  readonly carrier: string;
  readonly content: string;
}

/** What differs between two snapshots: with hundreds of carriers, a change is of one or two. */
export function encodeChanges(before: HealthSnapshot, after: HealthSnapshot): EncodedHealth[] {
  const changed: EncodedHealth[] = [];
  for (const [carrier, health] of after.carriers) {
    // A carrier whose health did not change keeps its object.
    if (before.carriers.get(carrier) !== health) changed.push({ carrier, content: encode(health) });
  }
  return changed;
}

function encode({ networks, ...health }: CarrierHealth): string {
  return JSON.stringify({ ...health, ...(networks === undefined ? {} : { networks: [...networks] }) });
}

/** The snapshot of a version, from the latest words on each carrier up to it. */
export function decodeHealth(version: number, latest: readonly EncodedHealth[]): HealthSnapshot {
  return { version, carriers: new Map(latest.map(({ carrier, content }) => [carrier, decode(content)])) };
}

function decode(content: string): CarrierHealth {
  const { networks, ...health } = JSON.parse(content) as Omit<CarrierHealth, "networks"> & {
    readonly networks?: readonly (readonly [string, Quality])[];
  };
  return { ...health, ...(networks === undefined ? {} : { networks: new Map(networks) }) };
}
