import type { Timer } from "../../../platform/ports.ts";
import type { LinkDeps } from "../deps.ts";
import { linkAlerts } from "../errors.ts";
import type { LinkTrouble } from "../link-machine.ts";
import { obtainCertificate } from "./change-certificate.ts";
import type { LinkDomain } from "./domain.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A managed certificate is renewed when a third of its time is left; of 90 days that is 30. */
const RENEW_AT_SHARE = 1 / 3;
/** An account is told this long before a certificate of its own ends. */
const WARN_MS = 14 * DAY_MS;
/** The first and the longest pause after an authority refused: their limits count failures. */
const RETRY_MS = { least: HOUR_MS, most: DAY_MS };
/** Orders at a time. */
const MAX_ORDERS = 2;

interface Pause {
  readonly untilMs: number;
  readonly lengthMs: number;
}

/** Obtains certificates that were asked for, renews them in time, and warns of those that end. */
export class CertificateKeeper {
  private readonly deps: LinkDeps;
  private readonly pauses = new Map<string, Pause>();
  private readonly warnedDay = new Map<string, number>();
  private readonly ordering = new Set<string>();
  private timer: Timer | undefined;
  private isStopped = true;

  constructor(deps: LinkDeps) {
    this.deps = deps;
  }

  start(): void {
    this.isStopped = false;
    this.look();
  }

  stop(): void {
    this.isStopped = true;
    this.timer?.cancel();
  }

  /** Looks at all certificates now; also when one was just asked for. */
  look(): void {
    if (this.isStopped) return;
    this.timer?.cancel();
    this.timer = this.deps.clock.after(HOUR_MS, () => this.look());
    const nowMs = this.deps.clock.nowMs();
    for (const domain of this.deps.domains.all()) {
      if (domain.status !== "verified") continue;
      if (isDue(domain, nowMs)) void this.order(domain, nowMs);
      else this.warn(domain, nowMs);
    }
  }

  /** Asked for again by its account: a pause is not waited for. */
  forgive(domain: LinkDomain): void {
    this.pauses.delete(domain.sid);
    this.look();
  }

  private async order(domain: LinkDomain, nowMs: number): Promise<void> {
    const pause = this.pauses.get(domain.sid);
    const isBusy = this.ordering.has(domain.sid) || this.ordering.size >= MAX_ORDERS;
    if (isBusy || this.deps.issuer === undefined || (pause !== undefined && nowMs < pause.untilMs)) return;
    this.ordering.add(domain.sid);
    const isDone = await obtainCertificate(this.deps, domain);
    this.ordering.delete(domain.sid);
    if (isDone) this.pauses.delete(domain.sid);
    else {
      const lengthMs = Math.min(RETRY_MS.most, (pause?.lengthMs ?? RETRY_MS.least / 2) * 2);
      this.pauses.set(domain.sid, { untilMs: this.deps.clock.nowMs() + lengthMs, lengthMs });
    }
    // Others may have waited for this place.
    if (!this.isStopped) this.look();
  }

  private warn(domain: LinkDomain, nowMs: number): void {
    const { certificate } = domain;
    if (certificate?.expiresMs === undefined || certificate.isManaged) return;
    const leftMs = certificate.expiresMs - nowMs;
    const day = Math.floor(nowMs / DAY_MS);
    if (leftMs > WARN_MS || leftMs < 0 || this.warnedDay.get(domain.sid) === day) return;
    this.warnedDay.set(domain.sid, day);
    const trouble: LinkTrouble = {
      kind: "link.trouble",
      accountSid: domain.accountSid,
      errorCode: linkAlerts.expiresSoon,
      text: `The certificate of ${domain.name} ends in ${Math.ceil(leftMs / DAY_MS)} days.`,
      resourceSid: domain.sid,
    };
    void this.deps
      .cell()
      .commit(trouble, "progress")
      .catch(() => undefined);
  }
}

/** Whether a certificate was asked for, or is ours to renew and ends soon. */
function isDue({ certificate }: LinkDomain, nowMs: number): boolean {
  if (certificate === undefined) return false;
  if (certificate.requestedMs !== undefined) return true;
  const { isManaged, startsMs, expiresMs } = certificate;
  if (!isManaged || startsMs === undefined || expiresMs === undefined) return false;
  return expiresMs - nowMs < (expiresMs - startsMs) * RENEW_AT_SHARE;
}
