import { callerError, type ErrorSpec } from "../../../kernel/errors.ts";

/** Public errors of alert rules. */
export const alertRuleErrors = {
  ruleInvalid: callerError(20001, 400, "The alert rule is not valid: {reason}."),
  mailOff: callerError(
    20001,
    400,
    "This installation sends no e-mail: alerting.smtpUrl is not set. Use a webhook or a text.",
  ),
  textsOff: callerError(20001, 400, "This installation sends no texts for alerts. Use a webhook."),
  senderInvalid: callerError(21606, 400, "{from} is none of your numbers that can send texts."),
  tooManyRules: callerError(20001, 400, "An account may have at most {max} alert rules."),
  cellFull: {
    code: 20503,
    status: 503,
    fault: "platform",
    retry: "later",
    message: "This cell has no room for further alert rules.",
  } satisfies ErrorSpec,
  changedMeanwhile: {
    code: 20409,
    status: 409,
    fault: "caller",
    retry: "later",
    message: "The alert rule was changed by another request meanwhile.",
  } satisfies ErrorSpec,
} as const;

/** A code that is told in the debugger log and never thrown: a notification could not be sent. */
export const NOT_NOTIFIED = 11_299;
