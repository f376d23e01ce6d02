import { AppError } from "../../kernel/errors.ts";
import type { MessagingService } from "../services/index.ts";
import { canonicalAddress } from "./address.ts";
import type { MessagingDeps } from "./deps.ts";
import { messageErrors } from "./errors.ts";

/** Who is to send: a number, a service, or a number of a service's pool. As the customer wrote them. */
export interface SenderWanted {
  readonly accountSid: string;
  readonly from?: string | undefined;
  readonly messagingServiceSid?: string | undefined;
}

/** A service's SID is taken in `From` too. */
const SERVICE_SID = /^MG[0-9a-f]{32}$/i;

/** The service that a message is sent by; `undefined` for none. Throws 21701. */
export function findService(deps: MessagingDeps, wanted: SenderWanted): MessagingService | undefined {
  const { accountSid, from = "", messagingServiceSid = "" } = wanted;
  const sid = messagingServiceSid === "" && SERVICE_SID.test(from) ? from : messagingServiceSid;
  if (sid === "") return undefined;
  const service = deps.services.service(accountSid, sid);
  if (service === undefined) throw new AppError(messageErrors.serviceUnknown, { value: sid });
  return service;
}

/** The sender that the customer named, in canonical form; `undefined` where the service chooses. Throws. */
export function namedSender(
  deps: MessagingDeps,
  wanted: SenderWanted,
  service: MessagingService | undefined,
): string | undefined {
  const { accountSid, from: written = "" } = wanted;
  if (service === undefined) {
    if (written === "") throw new AppError(messageErrors.fromRequired);
  } else if (written === "" || written === service.sid) return undefined;
  const from = canonicalAddress(written);
  if (from === undefined) throw new AppError(messageErrors.fromInvalid, { from: written });
  if (service !== undefined && !deps.services.hasSender(accountSid, service.sid, from)) {
    throw new AppError(messageErrors.fromNotInService, { from, value: service.sid });
  }
  return from;
}

/** A sender that the pool gave, and whether media can go by it as links in the text alone. */
export interface PoolChoice {
  readonly from: string;
  readonly isConverted: boolean;
}

/** The sender that the pool of a service gives for a message. Throws. */
export function poolSender(
  deps: MessagingDeps,
  service: MessagingService,
  message: { readonly to: string; readonly isMms: boolean; readonly segments: number },
): PoolChoice {
  const { compliance, rates, state } = deps;
  const { accountSid, sid: serviceSid } = service;
  const { to, isMms: mms, segments } = message;
  let isRefused = false;
  const choice = deps.services.chooseSender({
    accountSid,
    serviceSid,
    to,
    mms,
    segments,
    backlogSeconds: (from) => {
      const perSecond = rates.perSecond({ accountSid, from });
      return perSecond === undefined ? 0 : state.waitingOfSender(accountSid, from).segments / perSecond;
    },
    refuses: (from) => {
      const refuses = compliance.isOptedOut({ accountSid, serviceSid, from, to });
      isRefused ||= refuses;
      return refuses;
    },
  });
  if (typeof choice === "object") return { from: choice.sender.address, isConverted: false };
  if (choice === "empty") throw new AppError(messageErrors.serviceEmpty, { value: serviceSid });
  // Some could, and the recipient does not want it from them.
  if (isRefused) throw new AppError(messageErrors.optedOut, { from: serviceSid, to });
  if (!mms || !service.mmsConverter) throw new AppError(messageErrors.serviceHasNoSender, { value: serviceSid, to });
  return { ...poolSender(deps, service, { ...message, isMms: false }), isConverted: true };
}
