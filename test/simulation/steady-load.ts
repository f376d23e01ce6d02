import type { SeededRandom } from "../kit/smpp-pdus.ts";
import { SteadyPoster, type Posting } from "./steady-poster.ts";

/** One request to send, and what was heard of it. */
export interface PostedMessage {
  readonly sequence: number;
  readonly to: string;
  readonly body: string;
  /** After a 201. */
  sid?: string;
  /** Any other answer; absent where the connection broke. */
  status?: number;
  code?: number;
}

export interface LoadOptions {
  readonly random: SeededRandom;
  readonly from: string;
  readonly statusCallback: string;
  readonly validitySeconds: number;
  readonly perSecond: number;
}

/** True where several messages go to the number at about the same time. */
export function isBusy(number: string): boolean {
  return BUSY_NUMBERS.includes(number);
}

/** One in so many goes to one of a few busy numbers, the others each to a number of their own. */
const BUSY_SHARE = 5;
const BUSY_NUMBERS = ["+15560000001", "+15560000002", "+15560000003", "+15560000004"];
/** One in so many is cut into three parts. */
const LONG_SHARE = 12;

/** Posts messages at a steady rate, each with a text of its own, and never the same one twice. */
export class SteadyLoad extends SteadyPoster {
  readonly posted: PostedMessage[] = [];
  private readonly options: LoadOptions;

  constructor(options: LoadOptions) {
    super(options.perSecond);
    this.options = options;
  }

  /** Those that were answered 201. */
  get accepted(): PostedMessage[] {
    return this.posted.filter((message) => message.sid !== undefined);
  }

  protected next(): Posting {
    const { random, from, statusCallback, validitySeconds } = this.options;
    const sequence = this.posted.length;
    const busy = random.oneIn(BUSY_SHARE);
    const to = busy ? random.pick(BUSY_NUMBERS) : `+1557${String(sequence).padStart(7, "0")}`;
    // What is long goes to a number of its own, which is how its parts are recognised.
    const long = !busy && random.oneIn(LONG_SHARE);
    const body = `message ${sequence}.${long ? " And some more, so that it takes several parts.".repeat(9) : ""}`;
    const message: PostedMessage = { sequence, to, body };
    this.posted.push(message);
    return {
      form: { To: to, From: from, Body: body, StatusCallback: statusCallback, ValidityPeriod: String(validitySeconds) },
      onAnswer: (status, answer) => note(message, status, answer),
    };
  }
}

function note(message: PostedMessage, status: number, text: string): void {
  const answer = JSON.parse(text) as { sid?: string; code?: number };
  if (status === 201 && answer.sid !== undefined) message.sid = answer.sid;
  else {
    message.status = status;
    if (answer.code !== undefined) message.code = answer.code;
  }
}
