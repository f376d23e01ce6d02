import type { AddressGuard, HttpClient } from "../http-client/index.ts";
import type { Clock } from "../ports.ts";
import { sendAttempt } from "./send-attempt.ts";
import type { AttemptResult, Sender, SendRequest } from "./sender.ts";

/** Sends in the thread that it is made in. The sending thread itself has one of these. */
export class LocalSender implements Sender {
  private readonly ports: { readonly http: HttpClient; readonly guard: AddressGuard; readonly clock: Clock };

  /** The client stays its maker's, who closes it. */
  constructor(ports: { readonly http: HttpClient; readonly guard: AddressGuard; readonly clock: Clock }) {
    this.ports = ports;
  }

  send(request: SendRequest, done: (result: AttemptResult) => void): void {
    void this.sendAndTell(request, done);
  }

  private async sendAndTell(request: SendRequest, done: (result: AttemptResult) => void): Promise<void> {
    done(await sendAttempt(this.ports, request));
  }

  async close(): Promise<void> {}
}
