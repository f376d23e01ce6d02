import { CommandStatus } from "../../protocols/smpp/index.ts";
import type { MessageStateName } from "../../protocols/smpp/index.ts";
import type { Faults } from "./faults.ts";
import { magicOf } from "./magic-numbers.ts";
import { seededRandom } from "./random.ts";

/**
 * What is done with one submit. `break` and `half` take the message and break the
 * connection, before the response or in the middle of it; `silence` takes it and
 * never answers; `swallow` does not even take it.
 */
export type Conduct =
  | { readonly kind: "refuse"; readonly status: number }
  | { readonly kind: "swallow" }
  | {
      readonly kind: "take";
      readonly answer: "answer" | "silence" | "break" | "half";
      readonly state: MessageStateName;
      readonly responseDelayMs: number;
      readonly receiptDelayMs: number;
      /** How often the receipt is sent. */
      readonly receiptCopies: number;
      /** Whether the receipt goes out before the response. */
      readonly receiptFirst: boolean;
      /** Whether the receipt names an id that nobody was given. */
      readonly isWrongId: boolean;
      /** Whether the response waits for another one to overtake it. */
      readonly isHeld: boolean;
    };

/** What the decision about one submit depends on, besides the faults. */
export interface SubmitFacts {
  readonly destination: string;
  readonly nowMs: number;
}

/** What one session has done so far. */
export interface SessionCount {
  submits: number;
  secondStartedMs: number;
  inSecond: number;
}

const SECOND_MS = 1_000;

/** A session that has done nothing yet. */
export function newSessionCount(): SessionCount {
  return { submits: 0, secondStartedMs: Number.NEGATIVE_INFINITY, inSecond: 0 };
}

/** Decides, from the faults and a seeded generator, what happens to each submit. The same submits in the same order fare the same. */
export class Misconduct {
  private faultsNow: Faults;
  private random: () => number;

  constructor(faults: Faults) {
    this.faultsNow = faults;
    this.random = seededRandom(faults.seed);
  }

  /** The faults in force. */
  get faults(): Faults {
    return this.faultsNow;
  }

  /** Puts other faults in force. The generator starts again only when the seed is another. */
  set(faults: Faults): void {
    if (faults.seed !== this.faultsNow.seed) this.random = seededRandom(faults.seed);
    this.faultsNow = faults;
  }

  /** What to do with the next submit of a session; counts it. */
  decide(facts: SubmitFacts, count: SessionCount): Conduct {
    const { faultsNow: faults } = this;
    const magic = magicOf(facts.destination);
    count.submits += 1;
    if (this.isOverRate(facts.nowMs, count)) return { kind: "refuse", status: CommandStatus.ESME_RTHROTTLED };
    if (magic?.kind === "refuse") return magic;
    const status = this.draw(faults.errors)?.status;
    if (status !== undefined) return { kind: "refuse", status };
    if (this.happens(faults.swallowShare)) return { kind: "swallow" };
    const isLost = magic?.kind === "no-receipt" || this.happens(faults.lostReceiptShare);
    const copies = this.happens(faults.duplicateReceiptShare) ? 2 : 1;
    return {
      kind: "take",
      answer: magic?.kind === "no-response" ? "silence" : this.answer(count),
      state: magic?.kind === "final" ? magic.state : (this.draw(faults.receiptStates)?.state ?? "DELIVERED"),
      responseDelayMs: faults.responseDelayMs + this.upTo(faults.responseSpreadMs),
      receiptDelayMs: faults.receiptDelayMs + this.upTo(faults.receiptSpreadMs),
      receiptCopies: isLost ? 0 : copies,
      receiptFirst: this.happens(faults.earlyReceiptShare),
      isWrongId: this.happens(faults.wrongIdShare),
      isHeld: this.happens(faults.reorderShare),
    };
  }

  private answer(count: SessionCount): "answer" | "silence" | "break" | "half" {
    const { faultsNow: faults } = this;
    if (faults.disconnectAfter > 0 && count.submits % faults.disconnectAfter === 0) return "break";
    if (this.happens(faults.disconnectShare)) return "break";
    if (this.happens(faults.midPduShare)) return "half";
    return this.happens(faults.noResponseShare) ? "silence" : "answer";
  }

  private isOverRate(nowMs: number, count: SessionCount): boolean {
    const limit = this.faultsNow.throttlePerSecond;
    if (limit === 0) return false;
    if (nowMs - count.secondStartedMs >= SECOND_MS) {
      count.secondStartedMs = nowMs;
      count.inSecond = 0;
    }
    count.inSecond += 1;
    return count.inSecond > limit;
  }

  private happens(share: number): boolean {
    return share > 0 && this.random() < share;
  }

  private upTo(spreadMs: number): number {
    return spreadMs === 0 ? 0 : Math.floor(this.random() * (spreadMs + 1));
  }

  private draw<T extends { readonly share: number }>(choices: readonly T[]): T | undefined {
    if (choices.length === 0) return undefined;
    let left = this.random();
    for (const choice of choices) {
      if (left < choice.share) return choice;
      left -= choice.share;
    }
    return undefined;
  }
}
