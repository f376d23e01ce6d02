/** The debugger: alerts, errors by code with what mends them, and the inspector of webhooks. */
export { GUIDED_CODES, guideOf, type ErrorGuide } from "./error-guide.ts";
export { monitorErrors } from "./errors.ts";
export { monitorModule, type MonitorModule, type MonitorOptions } from "./module.ts";
export type { WebhookDeps } from "./webhook-filter.ts";
