import type { BlobStore } from "../../../platform/ports.ts";
import {
  dateFilter,
  defineContentRoute,
  defineListRoute,
  defineRoute,
  type DateRange,
  type HttpResponse,
  type Route,
} from "../../../platform/http/index.ts";
import type { MessagingDeps } from "../deps.ts";
import { findMessage } from "../message.store.ts";
import { viewMedium } from "../message.view.ts";
import type { Medium, Message } from "../message.ts";
import { mediumKey } from "./media-content.ts";
import { isPicture } from "./media-limits.ts";
import { removeMedium } from "./remove-medium.ts";

const LIST = "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media";
const ITEM = "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media/{Sid}";
const common = { product: "api", tag: "Media", access: "account", element: "Media", traffic: true } as const;

/** What the routes of media work with. */
export interface MediaRoutesOptions {
  readonly deps: Pick<MessagingDeps, "cell" | "state" | "database">;
  readonly blobs: BlobStore;
}

/** `Media` of a message: list, fetch, delete, and the content itself. */
export function mediaRoutes(options: MediaRoutesOptions): Route[] {
  return [listRoute(options), fetchRoute(options), deleteRoute(options), contentRoute(options)];
}

type FoundMedium = Medium & { readonly message: Readonly<Message> };

interface MediumPath {
  readonly accountSid: string;
  readonly messageSid: string;
  readonly sid: string;
}

async function findMedium({ deps }: MediaRoutesOptions, path: MediumPath): Promise<FoundMedium | undefined> {
  const message = await findMessage(deps, { accountSid: path.accountSid, sid: path.messageSid });
  const medium = message?.media?.find((candidate) => candidate.sid === path.sid);
  return message === undefined || medium === undefined ? undefined : { ...medium, message };
}

function listRoute(options: MediaRoutesOptions): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListMedia",
    summary: "List the media of a message",
    collection: "media_list",
    parameters: { DateCreated: dateFilter({}) },
    page: async ({ call, limit, cursor, direction }) => {
      const { accountSid, path, params } = call;
      const message = await findMessage(options.deps, { accountSid, sid: path.MessageSid });
      if (message === undefined) throw call.notFound();
      const media = isWithin(message.createdMs, params.DateCreated) ? (message.media ?? []) : [];
      const place = cursor === undefined ? -1 : media.findIndex((medium) => medium.sid === cursor);
      // The medium of the cursor was deleted meanwhile, or never was.
      if (cursor !== undefined && place === -1) throw call.notFound();
      const start = direction === "next" ? place + 1 : Math.max(0, place - limit);
      const end = direction === "next" ? start + limit : place;
      const records = media.slice(start, end).map((medium): FoundMedium => ({ ...medium, message }));
      return {
        records,
        nextCursor: end < media.length ? records.at(-1)?.sid : undefined,
        previousCursor: start > 0 ? records[0]?.sid : undefined,
      };
    },
    view: viewMedium,
  });
}

/** Media are as old as their message. */
function isWithin(atMs: number, range: DateRange | undefined): boolean {
  return atMs >= (range?.fromMs ?? 0) && atMs < (range?.untilMs ?? Infinity);
}

function fetchRoute(options: MediaRoutesOptions): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchMedia",
    summary: "Fetch what is known of a medium",
    success: 200,
    run: async (call) => {
      const { MessageSid: messageSid, Sid: sid } = call.path;
      const medium = await findMedium(options, { accountSid: call.accountSid, messageSid, sid });
      if (medium === undefined) throw call.notFound();
      return medium;
    },
    view: viewMedium,
  });
}

function deleteRoute(options: MediaRoutesOptions): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: ITEM,
    operationId: "DeleteMedia",
    summary: "Delete a medium and its content",
    success: 204,
    run: async (call) => {
      const { MessageSid: messageSid, Sid: sid } = call.path;
      const medium = await findMedium(options, { accountSid: call.accountSid, messageSid, sid });
      if (medium === undefined) throw call.notFound();
      await removeMedium(options, medium.message, medium.sid);
    },
  });
}

/**
 * The bytes, for anybody who knows the address: the link goes out in texts, and its two
 * SIDs cannot be guessed.
 */
function contentRoute(options: MediaRoutesOptions): Route {
  return defineContentRoute({
    ...common,
    access: "public",
    method: "GET",
    bare: true,
    path: ITEM,
    operationId: "FetchMediaContent",
    summary: "The content of a medium",
    run: async (call) => {
      const { AccountSid: accountSid, MessageSid: messageSid, Sid: sid } = call.path;
      const medium = await findMedium(options, { accountSid, messageSid, sid });
      if (medium === undefined) throw call.notFound();
      const stored = await options.blobs.get(mediumKey(medium.message, medium.sid));
      if (stored === undefined) throw call.notFound();
      return contentOf(medium, stored.content);
    },
  });
}

/** Nothing that a customer had fetched may run as a page of this server. */
function contentOf(medium: Medium, content: Uint8Array): HttpResponse {
  const headers = [
    "Content-Type",
    medium.contentType,
    "X-Content-Type-Options",
    "nosniff",
    "Content-Security-Policy",
    "default-src 'none'; sandbox",
    "Cache-Control",
    "private, max-age=3600",
  ];
  if (!isPicture(medium.contentType)) headers.push("Content-Disposition", "attachment");
  return { status: 200, headers, body: content };
}
