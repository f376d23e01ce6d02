import type { MaintenanceWindow } from "../../../platform/config/index.ts";
import type { Clock, Timer } from "../../../platform/ports.ts";
import { steadyClock, TimingWheel } from "../../../platform/queue/index.ts";
import type { CarrierHealth, HealthSnapshot, Quality } from "../../routing/index.ts";
import { CarrierWatch, type AnswerKind } from "./carrier-watch.ts";
import { maintenanceAt } from "./maintenance.ts";
import { REMEMBERED_MS, type Measure } from "./measure.ts";
import { seededRandom } from "./seeded-random.ts";
import { COUNTED, type Counted } from "./sliding-window.ts";

const EVALUATE_MS = 1_000;
/** Destination networks that are measured for all carriers together, 1.5 kilobytes each. */
const MAX_NETWORKS_IN_ALL = 20_000;

export interface HealthBoardOptions {
  readonly clock: Clock;
  readonly carriers: readonly { readonly name: string; readonly maintenance: readonly MaintenanceWindow[] }[];
  /** A version above those that were used before a restart; versions grow by one at least from there. */
  readonly nextVersion: () => number;
  /** What the router should know has changed. */
  readonly onChange: (snapshot: HealthSnapshot) => void;
  /** For the jitter of the breakers; 1 where absent. */
  readonly seed?: number;
}

/** One carrier as the operator is shown it. Times are milliseconds since the Unix epoch. */
export interface CarrierHealthStatus {
  readonly name: string;
  readonly usable: boolean;
  readonly reason?: string;
  /** Since when it is usable, or is not for this reason. */
  readonly sinceMs: number;
  readonly breaker: "closed" | "open" | "half-open";
  /** When an open breaker lets messages through to try. */
  readonly probesAtMs?: number;
  readonly outstanding: number;
  /** When something was submitted last. */
  readonly submittedMs?: number;
  readonly usualLatencyMs?: number;
  /** Of the answers to submits in the last one to two minutes, where there were any. */
  readonly latencyMs?: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Windows of maintenance, and when that begins or ends next. */
  readonly maintenance: readonly MaintenanceWindow[];
  readonly maintenanceChangesMs?: number;
  readonly quality: Quality;
  /** How many destination networks are measured. */
  readonly networks: number;
  readonly lastMinute: Readonly<Record<Counted, number>>;
}

export interface HealthBoardStatus {
  /** The version of the snapshot that routes are chosen by. */
  readonly version: number;
  readonly carriers: readonly CarrierHealthStatus[];
}

interface Entry {
  readonly watch: CarrierWatch;
  sinceMs: number;
  submittedMs: number | undefined;
  /** Whether the wheel looks for a stall. */
  isAwaited: boolean;
  /** Whether the wheel forgets old values later. */
  isFading: boolean;
  /** The carrier was taken away: what the wheels still have of it is nothing any more. */
  isGone: boolean;
}

interface Task {
  readonly entry: Entry;
  readonly kind: "stall" | "fade";
}

/**
 * Measures how carriers do and says by which of them messages can go. Until the first word
 * of any carrier nothing is known and every carrier is usable (version 0); from then on a
 * carrier is down until it is told to be up. Breakers, stalls, ups and downs are told at
 * once, measurements at most once a second, and nothing while there is no traffic.
 */
export class HealthBoard {
  private readonly options: HealthBoardOptions;
  private readonly steady: Clock;
  private readonly entries = new Map<string, Entry>();
  private readonly wheel: TimingWheel<Task>;
  private readonly calendar: TimingWheel<Entry>;
  /** Carriers with observations that count. */
  private readonly live = new Set<Entry>();
  private current: HealthSnapshot = { version: 0, carriers: new Map() };
  private readonly seed: number;
  private entered = 0;
  private networks = 0;
  private timer: Timer | undefined;
  private begun = false;
  private closed = false;

  constructor(options: HealthBoardOptions) {
    this.options = options;
    const { clock, seed = 1 } = options;
    this.steady = steadyClock(clock);
    this.wheel = new TimingWheel({ clock: this.steady, onDue: (tasks) => this.tasksDue(tasks) });
    this.calendar = new TimingWheel({ clock, onDue: (entries) => this.calendarDue(entries) });
    this.seed = seed;
    for (const carrier of options.carriers) this.enter(carrier);
  }

  private enter({ name, maintenance }: HealthBoardOptions["carriers"][number]): Entry {
    const watch = new CarrierWatch({ name, maintenance, random: seededRandom(this.seed * 65_537 + this.entered) });
    this.entered += 1;
    const sinceMs = this.options.clock.nowMs();
    const entry = { watch, sinceMs, submittedMs: undefined, isAwaited: false, isFading: false, isGone: false };
    this.entries.set(name, entry);
    return entry;
  }

