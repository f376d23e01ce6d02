import type { LimitDecider } from "../platform/edge/index.ts";
import type { FleetKey, Tier } from "../platform/fleet/index.ts";
import type { GossipView } from "../platform/gossip/index.ts";
import {
  Limiter,
  type LimitRule,
  type LimitSettings,
  type Rate,
  type RateOverrides,
} from "../platform/limits/index.ts";
import type { Clock } from "../platform/ports.ts";
import type { ProgramSettings } from "./carriers.ts";

const KEY_OCTETS = 32;
/** The rule of an account's requests, over all edges. */
const ACCOUNT = "account";
/** The rule of requests of one address to one edge. */
const ADDRESS = "address";
/** A rate that nobody reaches, for accounts that have no limit beside others that have one. */
const UNLIMITED: Rate = { count: 1_000_000, windowMs: 1_000 };

const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

/** How fast the API may be asked, as the settings have it. */
export function makeLimiter(options: {
  readonly settings: ProgramSettings;
  readonly fleetKey: FleetKey;
  readonly clock: Clock;
  /** Where absent, this process is the only edge. */
  readonly gossip?: GossipView;
}): Limiter {
  const { settings, fleetKey, clock, gossip } = options;
  return new Limiter({
    key: fleetKey.derive("limits", KEY_OCTETS),
    settings: readLimits(settings),
    clock,
    ...(gossip === undefined ? {} : { fleet: { gossip } }),
  });
}

/** What a pipeline asks, of a limiter. What comes from this machine itself is not counted by its address. */
export function askLimiter(limiter: Limiter): LimitDecider {
  return {
    decide: ({ routeClass, accountSid, keySid, ip, tier, nowMs }) =>
      limiter.decide({
        routeClass,
        accountSid,
        keySid,
        ip: ip === undefined || LOOPBACK.test(ip) ? undefined : ip,
        tier,
        nowMs,
      }),
  };
}

/** Whether some account has a limit, so that it has to be known who asks before anybody is asked. */
export function hasAccountLimits({ limits }: ProgramSettings): boolean {
  return limits.tiers.length + limits.accounts.length > 0;
}

function readLimits(settings: ProgramSettings): LimitSettings {
  const { limits } = settings;
  const perSecond = (count: number): Rate => ({ count, windowMs: 1_000 });
  const tiers: Partial<Record<Tier, Rate>> = {};
  for (const { tier, requestsPerSecond } of limits.tiers) tiers[tier] = perSecond(requestsPerSecond);
  const rules: LimitRule[] = [
    { name: ADDRESS, subject: "ip", scope: "process", rate: perSecond(limits.perAddress) },
    ...(hasAccountLimits(settings)
      ? [{ name: ACCOUNT, subject: "account", scope: "fleet", rate: UNLIMITED, tiers } as const]
      : []),
  ];
  const overrides = new Map<string, RateOverrides>(
    limits.accounts.map(({ accountSid, requestsPerSecond }) => [
      accountSid,
      { [ACCOUNT]: perSecond(requestsPerSecond) },
    ]),
  );
  return { rules, overrides };
}
