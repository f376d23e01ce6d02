import { ringSource, type LiveSource, type RecentRing } from "../../platform/live/index.ts";
import { maskUrl } from "../../platform/webhooks/index.ts";
import type { Alert } from "./alert.ts";
import { guideOf } from "./error-guide.ts";
import { wordOf } from "./webhook-filter.ts";

/** The live source `alerts`: the debugger log as it is written. Its query may have `error_code`, `level`, `message` and `account`. */
export function alertSource(ring: RecentRing<Readonly<Alert>>): LiveSource {
  return ringSource("alerts", ring, {
    view: viewAlert,
    filter: (query) => {
      const code = wordOf(query, "error_code");
      const level = wordOf(query, "level");
      const message = wordOf(query, "message");
      const account = wordOf(query, "account");
      if ([code, level, message, account].every((value) => value === undefined)) return undefined;
      return (alert) =>
        (code === undefined || String(alert.errorCode) === code) &&
        (level === undefined || alert.level === level) &&
        (message === undefined || alert.resourceSid === message) &&
        (account === undefined || alert.accountSid === account);
    },
  });
}

function viewAlert(alert: Readonly<Alert>): unknown {
  const guide = guideOf(alert.errorCode);
  return {
    sid: alert.sid,
    at: new Date(alert.createdMs).toISOString(),
    account_sid: alert.accountSid,
    error_code: alert.errorCode,
    log_level: alert.level,
    text: alert.text,
    resource_sid: alert.resourceSid ?? null,
    url: alert.requestUrl === undefined ? null : maskUrl(alert.requestUrl),
    explanation: guide?.explanation ?? null,
  };
}