  /** There is one more carrier. It is down until it is told to be up. */
  add(carrier: HealthBoardOptions["carriers"][number]): void {
    const entry = this.enter(carrier);
    if (this.begun && !this.closed) this.calendarDue([entry]);
  }

  /** A carrier is gone, and with it all that was measured. */
  remove(carrier: string): void {
    const entry = this.entries.get(carrier);
    if (entry === undefined) return;
    entry.isGone = true;
    this.entries.delete(carrier);
    this.live.delete(entry);
    this.networks -= entry.watch.networks.size;
    this.tell([], true);
  }

  /** What routes are chosen by now. */
  snapshot(): HealthSnapshot {
    return this.current;
  }

  /** A carrier can be submitted to, or cannot. */
  up(carrier: string, up: boolean): void {
    const entry = this.entries.get(carrier);
    if (entry === undefined || this.closed) return;
    const { watch } = entry;
    if (watch.isUp !== up) watch.setUp(up, this.steady.nowMs());
    if (!this.begun) this.begin();
    this.tell([entry]);
  }

  /** So much waits in front of a carrier that further messages would wait for long; `undefined` when that is over. */
  saturated(carrier: string, saturated: CarrierHealth["saturated"]): void {
    const entry = this.entries.get(carrier);
    if (entry === undefined || this.closed || entry.watch.saturated === saturated) return;
    entry.watch.saturated = saturated;
    this.tell([entry]);
  }

  private begin(): void {
    this.begun = true;
    this.calendarDue([...this.entries.values()]);
  }

  /** A part was given to a carrier for a destination network; empty for one that is not known. */
  submitted(carrier: string, network: string, nowMs: number): void {
    const entry = this.entries.get(carrier);
    if (entry === undefined || this.closed) return;
    entry.submittedMs = nowMs;
    entry.watch.submitted(this.measure(entry, network), this.steady.nowMs());
    this.await(entry);
    this.enliven(entry);
  }

  /** The carrier answered, or will not any more; the latency is the time since the part was given to it. */
  answered(carrier: string, network: string, kind: AnswerKind, latencyMs: number): void {
    const entry = this.entries.get(carrier);
    if (entry === undefined || this.closed) return;
    const { watch } = entry;
    const answer = { network: this.measure(entry, network), kind, latencyMs };
    const changed = watch.answered(answer, this.steady.nowMs());
    this.enliven(entry);
    if (changed) this.tell([entry]);
  }

  /** A final receipt came; the latency is the time since the part was accepted. */
  receipt(carrier: string, network: string, delivered: boolean, latencyMs: number): void {
    const entry = this.entries.get(carrier);
    if (entry === undefined || this.closed) return;
    entry.watch.receipt(this.measure(entry, network), { delivered, latencyMs }, this.steady.nowMs());
    this.enliven(entry);
  }

  /**
   * Whether a message may go to a carrier whose breaker is half-open, to see how it does. A
   * true answer is spent by asking; what is spent and comes to nothing returns after a while.
   */
  mayProbe(carrier: string): boolean {
    const watch = this.entries.get(carrier)?.watch;
    if (watch === undefined || !watch.isUp || watch.isMaintained) return false;
    return watch.breaker.mayProbe(this.steady.nowMs());
  }

  private measure(entry: Entry, network: string): Measure | undefined {
    const { watch } = entry;
    const before = watch.networks.size;
    const measure = watch.measureOf(network, this.networks < MAX_NETWORKS_IN_ALL);
    this.networks += watch.networks.size - before;
    return measure;
  }

  private enliven(entry: Entry): void {
    this.live.add(entry);
    this.timer ??= this.steady.after(EVALUATE_MS, () => this.evaluate());
  }

  private await(entry: Entry): void {
    if (entry.isAwaited) return;
    const atMs = entry.watch.stallsAtMs(this.steady.nowMs());
    if (atMs === undefined) return;
    entry.isAwaited = true;
    this.wheel.add({ entry, kind: "stall" }, atMs);
  }

  private tasksDue(tasks: readonly Task[]): void {
    const nowMs = this.steady.nowMs();
    const changed: Entry[] = [];
    for (const { entry, kind } of tasks) {
      if (entry.isGone) continue;
      const { watch } = entry;
      if (kind === "fade") {
        entry.isFading = false;
        this.networks -= watch.evaluate(nowMs);
        changed.push(entry);
        if (!this.live.has(entry)) this.fade(entry);
        continue;
      }
      entry.isAwaited = false;
      const atMs = watch.stallsAtMs(nowMs);
      if (atMs === undefined) continue;
      if (atMs > nowMs) {
        this.await(entry);
        continue;
      }
      watch.stall(nowMs);
      changed.push(entry);
    }
    this.tell(changed);
  }

