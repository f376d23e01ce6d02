import { iso8601 } from "../../kernel/time.ts";
import { AppError } from "../../kernel/errors.ts";
import {
  defineListRoute,
  defineRoute,
  enumeration,
  pageBySid,
  sid,
  type Call,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import { countryOf } from "../../protocols/e164/index.ts";
import { addChannelSender, senderReleased, takeOut } from "./change-pool.ts";
import {
  findChannelSender,
  insertChannelSender,
  listChannelSenders,
  removeChannelSender,
  writeChannelSender,
} from "./channel-sender.store.ts";
import { CHANNELS, readChanges, readSenderId, viewChannelSender, type ChannelSender } from "./channel-sender.ts";
import type { ServicesDeps } from "./deps.ts";
import { serviceErrors } from "./errors.ts";
import { listMembers, memberBySid } from "./member.store.ts";
import type { PoolMember } from "./pool-member.ts";
import { findService } from "./service.store.ts";

const common = { product: "messaging", access: "account" } as const;
const IN_POOL = "/v1/Services/{MessagingServiceSid}/ChannelSenders";
const LIST = "/v2/Channels/Senders";
const ITEM = "/v2/Channels/Senders/{Sid}";

/** `Services/{MessagingServiceSid}/ChannelSenders` (v1) and `Channels/Senders` (v2). */
export function channelSenderRoutes(deps: ServicesDeps): Route[] {
  return [...poolRoutes(deps), createRoute(deps), listRoute(deps), ...itemRoutes(deps)];
}

/** As the API writes a sender's type. */
const TYPES: Readonly<Record<string, string>> = { whatsapp: "WhatsApp", rcs: "RCS", messenger: "Messenger" };

function viewInPool(member: PoolMember, { baseUrl }: Pick<Call, "baseUrl">): JsonObject {
  const { sid: senderSid, accountSid, serviceSid, address, createdMs, updatedMs } = member;
  const [channel = "", name = ""] = address.split(":");
  return {
    account_sid: accountSid,
    country_code: name.startsWith("+") ? (countryOf(name) ?? null) : null,
    date_created: iso8601(createdMs),
    date_updated: iso8601(updatedMs),
    messaging_service_sid: serviceSid,
    sender: address,
    sender_type: TYPES[channel] ?? channel,
    sid: senderSid,
    url: `${baseUrl}/v1/Services/${serviceSid}/ChannelSenders/${senderSid}`,
  };
}

function poolRoutes(deps: ServicesDeps): Route[] {
  const shared = { ...common, tag: "ChannelSenders" } as const;
  return [
    defineRoute({
      ...shared,
      method: "POST",
      path: IN_POOL,
      operationId: "CreateChannelSender",
      summary: "Add a sender of a channel to the pool",
      success: 201,
      creates: true,
      errors: Object.values(serviceErrors),
      parameters: { Sid: sid({ prefix: "XE", required: true, invalid: serviceErrors.numberUnknown }) },
      run: async (call) => {
        const { accountSid, path, params } = call;
        const added = await addChannelSender(deps, { accountSid, serviceSid: path.MessagingServiceSid }, params.Sid);
        if (added === undefined) throw call.notFound();
        return added;
      },
      view: viewInPool,
    }),
    defineListRoute({
      ...shared,
      path: IN_POOL,
      operationId: "ListChannelSender",
      summary: "List the pool's senders of channels",
      collection: "senders",
      page: async ({ call, ...slice }) => {
        const { accountSid, path } = call;
        const serviceSid = path.MessagingServiceSid;
        if ((await findService(deps.database, { accountSid, sid: serviceSid })) === undefined) throw call.notFound();
        return pageBySid(slice, (part) =>
          listMembers(deps.database, { accountSid, serviceSid, kind: "channel" }, part),
        );
      },
      view: viewInPool,
    }),
    defineRoute({
      ...shared,
      method: "GET",
      path: `${IN_POOL}/{Sid}`,
      operationId: "FetchChannelSender",
      summary: "Fetch a sender of a channel of the pool",
      success: 200,
      run: async (call) => {
        const member = await memberBySid(deps.database, { accountSid: call.accountSid, sid: call.path.Sid });
        const isHere = member?.serviceSid === call.path.MessagingServiceSid && member.kind === "channel";
        if (!isHere) throw call.notFound();
        return member;
      },
      view: viewInPool,
    }),
    defineRoute({
      ...shared,
      method: "DELETE",
      path: `${IN_POOL}/{Sid}`,
      operationId: "DeleteChannelSender",
      summary: "Take a sender of a channel out of the pool",
      success: 204,
      run: async (call) => {
        const target = { accountSid: call.accountSid, serviceSid: call.path.MessagingServiceSid };
        if (!(await takeOut(deps, target, { sid: call.path.Sid, kind: "channel" }))) throw call.notFound();
      },
    }),
  ];
}

function viewer({ channelConnected = () => false }: ServicesDeps) {
  return (sender: ChannelSender, { baseUrl }: Pick<Call, "baseUrl">): JsonObject =>
    viewChannelSender(sender, baseUrl, channelConnected(sender.channel));
}

function createRoute(deps: ServicesDeps): Route {
  return defineRoute({
    ...common,
    tag: "Senders",
    method: "POST",
    path: LIST,
    operationId: "CreateChannelsSender",
    summary: "Register a sender of a channel; it is OFFLINE until the channel is connected to this server",
    success: 202,
    creates: true,
    body: "json",
    errors: [serviceErrors.senderIdInvalid, serviceErrors.senderKnown, serviceErrors.fieldInvalid],
    run: async ({ accountSid, json }) => {
      const { channel, senderId } = readSenderId(json);
      const wanted = { sid: deps.mintSid("XE"), accountSid, channel, senderId, ...readChanges(json) };
      const sender = await insertChannelSender(deps.database, wanted, deps.clock.nowMs());
      if (sender === undefined) throw new AppError(serviceErrors.senderKnown, { value: senderId });
      return sender;
    },
    view: viewer(deps),
  });
}

function listRoute(deps: ServicesDeps): Route {
  return defineListRoute({
    ...common,
    tag: "Senders",
    path: LIST,
    operationId: "ListChannelsSender",
    summary: "List the account's senders of a channel, newest first",
    collection: "senders",
    parameters: { Channel: enumeration({ values: CHANNELS, required: true, summary: "The channel." }) },
    page: ({ call: { accountSid, params }, ...slice }) =>
      pageBySid(slice, (part) => listChannelSenders(deps.database, { accountSid, channel: params.Channel }, part)),
    view: viewer(deps),
  });
}

function itemRoutes(deps: ServicesDeps): Route[] {
  const shared = { ...common, tag: "Senders" } as const;
  return [
    defineRoute({
      ...shared,
      method: "GET",
      path: ITEM,
      operationId: "FetchChannelsSender",
      summary: "Fetch a sender of a channel",
      success: 200,
      run: async (call) => {
        const sender = await findChannelSender(deps.database, { accountSid: call.accountSid, sid: call.path.Sid });
        if (sender === undefined) throw call.notFound();
        return sender;
      },
      view: viewer(deps),
    }),
    defineRoute({
      ...shared,
      method: "POST",
      path: ITEM,
      operationId: "UpdateChannelsSender",
      summary: "Change a sender of a channel: what is named is set, the rest stays",
      success: 202,
      body: "json",
      errors: [serviceErrors.fieldInvalid],
      run: async (call) => {
        const target = { accountSid: call.accountSid, sid: call.path.Sid };
        const changes = { ...readChanges(call.json), atMs: deps.clock.nowMs() };
        const sender = await writeChannelSender(deps.database, target, changes);
        if (sender === undefined) throw call.notFound();
        return sender;
      },
      view: viewer(deps),
    }),
    defineRoute({
      ...shared,
      method: "DELETE",
      path: ITEM,
      operationId: "DeleteChannelsSender",
      summary: "Delete a sender of a channel; it leaves the pool that it is in",
      success: 204,
      run: async (call) => {
        const target = { accountSid: call.accountSid, sid: call.path.Sid };
        if (!(await removeChannelSender(deps.database, target))) throw call.notFound();
        await senderReleased(deps, target);
      },
    }),
  ];
}
