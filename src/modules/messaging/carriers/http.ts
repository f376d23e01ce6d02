import type { HttpCarrierSettings } from "../../../platform/config/index.ts";
import type { Clock, Logger, Net } from "../../../platform/ports.ts";
import type { SubmitOutcome } from "../records.ts";
import type { CarrierEndpoint, Submission } from "./carrier.ts";
import { inboundEndpoint, receiptEndpoint } from "./http-endpoints.ts";
import { readOutcome } from "./http-outcome.ts";
import { HttpPeerCarrier } from "./http-peer-carrier.ts";
import { CUT_OTHERWISE } from "./cut-otherwise.ts";
import { cutText, referenceOf, renderRequest, templateValues, type CutText } from "./http-request.ts";
import type { CarrierCommon } from "./smpp.ts";
import type { CarrierTraces } from "./traces/index.ts";

export interface HttpCarrierOptions {
  readonly settings: CarrierCommon & HttpCarrierSettings;
  readonly net: Net;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly traces?: CarrierTraces | undefined;
  /** What is not written down there. */
  readonly secrets?: readonly string[] | undefined;
  /** Where this platform is reached from outside, without a slash at the end. Asked when a message is submitted. */
  readonly publicUrl: () => string;
}

/** Long texts are cut once, not once for each part. */
const MAX_CUT_TEXTS = 64;

/** A carrier that is reached by an HTTP API which its settings describe. */
export class HttpCarrier extends HttpPeerCarrier {
  private readonly options: HttpCarrierOptions;
  private readonly cut = new Map<string, CutText>();

  constructor(options: HttpCarrierOptions) {
    const { settings, net, clock, traces, secrets } = options;
    const { maxAnswerOctets, submit } = settings;
    super("http", { settings, net, clock, maxAnswerOctets, retryStale: submit.recognisesRepeats, traces, secrets });
    this.options = options;
  }

  countParts(sid: string, text: string): number {
    return this.options.settings.texts === "whole" ? 1 : this.cutOf(sid, text).parts.length;
  }

  submit(submission: Submission, done: (outcome: SubmitOutcome) => void): void {
    if (this.capacity() === 0) return done({ kind: "not-sent", reason: "no-room" });
    const { settings, clock, logger } = this.options;
    const cut = this.cutOf(submission.sid, submission.text);
    // The settings have changed since the first part went: the others would not belong to it.
    const isSame = submission.part < cut.parts.length && (submission.parts ?? cut.parts.length) === cut.parts.length;
    if (!isSame) return done(CUT_OTHERWISE);
    const context = { nowMs: clock.nowMs(), callbackUrl: this.callbackUrl() };
    const { sid, attempt, part } = submission;
    const request = {
      ...renderRequest(settings.submit, templateValues(submission, cut, context)),
      label: { sid, attempt, part },
    };
    const reference = referenceOf(submission);
    this.peer.send(
      request,
      (response) => {
        const outcome = readOutcome(settings.response, response, reference);
        if (outcome.kind !== "accepted") {
          const meaning = outcome.kind === "refused" ? outcome.verdict : outcome.kind;
          logger.debug("carrier.not-accepted", { carrier: this.name, status: response.status, meaning });
        }
        return outcome;
      },
      done,
    );
  }

  private cutOf(sid: string, text: string): CutText {
    const known = this.cut.get(sid);
    if (known !== undefined) return known;
    const cut = cutText(text, this.options.settings.texts);
    if (cut.parts.length > 1) {
      this.cut.set(sid, cut);
      if (this.cut.size > MAX_CUT_TEXTS)
        for (const oldest of this.cut.keys()) {
          this.cut.delete(oldest);
          break;
        }
    }
    return cut;
  }

  private callbackUrl(): string {
    const { settings, publicUrl } = this.options;
    const { receipts, callbackBaseUrl } = settings;
    if (receipts === undefined) return "";
    const base = (callbackBaseUrl ?? publicUrl()).replace(/\/+$/, "");
    return `${base}/carriers/${this.name}/receipts/${receipts.secret}`;
  }

  protected ownEndpoints(): readonly CarrierEndpoint[] {
    const { settings } = this.options;
    const logger = this.options.logger.child({ carrier: this.name });
    const deps = { logger, work: this.work, listener: () => this.listener };
    return [
      ...(settings.receipts === undefined ? [] : [receiptEndpoint(settings.receipts, deps)]),
      ...(settings.inbound === undefined ? [] : [inboundEndpoint(settings.inbound, deps)]),
    ];
  }
}
