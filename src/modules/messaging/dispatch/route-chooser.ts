import type { Clock } from "../../../platform/ports.ts";
import type { HealthBoard } from "../health/index.ts";
import type { Decision, HealthSnapshot, Router, RouteRequest } from "../../routing/index.ts";
import { trafficClassOf, type Message } from "../message.ts";
import type { SubmitOutcome } from "../records.ts";
import type { Saturation } from "./lane-pace.ts";

/** What health lets go to a carrier: everything, one message to try it, or nothing. */
export type Allowance = "all" | "probe" | "none";

/**
 * Asks the router for the carrier of a message with the health of this moment, and tells
 * the health board how carriers do. The one place where the two meet.
 */
export class RouteChooser {
  private readonly router: Router;
  private readonly board: HealthBoard;
  private readonly clock: Clock;
  private stampOfVersions = "";
  private stampTable = -1;
  private stampHealth = -1;
  /** Probes that were granted to messages which have not gone yet, by carrier. */
  private readonly granted = new Map<string, number>();

  constructor(options: { router: Router; board: HealthBoard; clock: Clock }) {
    this.router = options.router;
    this.board = options.board;
    this.clock = options.clock;
  }

  /** The versions of table and health by which is chosen now. */
  get versions(): { readonly table: number; readonly health: number } {
    return { table: this.router.tableVersion, health: this.board.snapshot().version };
  }

  /** The same as a text, to mark what was chosen by them. */
  get stamp(): string {
    const table = this.router.tableVersion;
    const health = this.board.snapshot().version;
    if (table !== this.stampTable || health !== this.stampHealth) {
      this.stampTable = table;
      this.stampHealth = health;
      this.stampOfVersions = `@${table}.${health}`;
    }
    return this.stampOfVersions;
  }

  get health(): HealthSnapshot {
    return this.board.snapshot();
  }

  /** The versions by which an entry with a stamp was routed. */
  versionsOf(stamped: string): readonly [table: number, health: number] {
    const [table = "0", health = "0"] = stamped.slice(stamped.indexOf("@") + 1).split(".");
    return [Number(table), Number(health)];
  }

  /**
   * The carrier that is first in the ranking, or one that is tried again, where `hasRoom`
   * says that it could take the message at once; `undefined` where none serves the destination.
   */
  choose(message: Readonly<Message>, hasRoom: (carrier: string) => boolean): string | undefined {
    const { ranking, usable } = this.decide(message);
    const mayTry = usable > 0 && usable < ranking.length && message.trafficClass !== "urgent";
    return (mayTry ? this.probed(ranking.slice(usable), message.refusedBy, hasRoom) : undefined) ?? ranking[0];
  }

  /** The carrier that is first in the ranking. */
  first(message: Readonly<Message>): string | undefined {
    return this.decide(message).ranking[0];
  }

  private decide(message: Readonly<Message>): Decision {
    const { refusedBy } = message;
    const atMs = this.clock.nowMs();
    const options = refusedBy === undefined ? { atMs } : { atMs, excluded: refusedBy };
    return this.router.decide(routeRequest(message), this.board.snapshot(), options);
  }

  /**
   * A carrier that was left alone long enough gets a message again, to see how it does now;
   * not one that it has refused, which it would refuse again.
   */
  private probed(
    names: readonly string[],
    refusedBy: readonly string[] | undefined,
    hasRoom: (carrier: string) => boolean,
  ): string | undefined {
    for (const name of names) {
      if (refusedBy?.includes(name) === true) continue;
      const health = this.board.snapshot().carriers.get(name);
      if (health === undefined || health.usable || !hasRoom(name) || !this.board.mayProbe(name)) continue;
      this.granted.set(name, (this.granted.get(name) ?? 0) + 1);
      return name;
    }
    return undefined;
  }

  /** What a carrier asks for a part of a message; `undefined` where it has no route for it. */
  priceOf(
    carrier: string,
    message: Readonly<Message>,
  ): { readonly priceMicros: number; readonly currency: string } | undefined {
    return this.router.priceOf(carrier, routeRequest(message));
  }

  networkOf(to: string): string {
    return this.router.networkOf(to) ?? "";
  }

  /** What may go to a carrier now. A probe is spent by asking, unless it is only a look. */
  allows(carrier: string, { isLook = false } = {}): Allowance {
    const health = this.board.snapshot().carriers.get(carrier);
    if (health === undefined || health.usable) return "all";
    if (isLook || health.reason === "down" || health.reason === "maintenance") return "none";
    const granted = this.granted.get(carrier) ?? 0;
    if (granted > 0) {
      this.granted.set(carrier, granted - 1);
      return "probe";
    }
    return this.board.mayProbe(carrier) ? "probe" : "none";
  }

  /** Whether a carrier may be given messages without limit. */
  isUsable(carrier: string): boolean {
    return this.board.snapshot().carriers.get(carrier)?.usable !== false;
  }

  saturated(carrier: string, saturation: Saturation): void {
    this.board.saturated(carrier, saturation === "none" ? undefined : saturation);
  }

  up(carrier: string, up: boolean): void {
    this.board.up(carrier, up);
  }

  submitted(carrier: string, network: string): void {
    this.board.submitted(carrier, network, this.clock.nowMs());
  }

  answered(answer: { carrier: string; network: string; outcome: SubmitOutcome; latencyMs: number }): void {
    this.board.answered(answer.carrier, answer.network, healthKind(answer.outcome), answer.latencyMs);
  }

  receipt(receipt: { carrier: string; to: string; delivered: boolean; latencyMs: number }): void {
    this.board.receipt(receipt.carrier, this.networkOf(receipt.to), receipt.delivered, receipt.latencyMs);
  }
}

/** The message as the router sees it. */
export function routeRequest(message: Readonly<Message>): RouteRequest {
  return {
    accountSid: message.accountSid,
    from: message.from,
    to: message.to,
    senderKind: message.senderKind ?? "local",
    trafficClass: trafficClassOf(message),
    encoding: message.encoding,
    segments: message.segments,
  };
}

/** A permanent refusal is about the message, not about the carrier. */
function healthKind(outcome: SubmitOutcome): "accepted" | "throttled" | "refused" | "unknown" | "not-sent" {
  if (outcome.kind !== "refused") return outcome.kind;
  if (outcome.verdict === "throttle") return "throttled";
  return outcome.verdict === "permanent" ? "accepted" : "refused";
}
