import { maskUrl } from "../../platform/webhooks/index.ts";
import { listAlerts, type AlertDeps, type AlertFilter, type CountedAlert } from "./alert.store.ts";
import type { Alert } from "./alert.ts";

/** The alerts of one code. */
export interface ErrorGroup {
  readonly errorCode: number;
  /** The worst of its alerts. */
  readonly level: Alert["level"];
  /** With those that were only counted. */
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** The latest ones, newest first. */
  readonly samples: readonly ErrorSample[];
}

export type ErrorSample = Pick<Alert, "sid" | "resourceSid" | "text" | "requestUrl" | "createdMs">;

const MAX_SAMPLES = 10;
/** Alerts that are looked at for one answer, and at once. */
const MAX_ALERTS = 10_000;
const SLICE = 1_000;
const MAX_TEXT = 300;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Group = Omit<Mutable<ErrorGroup>, "samples"> & { readonly samples: ErrorSample[] };

/** Groups an account's alerts of a stretch of time by code, those that happen most first. */
export async function groupErrors(
  deps: AlertDeps,
  filter: AlertFilter,
): Promise<{ readonly groups: readonly ErrorGroup[]; readonly isCut: boolean }> {
  const groups = new Map<number, Group>();
  let cursor: string | undefined;
  for (let seen = 0; seen < MAX_ALERTS; seen += SLICE) {
    const found = await listAlerts(deps, filter, { cursor, direction: "next", limit: SLICE });
    for (const one of found) add(groups, one);
    if (found.length < SLICE) return { groups: sorted(groups), isCut: false };
    cursor = found.at(-1)?.sid;
  }
  return { groups: sorted(groups), isCut: true };
}

function add(groups: Map<number, Group>, { alert, repeats }: CountedAlert): void {
  const { errorCode, level, createdMs } = alert;
  let group = groups.get(errorCode);
  if (group === undefined) {
    group = { errorCode, level, count: 0, firstMs: createdMs, lastMs: createdMs, samples: [] };
    groups.set(errorCode, group);
  }
  group.count += 1 + repeats;
  group.firstMs = Math.min(group.firstMs, createdMs);
  group.lastMs = Math.max(group.lastMs, createdMs);
  if (level === "error") group.level = level;
  if (group.samples.length < MAX_SAMPLES) group.samples.push(sampleOf(alert));
}

function sampleOf({ sid, resourceSid, text, requestUrl, createdMs }: Readonly<Alert>): ErrorSample {
  return {
    sid,
    text: text.slice(0, MAX_TEXT),
    createdMs,
    ...(resourceSid === undefined ? {} : { resourceSid }),
    ...(requestUrl === undefined ? {} : { requestUrl: maskUrl(requestUrl) }),
  };
}

function sorted(groups: ReadonlyMap<number, Group>): ErrorGroup[] {
  return [...groups.values()].toSorted((a, b) => b.count - a.count || b.lastMs - a.lastMs);
}
