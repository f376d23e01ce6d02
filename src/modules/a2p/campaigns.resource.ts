import { AppError } from "../../kernel/errors.ts";
import { iso8601 } from "../../kernel/time.ts";
import {
  boolean,
  defineListRoute,
  defineRoute,
  pageBySid,
  sid,
  text,
  type Call,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import { checkKeywords, onceParameters, orNull, readCampaignText, textParameters } from "./campaign-parameters.ts";
import { viewCampaign } from "./campaign.view.ts";
import type { Campaign } from "./campaign.ts";
import type { A2pDeps } from "./deps.ts";
import { a2pErrors } from "./errors.ts";
import { endCampaign, findCampaign, importCampaign, registerCampaign, updateCampaign } from "./register-campaign.ts";
import { brandStore, campaignStore } from "./stores.ts";
import { SOLE_PROPRIETOR_USECASE, USECASES, type Usecase } from "./usecases.ts";

const LIST = "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p";
const ITEM = "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p/{Sid}";
const MAX_CODE_CHARACTERS = 64;
const MAX_CAMPAIGN_ID_CHARACTERS = 64;
/** Description, flow and five samples, percent-encoded at the worst. */
const MAX_BODY_OCTETS = 262_144;
const common = { product: "messaging", tag: "UsAppToPerson", access: "account" } as const;

/** What is answered to keywords where a customer says nothing of it. */
const DEFAULTS = {
  optOutMessage: "You are unsubscribed and will get no more messages. Reply START to subscribe again.",
  helpMessage: "Reply STOP to unsubscribe. Message and data rates may apply.",
  optOutKeywords: ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"],
  helpKeywords: ["HELP", "INFO"],
} as const;

/** `Usa2p`: what a Messaging Service sends to the United States, for whom. */
export function campaignRoutes(deps: A2pDeps): Route[] {
  return [
    createRoute(deps),
    listRoute(deps),
    usecasesRoute(deps),
    fetchRoute(deps),
    updateRoute(deps),
    deleteRoute(deps),
    importRoute(deps),
  ];
}

interface ServiceCall {
  readonly accountSid: string;
  readonly path: { readonly MessagingServiceSid: string };
  notFound(): AppError;
}

/** The service in the path. Throws where the account has none of that SID. */
function serviceOf({ services }: A2pDeps, call: ServiceCall): string {
  const { MessagingServiceSid } = call.path;
  if (services.service(call.accountSid, MessagingServiceSid) === undefined) throw call.notFound();
  return MessagingServiceSid;
}

const viewOf =
  ({ book }: A2pDeps) =>
  (campaign: Campaign, { baseUrl, request }: Pick<Call, "baseUrl" | "request">): JsonObject =>
    viewCampaign(campaign, { baseUrl, request, throughput: book.throughput(campaign.content.serviceSid) });

function createRoute(deps: A2pDeps): Route {
  const { invalid, missing } = textParameters.Description;
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateUsAppToPerson",
    summary: "Register the campaign of a Messaging Service",
    success: 201,
    creates: true,
    maxBodyOctets: MAX_BODY_OCTETS,
    errors: Object.values(a2pErrors),
    parameters: {
      ...textParameters,
      ...onceParameters,
      BrandRegistrationSid: sid({ prefix: "BN", required: true, missing, summary: "The approved brand." }),
      UsAppToPersonUsecase: text({
        required: true,
        missing,
        invalid,
        maxCharacters: MAX_CODE_CHARACTERS,
        summary: "What it is for: see `Usecases`.",
      }),
    },
    run: (call) => {
      const { params, accountSid } = call;
      const serviceSid = serviceOf(deps, call);
      const { OptInKeywords, OptOutKeywords, HelpKeywords } = params;
      checkKeywords({ OptInKeywords, OptOutKeywords, HelpKeywords });
      return registerCampaign(deps, {
        ...readCampaignText(params),
        accountSid,
        serviceSid,
        brandSid: params.BrandRegistrationSid,
        usecase: params.UsAppToPersonUsecase,
        subscriberOptIn: params.SubscriberOptIn,
        optInMessage: orNull(params.OptInMessage),
        optOutMessage: orNull(params.OptOutMessage) ?? DEFAULTS.optOutMessage,
        helpMessage: orNull(params.HelpMessage) ?? DEFAULTS.helpMessage,
        optInKeywords: OptInKeywords,
        optOutKeywords: OptOutKeywords.length === 0 ? DEFAULTS.optOutKeywords : OptOutKeywords,
        helpKeywords: HelpKeywords.length === 0 ? DEFAULTS.helpKeywords : HelpKeywords,
      });
    },
    view: viewOf(deps),
  });
}

