import type { ApplyContext, Machine } from "../../platform/cell/index.ts";
import type { AlertRaised, WebhookRequested } from "../../platform/webhooks/index.ts";
import type { Notice, RegistrationTold } from "./notice.ts";

/** Statuses after which somebody has to do something. */
const BAD = new Set(["FAILED", "SUSPENDED", "TWILIO_REJECTED", "DELETION_FAILED"]);
/** What is shown where the registry gave no code: that a campaign is suspended, or the unknown error of each family. */
const SUSPENDED = 30_033;
const UNKNOWN_BRAND_ERROR = 30_792;
const UNKNOWN_CAMPAIGN_ERROR = 30_880;
const UNKNOWN_TOLL_FREE_ERROR = 30_440;

/**
 * Tells an account how its registrations fare: each change as a webhook where a URL is set, each
 * failure as an alert too. A notice that is committed twice is sent once, because webhooks are
 * queued once for each id.
 */
export function noticeMachine(): Machine {
  return {
    name: "a2p",
    tables: [],
    reducers: {
      "a2p.told": ({ notice, url }: RegistrationTold, context: ApplyContext) => {
        if (url !== undefined) context.emit(webhookOf(notice, url));
        if (BAD.has(notice.status)) context.emit(alertOf(notice));
      },
    },
  };
}

function webhookOf(notice: Notice, url: string): WebhookRequested {
  const params: [string, string][] = [
    ["EventType", notice.type],
    ["AccountSid", notice.accountSid],
    ["ResourceSid", notice.resourceSid],
    ["Status", notice.status],
    ["Timestamp", new Date(notice.atMs).toISOString()],
  ];
  if (notice.brandSid !== undefined) params.push(["BrandSid", notice.brandSid]);
  if (notice.serviceSid !== undefined) params.push(["MessagingServiceSid", notice.serviceSid]);
  if (notice.externalId !== undefined) params.push(["ExternalId", notice.externalId]);
  if (notice.errorCode !== undefined) params.push(["ErrorCode", String(notice.errorCode)]);
  return {
    kind: "webhook.requested",
    id: `a2p:${notice.id}`,
    accountSid: notice.accountSid,
    orderKey: notice.resourceSid,
    purpose: "a2p-status",
    resourceSid: notice.resourceSid,
    url,
    method: "POST",
    params,
  };
}

function codeOf({ errorCode, resourceSid, status }: Notice): number {
  if (errorCode !== undefined) return errorCode;
  if (status === "SUSPENDED") return SUSPENDED;
  if (resourceSid.startsWith("HH")) return UNKNOWN_TOLL_FREE_ERROR;
  return resourceSid.startsWith("QE") ? UNKNOWN_CAMPAIGN_ERROR : UNKNOWN_BRAND_ERROR;
}

function alertOf(notice: Notice): AlertRaised {
  return {
    kind: "alert.raised",
    accountSid: notice.accountSid,
    errorCode: codeOf(notice),
    level: "error",
    text: `${notice.resourceSid} is ${notice.status}${notice.errorText === undefined ? "" : `: ${notice.errorText}`}`,
    resourceSid: notice.resourceSid,
  };
}
