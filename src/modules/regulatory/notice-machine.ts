import { iso8601 } from "../../kernel/time.ts";
import type { ApplyContext, Machine } from "../../platform/cell/index.ts";
import type { WebhookRequested } from "../../platform/webhooks/index.ts";
import type { DossierTold, Notice } from "./notice.ts";

/**
 * Tells an account at the `StatusCallback` of a dossier how it fares. A notice that is committed
 * twice is sent once, because webhooks are queued once for each id.
 */
export function regulatoryMachine(): Machine {
  return {
    name: "regulatory",
    tables: [],
    reducers: {
      "regulatory.told": ({ notice }: DossierTold, context: ApplyContext) => context.emit(webhookOf(notice)),
    },
  };
}

function webhookOf(notice: Notice): WebhookRequested {
  const { accountSid, dossierSid, status, failureReason = "", validUntilMs } = notice;
  const params: [string, string][] = [
    ["AccountSid", accountSid],
    ["BundleSid", dossierSid],
    ["Status", status],
    ["FailureReason", failureReason],
  ];
  if (validUntilMs !== undefined) params.push(["ValidUntil", iso8601(validUntilMs)]);
  return {
    kind: "webhook.requested",
    id: `regulatory:${notice.id}`,
    accountSid,
    orderKey: dossierSid,
    purpose: "regulatory-status",
    resourceSid: dossierSid,
    url: notice.url,
    method: "POST",
    params,
  };
}