function listRoute(deps: A2pDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListUsAppToPerson",
    summary: "List the campaigns of a Messaging Service",
    collection: "compliance",
    page: ({ call, ...slice }) => {
      const filters = [["t.content->>'serviceSid' = ?", serviceOf(deps, call)]] as const;
      const filter = { accountSids: [call.accountSid], filters };
      return pageBySid(slice, (part) => campaignStore.list(deps.database, filter, part));
    },
    view: viewOf(deps),
  });
}

function usecasesRoute(deps: A2pDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p/Usecases",
    operationId: "FetchUsAppToPersonUsecase",
    summary: "Fetch what campaigns can be for, all or those of a brand",
    success: 200,
    errors: [a2pErrors.brandNotValid],
    parameters: { BrandRegistrationSid: sid({ prefix: "BN", summary: "Only what this brand can have." }) },
    run: async (call) => {
      serviceOf(deps, call);
      const { BrandRegistrationSid: brandSid = "" } = call.params;
      if (brandSid === "") return USECASES;
      const brand = await brandStore.find(deps.database, { accountSid: call.accountSid, sid: brandSid });
      if (brand === undefined) {
        throw new AppError(a2pErrors.brandNotValid, { value: brandSid, reason: "there is no such brand" });
      }
      return brand.content.brandType === "SOLE_PROPRIETOR" ? [SOLE_PROPRIETOR_USECASE] : USECASES;
    },
    view: (usecases) => ({ us_app_to_person_usecases: usecases.map(viewUsecase) }),
  });
}

function viewUsecase({ code, name, description, postApproval }: Usecase): JsonObject {
  return { code, name, description, post_approval_required: postApproval };
}

function fetchRoute(deps: A2pDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchUsAppToPerson",
    summary: "Fetch a campaign",
    success: 200,
    run: async (call) => {
      const serviceSid = serviceOf(deps, call);
      const { accountSid, path } = call;
      const campaign = await findCampaign(deps.database, { accountSid, serviceSid, sid: path.Sid });
      if (campaign === undefined) throw call.notFound();
      return campaign;
    },
    view: viewOf(deps),
  });
}

function updateRoute(deps: A2pDeps): Route {
  const required = { required: true, missing: a2pErrors.campaignParameterMissing } as const;
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateUsAppToPerson",
    summary: "Change a campaign that has failed and submit it again",
    success: 200,
    maxBodyOctets: MAX_BODY_OCTETS,
    errors: Object.values(a2pErrors),
    parameters: { ...textParameters, AgeGated: boolean(required), DirectLending: boolean(required) },
    run: async (call) => {
      const serviceSid = serviceOf(deps, call);
      const target = { accountSid: call.accountSid, serviceSid, sid: call.path.Sid };
      const campaign = await updateCampaign(deps, target, readCampaignText(call.params));
      if (campaign === undefined) throw call.notFound();
      return campaign;
    },
    view: viewOf(deps),
  });
}

function deleteRoute(deps: A2pDeps): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: ITEM,
    operationId: "DeleteUsAppToPerson",
    summary: "End a campaign; its senders are not registered any more",
    success: 204,
    errors: [a2pErrors.campaignSuspended],
    run: async (call) => {
      const { accountSid, path } = call;
      const target = { accountSid, serviceSid: path.MessagingServiceSid, sid: path.Sid };
      if (!(await endCampaign(deps, target))) throw call.notFound();
    },
  });
}

function importRoute(deps: A2pDeps): Route {
  return defineRoute({
    ...common,
    tag: "ExternalCampaign",
    method: "POST",
    path: "/v1/Services/PreregisteredUsa2p",
    operationId: "CreateExternalCampaign",
    summary: "Connect a campaign that was registered elsewhere with a Messaging Service",
    success: 201,
    creates: true,
    errors: [a2pErrors.serviceUnknown, a2pErrors.campaignExists, a2pErrors.tooMany],
    parameters: {
      CampaignId: text({
        required: true,
        maxCharacters: MAX_CAMPAIGN_ID_CHARACTERS,
        summary: "The registry's id of it.",
      }),
      MessagingServiceSid: sid({ prefix: "MG", required: true, summary: "The service that sends it." }),
      CnpMigration: boolean({ default: false, summary: "It moves here from another provider of connections." }),
    },
    run: ({ accountSid, params }) => {
      const { CampaignId: campaignId, MessagingServiceSid: serviceSid, CnpMigration: isMigration } = params;
      if (deps.services.service(accountSid, serviceSid) === undefined) {
        throw new AppError(a2pErrors.serviceUnknown, { value: serviceSid });
      }
      return importCampaign(deps, { accountSid, serviceSid, campaignId, isMigration });
    },
    view: ({ sid: campaignSid, accountSid, createdMs, content }) => ({
      sid: campaignSid,
      account_sid: accountSid,
      campaign_id: content.campaignId,
      messaging_service_sid: content.serviceSid,
      date_created: iso8601(createdMs),
    }),
  });
}
