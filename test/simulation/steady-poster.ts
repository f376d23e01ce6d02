import http, { type IncomingHttpHeaders } from "node:http";

/** Where the load goes; changes when the system comes back on another port. */
export interface LoadTarget {
  readonly baseUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
}

/** A request to send, and who hears of its answer; nobody does where the connection breaks. */
export interface Posting {
  readonly form: Readonly<Record<string, string>>;
  readonly onAnswer: (status: number, body: string, headers: IncomingHttpHeaders) => void;
}

const TICK_MS = 20;
/** Requests without an answer at one time; above, the load waits. */
const MAX_UNDER_WAY = 64;
const REQUEST_LIMIT_MS = 10_000;

/** Posts messages at a steady rate, and none twice. What they are is the subclass's to say. */
export abstract class SteadyPoster {
  private readonly perSecond: number;
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: MAX_UNDER_WAY });
  private target: LoadTarget | undefined;
  private timer: NodeJS.Timeout | undefined;
  private owed = 0;
  private underWay = 0;
  private onIdle: (() => void) | undefined;

  protected constructor(perSecond: number) {
    this.perSecond = perSecond;
  }

  /** The next message. */
  protected abstract next(): Posting;

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

  private tick(): void {
    this.owed = Math.min(this.owed + (this.perSecond * TICK_MS) / 1_000, MAX_UNDER_WAY);
    while (this.owed >= 1 && this.underWay < MAX_UNDER_WAY && this.target !== undefined) {
      this.owed -= 1;
      this.post(this.target, this.next());
    }
  }

  private post(target: LoadTarget, { form, onAnswer }: Posting): void {
    const body = new URLSearchParams(form).toString();
    this.underWay += 1;
    const request = http.request(`${target.baseUrl}/2010-04-01/Accounts/${target.accountSid}/Messages.json`, {
      method: "POST",
      agent: this.agent,
      auth: `${target.accountSid}:${target.authToken}`,
      headers: { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": Buffer.byteLength(body) },
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
      response.on("end", () => onAnswer(response.statusCode ?? 0, text, response.headers));
    });
    request.end(body);
  }
}
