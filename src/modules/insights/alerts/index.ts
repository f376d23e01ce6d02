/** Alerts on series: rules, how they stand, and who is told. */
export { insightAlerts, type Alerts, type AlertsOptions, type AlertsStatus } from "./alerts.ts";
export type { AlertText, AlertTexts, ReadAll } from "./deps.ts";
