import { iso8601 } from "../../kernel/time.ts";
import { headerOf, type HttpRequest, type JsonObject } from "../../platform/http/index.ts";
import type { Campaign } from "./campaign.ts";
import { viewErrors } from "./error-views.ts";
import { attPerSecond, type Throughput } from "./throughput.ts";

/** How a campaign is shown. */
export interface CampaignViewing {
  readonly baseUrl: string;
  readonly request: HttpRequest;
  readonly throughput: Throughput | undefined;
}

/** The version of the API that knows a campaign's privacy policy and terms. */
const VERSION_HEADER = "x-twilio-api-version";

/** `Usa2p`: a campaign. Two fields are only shown to clients that ask for a version of the API. */
export function viewCampaign(campaign: Campaign, { baseUrl, request, throughput }: CampaignViewing): JsonObject {
  const { sid, accountSid, createdMs, updatedMs, content } = campaign;
  const { status } = content;
  const isDecided = status === "VERIFIED" || status === "SUSPENDED";
  return {
    sid,
    account_sid: accountSid,
    brand_registration_sid: content.brandSid,
    messaging_service_sid: content.serviceSid,
    description: content.description,
    message_samples: [...content.samples],
    us_app_to_person_usecase: content.usecase,
    has_embedded_links: content.hasLinks,
    has_embedded_phone: content.hasPhone,
    subscriber_opt_in: content.subscriberOptIn,
    age_gated: content.ageGated,
    direct_lending: content.directLending,
    campaign_status: status,
    campaign_id: content.campaignId,
    is_externally_registered: content.isExternal,
    rate_limits: isDecided && throughput !== undefined ? viewLimits(throughput) : null,
    message_flow: content.messageFlow,
    opt_in_message: content.optInMessage,
    opt_out_message: content.optOutMessage,
    help_message: content.helpMessage,
    opt_in_keywords: [...content.optInKeywords],
    opt_out_keywords: [...content.optOutKeywords],
    help_keywords: [...content.helpKeywords],
    date_created: iso8601(createdMs),
    date_updated: iso8601(updatedMs),
    url: `${baseUrl}/v1/Services/${content.serviceSid}/Compliance/Usa2p/${sid}`,
    mock: content.isMock,
    errors: viewErrors(content.errors),
    ...(headerOf(request.headers, VERSION_HEADER) === undefined
      ? {}
      : { privacy_policy_url: content.privacyPolicyUrl, terms_and_conditions_url: content.termsUrl }),
  };
}

function viewLimits(throughput: Throughput): JsonObject {
  return {
    att: { mps: attPerSecond(throughput), msg_class: throughput.messageClass },
    tmobile: { brand_tier: throughput.brandTier },
  };
}