  private evaluate(): void {
    this.timer = undefined;
    const nowMs = this.steady.nowMs();
    const entries = [...this.live];
    for (const entry of entries) {
      this.networks -= entry.watch.evaluate(nowMs);
      if (!entry.watch.isQuiet) continue;
      this.live.delete(entry);
      this.fade(entry);
    }
    if (this.live.size > 0) this.timer = this.steady.after(EVALUATE_MS, () => this.evaluate());
    this.tell(entries);
  }

  /** What was measured is forgotten later, in one step, if no new traffic comes. */
  private fade(entry: Entry): void {
    const { overall, networks } = entry.watch;
    if (entry.isFading || (!overall.isKnown && networks.size === 0)) return;
    entry.isFading = true;
    this.wheel.add({ entry, kind: "fade" }, this.steady.nowMs() + REMEMBERED_MS);
  }

  private calendarDue(entries: readonly Entry[]): void {
    const wallMs = this.options.clock.nowMs();
    for (const entry of entries) {
      if (entry.isGone) continue;
      const nextMs = entry.watch.checkMaintenance(wallMs);
      if (nextMs < Infinity) this.calendar.add(entry, nextMs);
    }
    this.tell(entries);
  }

  /** Tells what is new of some carriers, if anything is, in one snapshot. */
  private tell(entries: readonly Entry[], isFewer = false): void {
    const wallMs = this.options.clock.nowMs();
    // What was measured before the first word of a carrier is told with it.
    if (!this.begun || this.closed) return;
    let changed = isFewer || this.current.version === 0;
    for (const entry of entries) {
      const { reason } = entry.watch.health;
      if (entry.isGone || !entry.watch.refresh()) continue;
      changed = true;
      if (entry.watch.health.reason !== reason) entry.sinceMs = wallMs;
    }
    if (!changed) return;
    const carriers = new Map([...this.entries].map(([name, { watch }]) => [name, watch.health]));
    this.current = { version: Math.max(this.options.nextVersion(), this.current.version + 1), carriers };
    this.options.onChange(this.current);
  }

  /** For the operator. */
  status(): HealthBoardStatus {
    return { version: this.current.version, carriers: [...this.entries.values()].map((entry) => this.statusOf(entry)) };
  }

  /** The same of one carrier; `undefined` where there is none of that name. */
  statusOfCarrier(name: string): CarrierHealthStatus | undefined {
    const entry = this.entries.get(name);
    return entry === undefined ? undefined : this.statusOf(entry);
  }

  private statusOf(entry: Entry): CarrierHealthStatus {
    const { watch, sinceMs, submittedMs } = entry;
    const nowMs = this.steady.nowMs();
    const breaker = watch.breaker.state(nowMs);
    watch.overall.window.forget(nowMs);
    const counts = COUNTED.map((what) => [what, watch.overall.window.total(what)]);
    const { usable, reason, quality } = watch.health;
    const { nextMs } = maintenanceAt(watch.maintenance, this.options.clock.nowMs());
    return {
      name: watch.name,
      usable,
      ...(reason === undefined ? {} : { reason }),
      sinceMs,
      breaker,
      ...(breaker === "open"
        ? { probesAtMs: this.options.clock.nowMs() + Math.ceil(watch.breaker.probesAtMs - nowMs) }
        : {}),
      outstanding: watch.outstanding,
      ...(submittedMs === undefined ? {} : { submittedMs }),
      ...(watch.usualLatencyMs === undefined ? {} : { usualLatencyMs: Math.round(watch.usualLatencyMs) }),
      ...latencyOf(watch, nowMs),
      maintenance: watch.maintenance,
      ...(nextMs < Infinity ? { maintenanceChangesMs: nextMs } : {}),
      quality,
      networks: watch.networks.size,
      lastMinute: Object.fromEntries(counts) as Record<Counted, number>,
    };
  }

  /** Looks at nothing and tells nothing any more. */
  close(): void {
    this.closed = true;
    this.timer?.cancel();
    this.wheel.close();
    this.calendar.close();
  }
}

function latencyOf({ latencies }: CarrierWatch, nowMs: number): Pick<CarrierHealthStatus, "latencyMs"> {
  const p50 = latencies.quantile(0.5, nowMs);
  if (p50 === undefined) return {};
  return {
    latencyMs: { p50, p95: latencies.quantile(0.95, nowMs) ?? p50, p99: latencies.quantile(0.99, nowMs) ?? p50 },
  };
}
