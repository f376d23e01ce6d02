import type { MaintenanceWindow } from "../../../platform/config/index.ts";
import type { CarrierHealth, Quality } from "../../routing/index.ts";
import { Breaker } from "./breaker.ts";
import { Latencies } from "./latencies.ts";
import { maintenanceAt } from "./maintenance.ts";
import { Measure } from "./measure.ts";

/** What a carrier said to a submit. `refused` blames the carrier; a refusal of the message alone is an answer like `accepted`. */
export type AnswerKind = "accepted" | "throttled" | "refused" | "unknown" | "not-sent";

/** Destination networks that are measured for one carrier; what goes to others counts overall alone. */
const MAX_NETWORKS = 200;
const SHORTEST_STALL_MS = 500;
const LONGEST_STALL_MS = 30_000;
const STALL_LATENCIES = 8;
/** What is expected of a carrier that has not answered anything yet. */
const ASSUMED_LATENCY_MS = 100;
/** The share of a new latency in the usual one. */
const LATENCY_SHARE = 1 / 16;
/** A time that was computed from a latency can be off by so much. */
const TOLERANCE_MS = 50;

const COUNTED_AS = {
  accepted: "accepted",
  throttled: "throttled",
  refused: "refused",
  unknown: "unknown",
  "not-sent": "notSent",
} as const;

/** Everything that is known of one carrier. Pure of timers; all times are of a steady clock, but those of maintenance. */
export class CarrierWatch {
  readonly name: string;
  readonly maintenance: readonly MaintenanceWindow[];
  readonly breaker: Breaker;
  readonly overall = new Measure();
  readonly networks = new Map<string, Measure>();
  /** Of its answers to submits. */
  readonly latencies = new Latencies();
  isUp = false;
  isMaintained = false;
  /** Much waits in front of it. */
  saturated: CarrierHealth["saturated"] = undefined;
  /** Submits without an answer, since the breaker opened or the carrier went down last. */
  outstanding = 0;
  usualLatencyMs: number | undefined;
  /** As it was told last. */
  health: CarrierHealth = { usable: false, reason: "down", quality: {} };
  private qualities: ReadonlyMap<string, Quality> | undefined;
  /** When something was answered last, or could be expected for the first time. */
  private progressMs = 0;
  /** Answers to what was submitted before this do not count as outstanding. */
  private countedFromMs = 0;
  private isProbed = false;

  constructor(options: { name: string; maintenance: readonly MaintenanceWindow[]; random: () => number }) {
    this.name = options.name;
    this.maintenance = options.maintenance;
    this.breaker = new Breaker(options.random);
  }

  setUp(isUp: boolean, nowMs: number): void {
    this.isUp = isUp;
    this.startCounting(nowMs);
  }

  private startCounting(nowMs: number): void {
    this.outstanding = 0;
    this.countedFromMs = nowMs;
    this.progressMs = nowMs;
    this.isProbed = false;
  }

  submitted(network: Measure | undefined, nowMs: number): void {
    if (this.outstanding === 0) this.progressMs = nowMs;
    this.outstanding += 1;
    const state = this.breaker.state(nowMs);
    if (state === "half-open" && !this.isProbed) {
      this.isProbed = true;
      this.progressMs = nowMs;
    }
    this.overall.window.add("submitted", nowMs);
    network?.window.add("submitted", nowMs);
  }

  /** Counts an answer; returns whether the breaker opened or closed. */
  answered(answer: { network: Measure | undefined; kind: AnswerKind; latencyMs: number }, nowMs: number): boolean {
    const { network, kind, latencyMs } = answer;
    const submittedMs = nowMs - latencyMs;
    if (submittedMs >= this.countedFromMs - TOLERANCE_MS && this.outstanding > 0) this.outstanding -= 1;
    this.overall.window.add(COUNTED_AS[kind], nowMs);
    network?.window.add(COUNTED_AS[kind], nowMs);
    if (kind === "accepted" || kind === "throttled" || kind === "refused") {
      this.progressMs = nowMs;
      this.latencies.add(latencyMs, nowMs);
      const usual = this.usualLatencyMs ?? latencyMs;
      this.usualLatencyMs = usual + (latencyMs - usual) * LATENCY_SHARE;
    }
    if (kind === "throttled" || kind === "not-sent") return false;
    const before = this.breaker.state(nowMs);
    const changed = this.breaker.answered(kind !== "accepted", submittedMs, nowMs);
    if (before !== this.breaker.state(nowMs)) this.startCounting(nowMs);
    return changed;
  }

