import { isFinal } from "../message.ts";
import { errorMessageOf } from "../message.view.ts";
import type { TimelineEntry } from "./entry.ts";
import type { Story } from "./story.ts";

/** Changes of status: from memory each with its time, else those that the message itself still tells. */
export function statusEntries({ message, changes }: Story): TimelineEntry[] {
  const entries = changes.map(({ atMs, change }): TimelineEntry => ({
    atMs,
    kind: "status",
    kept: true,
    data: statusData(change.status, change.before, change.errorCode),
  }));
  const seen = new Set(changes.map(({ change }) => change.status));
  const { sentMs, status } = message;
  if (sentMs !== undefined && !seen.has("sent") && message.direction !== "inbound" && status !== "sent")
    entries.push({ atMs: sentMs, kind: "status", kept: false, data: statusData("sent") });
  if (seen.has(status)) return entries;
  const atMs = status === "sent" || status === "received" ? sentMs : undefined;
  if (!isFinal(status) && status !== "sent") return entries;
  entries.push({ atMs, kind: "status", kept: false, data: statusData(status, undefined, message.errorCode) });
  return entries;
}

function statusData(status: string, before?: string, errorCode?: number): TimelineEntry["data"] {
  return {
    status,
    before: before ?? null,
    error_code: errorCode ?? null,
    error_message: errorMessageOf(errorCode),
  };
}
