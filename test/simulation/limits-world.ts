import { compileLimits, FleetWindow, SubjectHash } from "../../src/platform/limits/index.ts";
import type { LimitSnapshot, StaleShares } from "../../src/platform/limits/index.ts";
import { seeded } from "../kit/memory-log.ts";
import { LossyGossip } from "./limits-gossip.ts";

/** One simulated story: what every region is asked for, and what happens to it. */
export interface LimitStory {
  readonly name: string;
  /** Offered a second in each region, at a time. */
  readonly offered: (atMs: number) => readonly number[];
  readonly seconds: number;
  /** When the last region is cut off from the others. */
  readonly cut?: { readonly fromMs: number; readonly untilMs: number };
  /** When the last region's process is restarted without memory. */
  readonly restartMs?: number;
  /** How far each region's clock is off. */
  readonly skewMs?: readonly number[];
  readonly whenStale?: StaleShares;
}

/** What was admitted of all regions together, in percent of the limit. */
export interface LimitOutcome {
  readonly story: string;
  /** From the third second on. */
  readonly average: number;
  /** While a region was cut off. */
  readonly whileCut: number | undefined;
  /** The most in any second after the third one. */
  readonly worstSecond: number;
}

const LIMIT = 100;
const GOSSIP_MS = 100;
const WARM_UP_MS = 3_000;
const NETWORK = { delayMs: 60, jitterMs: 10, loss: 0.01, duplication: 0.01 };
const SUBJECT = "AC00000000000000000000000000000001";

interface Region {
  readonly id: string;
  window: FleetWindow;
  nextMs: number;
  /** Between this clock and the true time. */
  readonly offMs: number;
  readonly tickAtMs: number;
}

/** Lives through a story in virtual time and says what was admitted. */
export function simulateLimit(story: LimitStory, seed: number): LimitOutcome {
  const random = seeded(seed);
  const gossip = new LossyGossip({ ...NETWORK, random });
  const hash = new SubjectHash(new Uint8Array(32).fill(7));
  const rule = { name: "api", subject: "account", scope: "fleet", rate: { count: LIMIT } } as const;
  const snapshot = compileLimits({ rules: [{ ...rule, whenStale: story.whenStale ?? "equal" }] }, hash);
  const count = story.offered(0).length;
  let nowMs = 0;
  const startProcess = (id: string, offMs: number): FleetWindow => {
    const window = new FleetWindow({ gossip: gossip.join(id), expectedProcesses: count, maxKeys: 64 });
    window.listen(() => nowMs + offMs);
    return window;
  };
  const regions: Region[] = Array.from({ length: count }, (_, at) => {
    const offMs = 1_000_000 + (story.skewMs?.[at] ?? 0);
    const id = `region-${at}`;
    return { id, window: startProcess(id, offMs), nextMs: 0, offMs, tickAtMs: Math.floor(random() * GOSSIP_MS) };
  });
  const last = regions[count - 1] as Region;
  const perMs = new Uint16Array(story.seconds * 1_000);
  for (; nowMs < perMs.length; nowMs += 1) {
    if (nowMs === story.cut?.fromMs) gossip.cut(last.id, true);
    if (nowMs === story.cut?.untilMs) gossip.cut(last.id, false);
    if (nowMs === story.restartMs) last.window = startProcess(last.id, last.offMs + 5_000);
    gossip.deliver(nowMs);
    for (const [at, region] of regions.entries()) {
      const wallMs = nowMs + region.offMs + (region === last && nowMs >= (story.restartMs ?? Infinity) ? 5_000 : 0);
      if (nowMs % GOSSIP_MS === region.tickAtMs) {
        region.window.tick(wallMs);
        gossip.tell(region.id, nowMs);
      }
      const offered = story.offered(nowMs)[at] ?? 0;
      while (region.nextMs <= nowMs) {
        if (offered > 0 && admits(region.window, snapshot, hash, wallMs)) perMs[nowMs] = (perMs[nowMs] ?? 0) + 1;
        region.nextMs += offered > 0 ? (-Math.log(1 - random()) * 1_000) / offered : 1;
      }
    }
  }
  return outcome(story, perMs);
}

function admits(window: FleetWindow, snapshot: LimitSnapshot, hash: SubjectHash, nowMs: number): boolean {
  const rule = snapshot.rules[0];
  if (rule === undefined) return false;
  hash.of(SUBJECT);
  const { low, high } = hash;
  if (window.waitMs(window.find(low, high), rule, rule.base, nowMs) > 0) return false;
  window.charge({ low, high, cost: 1, rule, rate: rule.base, pacedMs: window.pacedMs }, nowMs);
  return true;
}

function outcome(story: LimitStory, perMs: Uint16Array): LimitOutcome {
  const percent = (fromMs: number, untilMs: number): number => {
    const sum = perMs.subarray(fromMs, untilMs).reduce((total, more) => total + more, 0);
    return Math.round((sum / (((untilMs - fromMs) / 1_000) * LIMIT)) * 1_000) / 10;
  };
  let second = 0;
  let worst = 0;
  for (let at = WARM_UP_MS; at < perMs.length; at += 1) {
    second += (perMs[at] ?? 0) - (at >= WARM_UP_MS + 1_000 ? (perMs[at - 1_000] ?? 0) : 0);
    worst = Math.max(worst, second);
  }
  const { cut } = story;
  return {
    story: story.name,
    average: percent(WARM_UP_MS, perMs.length),
    whileCut: cut === undefined ? undefined : percent(cut.fromMs, cut.untilMs),
    worstSecond: worst,
  };
}

/** The stories that the limiter is held to, of `seconds` each; those with a partition last longer. */
export function limitStories(seconds: number, cutSeconds: number): LimitStory[] {
  const even = (): readonly number[] => [100, 100, 100];
  const skewed = (): readonly number[] => [240, 30, 30];
  const hot = (): readonly number[] => [0, 300, 0];
  const jumps = (atMs: number): readonly number[] => {
    const turn = Math.floor(atMs / 5_000) % 3;
    return [0, 1, 2].map((at) => (at === turn ? 300 : 0));
  };
  const cut = { fromMs: 5_000, untilMs: 5_000 + cutSeconds * 1_000 };
  const cutStory = { seconds: cutSeconds + 10, cut };
  return [
    { name: "even demand", offered: even, seconds },
    { name: "skewed demand 240/30/30", offered: skewed, seconds },
    { name: "one hot region", offered: hot, seconds },
    { name: "demand jumps every 5 s", offered: jumps, seconds },
    { name: "clocks off by -3 s, 0, +7.4 s", offered: even, seconds, skewMs: [-3_000, 0, 7_400] },
    { name: "restart without memory", offered: even, seconds, restartMs: 6_000 },
    { name: "one region cut off, even", offered: even, ...cutStory },
    { name: "one region cut off, skewed", offered: skewed, ...cutStory },
    { name: "cut off, shares by demand, skewed", offered: skewed, ...cutStory, whenStale: "demand" },
    { name: "cut off, shares by demand, even", offered: even, ...cutStory, whenStale: "demand" },
  ];
}
