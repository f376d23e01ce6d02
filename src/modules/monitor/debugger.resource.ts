import { AppError } from "../../kernel/errors.ts";
import { dateTime, defineRoute, enumeration, type JsonObject, type Route } from "../../platform/http/index.ts";
import type { Clock } from "../../platform/ports.ts";
import type { AlertDeps } from "./alert.store.ts";
import { LEVELS } from "./alert.ts";
import { groupErrors, type ErrorGroup } from "./error-groups.ts";
import { guideOf } from "./error-guide.ts";
import { monitorErrors } from "./errors.ts";

const DAY_MS = 86_400_000;
const MAX_DAYS = 30;

/** `Debugger/Errors`: what went wrong in the account, grouped by code, with what it means and what mends it. */
export function debuggerRoutes(deps: AlertDeps & { readonly clock: Clock }): Route[] {
  return [
    defineRoute({
      product: "api",
      tag: "Debugger",
      access: "account",
      method: "GET",
      path: "/trunkline/v1/Debugger/Errors",
      operationId: "ListDebuggerError",
      summary: "Say what went wrong in the account, by error code, with an explanation and what mends it",
      success: 200,
      errors: [monitorErrors.rangeInvalid],
      parameters: {
        StartDate: dateTime({ summary: "From this moment on; by default the last 24 hours." }),
        EndDate: dateTime({ summary: "Before this moment; by default now." }),
        LogLevel: enumeration({ values: LEVELS, summary: "Only alerts of this level." }),
      },
      run: async ({ accountSid, params }) => {
        const untilMs = params.EndDate ?? deps.clock.nowMs() + 1;
        const fromMs = params.StartDate ?? untilMs - DAY_MS;
        if (fromMs >= untilMs || untilMs - fromMs > (MAX_DAYS + 1) * DAY_MS)
          throw new AppError(monitorErrors.rangeInvalid, { days: MAX_DAYS });
        const found = await groupErrors(deps, { accountSid, level: params.LogLevel, fromMs, untilMs });
        return { ...found, fromMs, untilMs };
      },
      view: ({ groups, isCut, fromMs, untilMs }) => ({
        start_date: new Date(fromMs).toISOString(),
        end_date: new Date(untilMs).toISOString(),
        // More alerts than are looked at: the counts are of the latest.
        cut: isCut,
        errors: groups.map(viewGroup),
      }),
    }),
  ];
}

function viewGroup(group: ErrorGroup): JsonObject {
  const guide = guideOf(group.errorCode);
  return {
    error_code: group.errorCode,
    log_level: group.level,
    count: group.count,
    first_seen: new Date(group.firstMs).toISOString(),
    last_seen: new Date(group.lastMs).toISOString(),
    explanation: guide?.explanation ?? null,
    fix: guide?.fix ?? null,
    more_info: `https://www.twilio.com/docs/errors/${group.errorCode}`,
    samples: group.samples.map((sample) => ({
      alert_sid: sample.sid,
      resource_sid: sample.resourceSid ?? null,
      text: sample.text,
      url: sample.requestUrl ?? null,
      date: new Date(sample.createdMs).toISOString(),
    })),
  };
}
