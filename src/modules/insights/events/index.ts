/** Changes of messages in columns, and questions about them in SQL. */
export { insightEvents, type Events, type EventsOptions, type EventsStatus } from "./events.ts";
export { EVENT_COLUMNS } from "./columns.ts";