  receipt(network: Measure | undefined, receipt: { delivered: boolean; latencyMs: number }, nowMs: number): void {
    for (const measure of [this.overall, network]) {
      measure?.window.add(receipt.delivered ? "delivered" : "undelivered", nowMs);
      measure?.window.addLatency(receipt.latencyMs, nowMs);
    }
  }

  /** When the carrier has stalled unless it answers before; `undefined` while nothing is expected of it. */
  stallsAtMs(nowMs: number): number | undefined {
    if (!this.isUp || this.outstanding === 0) return undefined;
    const state = this.breaker.state(nowMs);
    if (state === "open" || (state === "half-open" && !this.isProbed)) return undefined;
    const usual = this.usualLatencyMs ?? ASSUMED_LATENCY_MS;
    return this.progressMs + Math.max(SHORTEST_STALL_MS, Math.min(LONGEST_STALL_MS, STALL_LATENCIES * usual));
  }

  /** It has stalled. */
  stall(nowMs: number): void {
    this.breaker.open("stalled", nowMs);
    this.startCounting(nowMs);
  }

  /** The measurements of a network, made while there is room; `undefined` for one that is not known. */
  measureOf(network: string, mayMake: boolean): Measure | undefined {
    const known = this.networks.get(network);
    if (known !== undefined || network === "" || !mayMake || this.networks.size >= MAX_NETWORKS) return known;
    const made = new Measure();
    this.networks.set(network, made);
    return made;
  }

  /** Evaluates all measurements, and returns how many networks were forgotten. */
  evaluate(nowMs: number): number {
    this.overall.evaluate(nowMs);
    let changed = false;
    let forgotten = 0;
    for (const [network, measure] of this.networks) {
      changed = measure.evaluate(nowMs) || changed;
      if (!measure.window.isEmpty || measure.isKnown) continue;
      this.networks.delete(network);
      forgotten += 1;
    }
    if (changed) {
      const known = [...this.networks].filter(([, measure]) => measure.isKnown);
      const qualities = known.map(([network, measure]): [string, Quality] => [network, measure.quality]);
      this.qualities = known.length === 0 ? undefined : new Map(qualities);
    }
    return forgotten;
  }

  /** Whether nothing was observed for as long as observations count. */
  get isQuiet(): boolean {
    if (!this.overall.window.isEmpty) return false;
    for (const { window } of this.networks.values()) if (!window.isEmpty) return false;
    return true;
  }

  /** Looks at the windows of maintenance; returns when they must be looked at next. */
  checkMaintenance(wallMs: number): number {
    const { isRunning, nextMs } = maintenanceAt(this.maintenance, wallMs);
    this.isMaintained = isRunning;
    return nextMs;
  }

  /** Sees what is to be told; returns whether that is something new. */
  refresh(): boolean {
    const reason = this.reason();
    const { health } = this;
    const { quality } = this.overall;
    const isSame = health.reason === reason && health.saturated === this.saturated;
    if (isSame && health.quality === quality && health.networks === this.qualities) return false;
    this.health = {
      usable: reason === undefined,
      ...(this.saturated === undefined ? {} : { saturated: this.saturated }),
      ...(reason === undefined ? {} : { reason }),
      quality,
      ...(this.qualities === undefined ? {} : { networks: this.qualities }),
    };
    return true;
  }

  private reason(): string | undefined {
    if (this.isMaintained) return "maintenance";
    if (!this.isUp) return "down";
    const { cause } = this.breaker;
    return cause === "failures" ? "breaker" : cause;
  }
}
