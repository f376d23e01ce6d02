import { iso8601 } from "../../kernel/time.ts";
import type { AuditEntry, PlacedEntry } from "../../platform/audit/index.ts";
import {
  dateTime,
  defineListRoute,
  defineRoute,
  pageBySid,
  text,
  type JsonObject,
  type JsonValue,
  type Route,
} from "../../platform/http/index.ts";
import { findEntry, listEntries, type AuditReads } from "./event.store.ts";

const LIST = "/v1/Events";
const common = { product: "monitor", tag: "Events", access: "account" } as const;
const MAX_CHARACTERS = 256;

/** `Events`: the changes of an account's resources, from the audit log. */
export function eventRoutes(reads: AuditReads): Route[] {
  const word = (summary: string) => text({ maxCharacters: MAX_CHARACTERS, summary });
  return [
    defineListRoute({
      ...common,
      path: LIST,
      operationId: "ListEvent",
      summary: "List changes of the account's resources, newest first",
      collection: "events",
      parameters: {
        ActorSid: word("Only changes by this account or API key."),
        EventType: word("Only changes of this type, for example phone-number.updated."),
        ResourceSid: word("Only changes of this resource."),
        SourceIpAddress: word("Only changes from this address."),
        StartDate: dateTime({ summary: "Only changes from this moment on, in UTC." }),
        EndDate: dateTime({ summary: "Only changes before this moment, in UTC." }),
      },
      page: async ({ call: { accountSid, params }, ...slice }) => {
        const filter = {
          accountSid,
          actorSid: said(params.ActorSid),
          eventType: said(params.EventType),
          resourceSid: said(params.ResourceSid),
          ipAddress: said(params.SourceIpAddress),
          fromMs: params.StartDate,
          untilMs: params.EndDate,
        };
        return pageBySid(slice, (part) => listEntries(reads, filter, part));
      },
      view: ({ placed }, { baseUrl }) => viewEvent(placed, baseUrl),
    }),
    defineRoute({
      ...common,
      method: "GET",
      path: `${LIST}/{Sid}`,
      operationId: "FetchEvent",
      summary: "Fetch a change with what was before and after it",
      success: 200,
      run: async (call) => {
        const found = await findEntry(reads, { accountSid: call.accountSid, sid: call.path.Sid });
        if (found === undefined) throw call.notFound();
        return found;
      },
      view: (placed, { baseUrl }) => viewEvent(placed, baseUrl),
    }),
  ];
}

function said(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function viewEvent({ entry }: PlacedEntry, baseUrl: string): JsonObject {
  const { sid, accountSid, actor, eventType, resourceSid, resourceType } = entry;
  return {
    account_sid: accountSid,
    actor_sid: actor.sid ?? null,
    actor_type: actor.type === "system" ? "trunkline" : actor.type === "user" ? "user" : "account",
    description: describe(entry),
    event_data: { resource_properties: changedProperties(entry) },
    event_date: iso8601(entry.atMs),
    event_type: eventType,
    resource_sid: resourceSid === "" ? null : resourceSid,
    resource_type: resourceType,
    sid,
    source: actor.source === "system" ? "trunkline" : actor.source,
    source_ip_address: actor.ipAddress ?? null,
    url: `${baseUrl}${LIST}/${sid}`,
    links: { actor: null, resource: null },
  };
}

function describe({ reason, outcome }: AuditEntry): string | null {
  const unknown = outcome === "unknown" ? "It is not known whether this was carried out." : undefined;
  const parts = [reason, unknown].filter((part) => part !== undefined);
  return parts.length === 0 ? null : parts.join(" ");
}

/** Where a resource is found, and when it was changed: they follow from the rest. */
const FOLLOWING: ReadonlySet<string> = new Set(["url", "uri", "links", "subresource_uris", "date_updated"]);

/** The properties that are not as they were: of what is new all, of what is gone all. */
export function changedProperties({ before, after, outcome }: AuditEntry): JsonObject {
  const changed: Record<string, JsonObject> = {};
  for (const name of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
    if (FOLLOWING.has(name)) continue;
    const previous: JsonValue = before?.[name];
    const updated: JsonValue = after?.[name];
    if (JSON.stringify(previous) === JSON.stringify(updated)) continue;
    changed[name] = {
      ...(previous === undefined ? {} : { previous }),
      ...(updated === undefined || outcome === "unknown" ? {} : { updated }),
    };
  }
  return changed;
}
