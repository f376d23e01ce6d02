import type { SeededRandom } from "../kit/smpp-pdus.ts";
import { SteadyPoster, type Posting } from "./steady-poster.ts";

/** A message that was asked for, and the SID of the 201 if there was one. */
export interface SpreadMessage {
  readonly to: string;
  readonly repeatable: boolean;
  sid?: string;
}

export interface SpreadLoadOptions {
  readonly random: SeededRandom;
  readonly from: string;
  readonly validitySeconds: number;
  readonly perSecond: number;
  /** What numbers begin with, in E.164; each is used as often as the others. */
  readonly prefixes: readonly string[];
}

/** One in so many is cut into three parts. */
const LONG_SHARE = 12;
/** One in so many is a one-time code that may be given again when nobody knows what became of it. */
const REPEATABLE_SHARE = 6;
const NUMBER_DIGITS = 12;

/** Posts messages at a steady rate, each to a number of its own, turn by turn below several prefixes. */
export class SpreadLoad extends SteadyPoster {
  readonly posted: SpreadMessage[] = [];
  private readonly options: SpreadLoadOptions;

  constructor(options: SpreadLoadOptions) {
    super(options.perSecond);
    this.options = options;
  }

  /** Those below a prefix that were answered 201. */
  acceptedBelow(prefix: string): { readonly sid: string; readonly to: string }[] {
    return this.posted.flatMap(({ sid, to }) => (sid !== undefined && to.startsWith(prefix) ? [{ sid, to }] : []));
  }

  /** The recipients of what may be given again, digits only. */
  get repeatableRecipients(): Set<string> {
    return new Set(this.posted.filter(({ repeatable }) => repeatable).map(({ to }) => to.slice(1)));
  }

  protected next(): Posting {
    const { prefixes, random, from, validitySeconds } = this.options;
    const sequence = this.posted.length;
    const prefix = prefixes[sequence % prefixes.length] ?? "";
    const to = prefix + String(sequence).padStart(NUMBER_DIGITS - prefix.length, "0");
    const message: SpreadMessage = { to, repeatable: random.oneIn(REPEATABLE_SHARE) };
    this.posted.push(message);
    const more = random.oneIn(LONG_SHARE) ? " And some more, so that it takes several parts.".repeat(9) : "";
    return {
      form: {
        To: to,
        From: from,
        Body: `message ${sequence}.${more}`,
        ValidityPeriod: String(validitySeconds),
        ...(message.repeatable ? { MessageIntent: "otp", DeliveryGuarantee: "at-least-once" } : {}),
      },
      onAnswer: (status, body) => {
        if (status === 201) message.sid = (JSON.parse(body) as { sid: string }).sid;
      },
    };
  }
}
