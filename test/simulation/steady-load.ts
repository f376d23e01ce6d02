import http from "node:http";
import type { SeededRandom } from "../kit/smpp-pdus.ts";

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

/** Where the load goes; changes when the system comes back on another port. */
export interface LoadTarget {
  readonly baseUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
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

const TICK_MS = 20;
/** Requests without an answer at one time; above, the load waits. */
const MAX_UNDER_WAY = 64;
const REQUEST_LIMIT_MS = 10_000;
/** One in so many goes to one of a few busy numbers, the others each to a number of their own. */
const BUSY_SHARE = 5;
const BUSY_NUMBERS = ["+15560000001", "+15560000002", "+15560000003", "+15560000004"];
/** One in so many is cut into three parts. */
const LONG_SHARE = 12;

/** Posts messages at a steady rate, each with a text of its own, and never the same one twice. */
export class SteadyLoad {
  readonly posted: PostedMessage[] = [];
  private readonly options: LoadOptions;
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: MAX_UNDER_WAY });
  private target: LoadTarget | undefined;
  private timer: NodeJS.Timeout | undefined;
  private owed = 0;
  private underWay = 0;
  private onIdle: (() => void) | undefined;

  constructor(options: LoadOptions) {
    this.options = options;
  }

  /** Posts to `target` from now on. */
  aim(target: LoadTarget): void {
    this.target = target;
    this.timer ??= setInterval(() => this.tick(), TICK_MS);
  }

  /** Stops and waits for the requests under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.underWay > 0) await new Promise<void>((idle) => (this.onIdle = idle));
    this.agent.destroy();
  }

  /** Those that were answered 201. */
  get accepted(): PostedMessage[] {
    return this.posted.filter((message) => message.sid !== undefined);
  }

  private tick(): void {
    this.owed = Math.min(this.owed + (this.options.perSecond * TICK_MS) / 1_000, MAX_UNDER_WAY);
    while (this.owed >= 1 && this.underWay < MAX_UNDER_WAY && this.target !== undefined) {
      this.owed -= 1;
      this.post(this.target, this.next());
    }
  }

  private next(): PostedMessage {
    const { random } = this.options;
    const sequence = this.posted.length;
    const busy = random.oneIn(BUSY_SHARE);
    const to = busy ? random.pick(BUSY_NUMBERS) : `+1557${String(sequence).padStart(7, "0")}`;
    // What is long goes to a number of its own, which is how its parts are recognised.
    const long = !busy && random.oneIn(LONG_SHARE);
    const body = `message ${sequence}.${long ? " And some more, so that it takes several parts.".repeat(9) : ""}`;
    const message: PostedMessage = { sequence, to, body };
    this.posted.push(message);
    return message;
  }

  private post(target: LoadTarget, message: PostedMessage): void {
    const form = new URLSearchParams({
      To: message.to,
      From: this.options.from,
      Body: message.body,
      StatusCallback: this.options.statusCallback,
      ValidityPeriod: String(this.options.validitySeconds),
    }).toString();
    this.underWay += 1;
    const request = http.request(`${target.baseUrl}/2010-04-01/Accounts/${target.accountSid}/Messages.json`, {
      method: "POST",
      agent: this.agent,
      auth: `${target.accountSid}:${target.authToken}`,
      headers: { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": Buffer.byteLength(form) },
      timeout: REQUEST_LIMIT_MS,
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => {});
    // Comes after the answer, or after the error that took its place.
    request.on("close", () => {
      this.underWay -= 1;
      if (this.underWay === 0) this.onIdle?.();
    });
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("error", () => {});
      response.on("end", () => note(message, response.statusCode ?? 0, text));
    });
    request.end(form);
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
