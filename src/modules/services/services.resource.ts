import { AppError } from "../../kernel/errors.ts";
import {
  boolean,
  defineListRoute,
  defineRoute,
  enumeration,
  INVALID_PARAMETER,
  integer,
  MISSING_PARAMETER,
  pageBySid,
  text,
  url,
  type Call,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import { createService, deleteService, updateService } from "./change-service.ts";
import type { ServicesDeps } from "./deps.ts";
import { serviceErrors } from "./errors.ts";
import { findService, listServices } from "./service.store.ts";
import { changesOf, MAX_VALIDITY_PERIOD, USECASES, type Service } from "./service.ts";
import { viewService } from "./service.view.ts";

const LIST = "/v1/Services";
const ITEM = "/v1/Services/{Sid}";
const common = { product: "messaging", tag: "Services", access: "account" } as const;
const MAX_NAME_CHARACTERS = 64;

const webhook = (summary: string) => url({ invalid: serviceErrors.urlInvalid, summary });
const method = () => enumeration({ values: ["GET", "POST"], invalid: serviceErrors.methodInvalid });
const NAME = { maxCharacters: MAX_NAME_CHARACTERS, summary: "A name of the account's own." } as const;

/** Everything that can be set on a service, beside its name. */
const settable = {
  InboundRequestUrl: webhook("Asked for TwiML when a text arrives at a sender of the service."),
  InboundMethod: method(),
  FallbackUrl: webhook("Asked when InboundRequestUrl fails."),
  FallbackMethod: method(),
  StatusCallback: webhook("Told of the state of messages that the service sends."),
  StickySender: boolean({ summary: "A recipient is always written to by the same sender. On by default." }),
  MmsConverter: boolean({ summary: "Media become links in a text where they cannot be sent. On by default." }),
  SmartEncoding: boolean({ summary: "Characters that make a text longer are replaced by like ones. On by default." }),
  ScanMessageContent: enumeration({ values: ["inherit", "enable", "disable"], summary: "Stored and shown." }),
  FallbackToLongCode: boolean({ summary: "What fails from a short code is sent once more from a number." }),
  AreaCodeGeomatch: boolean({ summary: "A number of the recipient's area code is preferred. On by default." }),
  ValidityPeriod: integer({ min: 1, max: MAX_VALIDITY_PERIOD, summary: "Seconds that a message waits at most." }),
  SynchronousValidation: boolean({ summary: "Stored and shown." }),
  UseInboundWebhookOnNumber: boolean({ summary: "Texts go to the webhook of the number that they arrive at." }),
  Usecase: enumeration({ values: USECASES, invalid: serviceErrors.usecaseInvalid, summary: "What it is for." }),
};

/** `Services`: create, list, fetch, update, delete, and what they can be for. */
export function serviceRoutes(deps: ServicesDeps): Route[] {
  return [createRoute(deps), listRoute(deps), usecasesRoute(), fetchRoute(deps), updateRoute(deps), deleteRoute(deps)];
}

function viewer({ isRegistered = () => false }: ServicesDeps) {
  return (service: Service, { baseUrl }: Pick<Call, "baseUrl">): JsonObject =>
    viewService(service, baseUrl, isRegistered(service.accountSid, service.sid));
}

function createRoute(deps: ServicesDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateService",
    summary: "Make a Messaging Service",
    success: 201,
    creates: true,
    errors: Object.values(serviceErrors),
    parameters: { FriendlyName: text({ required: true, missing: MISSING_PARAMETER, ...NAME }), ...settable },
    run: ({ accountSid, params }) => createService(deps, { accountSid, changes: changesOf(params) }),
    view: viewer(deps),
  });
}

function listRoute(deps: ServicesDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListService",
    summary: "List the account's Messaging Services, newest first",
    collection: "services",
    page: ({ call: { accountSid }, ...slice }) =>
      pageBySid(slice, (part) => listServices(deps.database, accountSid, part)),
    view: viewer(deps),
  });
}

function fetchRoute(deps: ServicesDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchService",
    summary: "Fetch a Messaging Service",
    success: 200,
    run: async (call) => {
      const service = await findService(deps.database, { accountSid: call.accountSid, sid: call.path.Sid });
      if (service === undefined) throw call.notFound();
      return service;
    },
    view: viewer(deps),
  });
}

function updateRoute(deps: ServicesDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateService",
    summary: "Change a Messaging Service",
    success: 200,
    errors: Object.values(serviceErrors),
    parameters: { FriendlyName: text(NAME), ...settable },
    run: async (call) => {
      const { accountSid, path, params } = call;
      if (params.FriendlyName === "") {
        throw new AppError(INVALID_PARAMETER, { parameter: "FriendlyName", value: "", reason: "it is empty" });
      }
      const service = await updateService(deps, { accountSid, sid: path.Sid }, changesOf(params));
      if (service === undefined) throw call.notFound();
      return service;
    },
    view: viewer(deps),
  });
}

function deleteRoute(deps: ServicesDeps): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: ITEM,
    operationId: "DeleteService",
    summary: "Delete a Messaging Service; its numbers stay the account's",
    success: 204,
    run: async (call) => {
      if (!(await deleteService(deps, { accountSid: call.accountSid, sid: call.path.Sid }))) throw call.notFound();
    },
  });
}

/** What services can be for. */
const USECASE_TEXTS: Readonly<Record<(typeof USECASES)[number], { description: string; purpose: string }>> = {
  notifications: {
    description: "Notices and alerts that follow from what somebody did: deliveries, accounts, reminders, security.",
    purpose: "Notify my users.",
  },
  marketing: {
    description: "Products, offers and other messages that invite people to buy or take part.",
    purpose: "Market my services.",
  },
  verification: { description: "One-time codes that prove who somebody is.", purpose: "Verify users." },
  discussion: {
    description: "Conversations of people with each other or with a business.",
    purpose: "Engage in a discussion.",
  },
  poll: { description: "Questions to many people, and the count of their answers.", purpose: "Poll my audience." },
  undeclared: { description: "A purpose that was not declared.", purpose: "Not declared." },
};

function usecasesRoute(): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: "/v1/Services/Usecases",
    operationId: "FetchUsecase",
    summary: "What Messaging Services can be for",
    success: 200,
    run: () => USECASES,
    view: (usecases) => ({ usecases: usecases.map((usecase) => ({ usecase, ...USECASE_TEXTS[usecase] })) }),
  });
}
