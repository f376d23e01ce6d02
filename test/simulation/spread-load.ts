import http from "node:http";
import type { SeededRandom } from "../kit/smpp-pdus.ts";
import type { LoadTarget } from "./steady-load.ts";

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

const TICK_MS = 20;
/** Requests without an answer at one time; above, the load waits. */
const MAX_UNDER_WAY = 64;
const REQUEST_LIMIT_MS = 10_000;
/** One in so many is cut into three parts. */
const LONG_SHARE = 12;
/** One in so many is a one-time code that may be given again when nobody knows what became of it. */
const REPEATABLE_SHARE = 6;
const NUMBER_DIGITS = 12;

/** Posts messages at a steady rate, each to a number of its own, turn by turn below several prefixes. */
export class SpreadLoad {
  readonly posted: SpreadMessage[] = [];
  private readonly options: SpreadLoadOptions;
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: MAX_UNDER_WAY });
  private target: LoadTarget | undefined;
  private timer: NodeJS.Timeout | undefined;
  private owed = 0;
  private underWay = 0;
  private onIdle: (() => void) | undefined;

  constructor(options: SpreadLoadOptions) {
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

  /** Those below a prefix that were answered 201. */
  acceptedBelow(prefix: string): { readonly sid: string; readonly to: string }[] {
    return this.posted.flatMap(({ sid, to }) => (sid !== undefined && to.startsWith(prefix) ? [{ sid, to }] : []));
  }

  /** The recipients of what may be given again, digits only. */
  get repeatableRecipients(): Set<string> {
    return new Set(this.posted.filter(({ repeatable }) => repeatable).map(({ to }) => to.slice(1)));
  }

  private tick(): void {
    this.owed = Math.min(this.owed + (this.options.perSecond * TICK_MS) / 1_000, MAX_UNDER_WAY);
    while (this.owed >= 1 && this.underWay < MAX_UNDER_WAY && this.target !== undefined) {
      this.owed -= 1;
      this.post(this.target);
    }
  }

  private post(target: LoadTarget): void {
    const { prefixes, random, from, validitySeconds } = this.options;
    const sequence = this.posted.length;
    const prefix = prefixes[sequence % prefixes.length] ?? "";
    const to = prefix + String(sequence).padStart(NUMBER_DIGITS - prefix.length, "0");
    const message: SpreadMessage = { to, repeatable: random.oneIn(REPEATABLE_SHARE) };
    this.posted.push(message);
    const more = random.oneIn(LONG_SHARE) ? " And some more, so that it takes several parts.".repeat(9) : "";
    const form = new URLSearchParams({
      To: to,
      From: from,
      Body: `message ${sequence}.${more}`,
      ValidityPeriod: String(validitySeconds),
      ...(message.repeatable ? { MessageIntent: "otp", DeliveryGuarantee: "at-least-once" } : {}),
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
      response.on("end", () => {
        if (response.statusCode === 201) message.sid = (JSON.parse(text) as { sid: string }).sid;
      });
    });
    request.end(form);
  }
}
