import { SteadyPoster, type Posting } from "../simulation/steady-poster.ts";

/** One message that was asked for, and what was heard of it. Times are of the monotonic clock. */
export interface Sample {
  readonly body: string;
  readonly startMs: number;
  /** Absent where the connection broke, or nothing came in time. */
  endMs?: number;
  status?: number;
  /** After a 201. */
  sid?: string;
  /** Of an error. */
  code?: number;
  retryAfter?: string;
}

export interface AccountLoadOptions {
  /** Begins every text, so that no two loads have the same one. */
  readonly name: string;
  /** The cell in which the account is at home when the load begins. */
  readonly cell: string;
  /** The region of the edge that is asked. */
  readonly edge: string;
  readonly from: string;
  readonly phones: readonly string[];
  readonly statusCallback: string;
  readonly perSecond: number;
}

/** Sends messages of one account through one edge at a steady rate, each with a text of its own. */
export class AccountLoad extends SteadyPoster {
  readonly samples: Sample[] = [];
  readonly options: AccountLoadOptions;

  constructor(options: AccountLoadOptions) {
    super(options.perSecond);
    this.options = options;
  }

  protected next(): Posting {
    const { name, from, phones, statusCallback } = this.options;
    const sequence = this.samples.length;
    const body = `${name} message ${sequence}`;
    const sample: Sample = { body, startMs: performance.now() };
    this.samples.push(sample);
    return {
      form: { To: phones[sequence % phones.length] ?? "", From: from, Body: body, StatusCallback: statusCallback },
      onAnswer: (status, text, headers) => {
        sample.endMs = performance.now();
        sample.status = status;
        const answer = read(text);
        if (status === 201 && answer.sid !== undefined) sample.sid = answer.sid;
        if (answer.code !== undefined) sample.code = answer.code;
        if (headers["retry-after"] !== undefined) sample.retryAfter = headers["retry-after"];
      },
    };
  }
}

function read(text: string): { sid?: string; code?: number } {
  try {
    return JSON.parse(text) as { sid?: string; code?: number };
  } catch {
    return {};
  }
}
