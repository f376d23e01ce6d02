/** The client of the console: requests, the session and what is live. */
export { api, consoleApi } from "./api.ts";
export type { ApiOptions, Product } from "./api.ts";
export { ApiError, toApiError } from "./api-error.ts";
export type { Fields, FieldValue } from "./form-fields.ts";
export type { LiveBatch, LiveState } from "./live-client.ts";
export { mergeRows } from "./live-rows.ts";
export { onSessionLost, useReached } from "./reach.ts";
export { currentSelection, select, useSelection } from "./selection.ts";
export type { Selection } from "./selection.ts";
export { SessionContext, useCan, useSession } from "./session.ts";
export type { AccountSummary, CurrentSession, Session } from "./session.ts";
export { askAgain, queryClient, useApi, useApiChange, useConsole, usePages } from "./use-api.ts";
export type { ApiChange, Pages, UseApiChangeOptions, UseApiOptions } from "./use-api.ts";
export { useLive, useLiveRows, useLiveState } from "./use-live.ts";
export type { LiveRows, LiveStatus, UseLiveOptions, UseLiveRowsOptions } from "./use-live.ts";
