import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { testAuthority } from "../kit/certificates.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { DescribedApi, hasDescriptions, type CallInput } from "./described-api.ts";
import { forwardedClient } from "./sdk-clients.ts";
import { approveProfiles, CAMPAIGN, VERIFICATION, type ApprovedProfiles } from "./trust-samples.ts";

const numbers = [
  { number: "+12125550101" },
  { number: "+18335550102", type: "tollfree" },
  { number: "55501", type: "shortcode", mms: false, voice: false },
];

/** Absent at first, or where the description's own example says "or null", although it does not say `nullable`. */
const NULLS = [
  "BrandRegistrations .identity_status: is null",
  "PortingPortIn .losing_carrier_information.address.street_2: is null",
];

/** No price of calls or trunks is known here, so there is no country to fetch. */
const WITHOUT_PRICES = [
  ["FetchVoiceV1Country", { IsoCountry: "US" }],
  ["FetchVoiceV1Number", { Number: "+12125550101" }],
  ["FetchVoiceCountry", { IsoCountry: "US" }],
  ["FetchVoiceNumber", { DestinationNumber: "+12125550101" }],
  ["FetchTrunkingCountry", { IsoCountry: "US" }],
  ["FetchTrunkingNumber", { DestinationNumber: "+12125550101" }],
] as const;

const skip = hasDescriptions() ? false : "the API descriptions (../shared/specs/twilio) are not beside the repository";

describe("every served operation of the other products answers as it is described", { skip }, () => {
  let system: SystemProcess;
  let api: DescribedApi;
  let profiles: ApprovedProfiles;
  let service = "";
  const numberSids = new Map<string, string>();

  before(async () => {
    const config = { numbers, simulator: { enabled: true }, a2p: { simulatedReviewMs: 50 } };
    system = await startSystemProcess({ config });
    api = await DescribedApi.read(system, ["messaging", "trusthub", "numbers", "pricing"]);
    const client = forwardedClient(system);
    for (const { phoneNumber, sid } of await client.incomingPhoneNumbers.list()) numberSids.set(phoneNumber, sid);
    profiles = await approveProfiles(client);
  });

  after(() => system.stop());

  const numberSid = (number: string): string => numberSids.get(number) ?? "";
  const create = async (product: string, noun: string, input: CallInput): Promise<string> =>
    (await api.call(product, `Create${noun}`, input)).text("sid");
  /** Fetches until a field has a value. */
  const becomes = (
    operation: string,
    path: Readonly<Record<string, string>>,
    [name, value]: readonly [string, string],
  ) =>
    waitFor(`${operation} to show ${value}`, async () => {
      const [product = "", operationId = ""] = operation.split(" ");
      return (await api.call(product, operationId, { path })).get(name) === value;
    });

  it("services and their pools", async () => {
    const form = { FriendlyName: "Shop", InboundRequestUrl: "https://example.org", Usecase: "notifications" };
    service = await create("messaging", "Service", { form });
    const path = { Sid: service, ServiceSid: service, MessagingServiceSid: service };
    await api.call("messaging", "ListService");
    await api.call("messaging", "FetchService", { path });
    await api.call("messaging", "UpdateService", { path, form: { StickySender: "false" } });
    await api.call("messaging", "FetchUsecase");
    const pool = async (
      noun: string,
      given: Readonly<Record<string, string>>,
      filter: Readonly<Record<string, string>> = {},
    ) => {
      const Sid = await create("messaging", noun, { path, form: given });
      await api.call("messaging", `List${noun}`, { path, query: filter });
      await api.call("messaging", `Fetch${noun}`, { path: { ...path, Sid } });
      await api.call("messaging", `Delete${noun}`, { path: { ...path, Sid } });
    };
    await pool("PhoneNumber", { PhoneNumberSid: numberSid("+12125550101") });
    const shortCodeSid = (await forwardedClient(system).shortCodes.list())[0]?.sid ?? "";
    await pool("ShortCode", { ShortCodeSid: shortCodeSid });
    await pool("AlphaSender", { AlphaSender: "Shop" });
    await pool("DestinationAlphaSender", { AlphaSender: "Shop", IsoCountryCode: "GB" });
    const json = { sender_id: "whatsapp:+12125550101", profile: { name: "Shop" } };
    const channel = (await api.call("messaging", "CreateChannelsSender", { json })).text("sid");
    await api.call("messaging", "ListChannelsSender", { query: { Channel: "whatsapp" } });
    await api.call("messaging", "FetchChannelsSender", { path: { Sid: channel } });
    const changes = { profile: { name: "The shop" } };
    await api.call("messaging", "UpdateChannelsSender", { path: { Sid: channel }, json: changes });
    await pool("ChannelSender", { Sid: channel });
    await api.call("messaging", "DeleteChannelsSender", { path: { Sid: channel } });
    await api.call("messaging", "FetchDeactivation", { query: { Date: "2025-01-31" } });
  });

  it("link shortening", async () => {
    const domain = await fetch(`${system.baseUrl}/trunkline/v1/LinkDomains`, {
      method: "POST",
      headers: { Authorization: `Basic ${btoa(`${system.accountSid}:${system.authToken}`)}` },
      body: new URLSearchParams({ DomainName: "go.example.com" }),
    });
    const { sid: DomainSid } = (await domain.json()) as { sid: string };
    const path = { DomainSid, MessagingServiceSid: service };
    const call = (operationId: string, form = {}) => api.call("messaging", operationId, { path, form });
    const { cert, key } = testAuthority(Date.now()).issue(["go.example.com"]);
    await call("UpdateDomainCertV4", { TlsCert: cert + key });
    await call("FetchDomainCertV4");
    await call("FetchDomainCertV4V2");
    await call("UpdateDomainConfig", { FallbackUrl: "https://example.org", CallbackUrl: "https://example.org/clicks" });
    await call("FetchDomainConfig");
    await call("CreateLinkshorteningMessagingService");
    await call("FetchLinkshorteningMessagingServiceDomainAssociation");
    await call("FetchDomainConfigMessagingService");
    await call("FetchDomainDnsValidation");
    await call("DeleteLinkshorteningMessagingService");
    await call("DeleteDomainCertV4");
    // There is no authority to get one from.
    await api.refused("messaging", "UpdateRequestManagedCert", { code: 20001, path });
  });

  it("profiles, trust products and what belongs to them", async () => {
    for (const noun of ["Policies", "EndUserType", "SupportingDocumentType"]) {
      const collection = {
        Policies: "results",
        EndUserType: "end_user_types",
        SupportingDocumentType: "supporting_document_types",
      };
      const [Sid = ""] = (await api.call("trusthub", `List${noun}`)).sids(collection[noun as keyof typeof collection]);
      await api.call("trusthub", `Fetch${noun}`, { path: { Sid } });
    }
    const endUser = await create("trusthub", "EndUser", {
      form: {
        FriendlyName: "one",
        Type: "authorized_representative_1",
        Attributes: JSON.stringify({ first_name: "Ada" }),
      },
    });
    const document = await create("trusthub", "SupportingDocument", {
      form: { FriendlyName: "one", Type: "customer_profile_address", Attributes: "{}" },
    });
    for (const [noun, Sid] of [
      ["EndUser", endUser],
      ["SupportingDocument", document],
    ] as const) {
      await api.call("trusthub", `List${noun}`);
      await api.call("trusthub", `Fetch${noun}`, { path: { Sid } });
      await api.call("trusthub", `Update${noun}`, { path: { Sid }, form: { FriendlyName: "renamed" } });
    }
    await api.call("trusthub", "CreateCustomerProfileChannelEndpointAssignment", {
      path: { CustomerProfileSid: profiles.customer },
      form: { ChannelEndpointType: "phone-number", ChannelEndpointSid: numberSid("+12125550101") },
    });
    const kinds = [
      ["CustomerProfile", "RN6433641899984f951173ef1738c3bdd0"],
      ["TrustProduct", "RNb0d4771c2c98518d916a3d4cd70a8f8b"],
    ] as const;
    for (const [kind, PolicySid] of kinds) {
      const sid = await create("trusthub", kind, { form: { FriendlyName: "Owl", Email: "a@owl.example", PolicySid } });
      const path = { Sid: sid, CustomerProfileSid: sid, TrustProductSid: sid };
      await api.call("trusthub", `List${kind}`);
      await api.call("trusthub", `Fetch${kind}`, { path });
      await api.call("trusthub", `Update${kind}`, { path, form: { FriendlyName: "Barn owl" } });
      const evaluation = await create("trusthub", `${kind}Evaluation`, { path, form: { PolicySid } });
      await api.call("trusthub", `List${kind}Evaluation`, { path });
      await api.call("trusthub", `Fetch${kind}Evaluation`, { path: { ...path, Sid: evaluation } });
      if (kind === "TrustProduct") {
        await api.call("trusthub", "CreateTrustProductEntityAssignment", {
          path,
          form: { ObjectSid: profiles.customer },
        });
      }
      const endpoint = { ChannelEndpointType: "phone-number", ChannelEndpointSid: numberSid("+12125550101") };
      const assigned = [
        ["EntityAssignment", { ObjectSid: endUser }],
        ["ChannelEndpointAssignment", endpoint],
      ] as const;
      for (const [noun, form] of assigned) {
        const Sid = await create("trusthub", `${kind}${noun}`, { path, form });
        await api.call("trusthub", `List${kind}${noun}`, { path });
        await api.call("trusthub", `Fetch${kind}${noun}`, { path: { ...path, Sid } });
        await api.call("trusthub", `Delete${kind}${noun}`, { path: { ...path, Sid } });
      }
      await api.call("trusthub", `Delete${kind}`, { path });
    }
    await api.call("trusthub", "DeleteEndUser", { path: { Sid: endUser } });
    await api.call("trusthub", "DeleteSupportingDocument", { path: { Sid: document } });
  });

  it("brands, campaigns and verifications", async () => {
    const bundles = { CustomerProfileBundleSid: profiles.customer, A2PProfileBundleSid: profiles.a2p };
    const brand = await create("messaging", "BrandRegistrations", { form: bundles });
    const path = { Sid: brand, BrandSid: brand, BrandRegistrationSid: brand, MessagingServiceSid: service };
    await becomes("messaging FetchBrandRegistrations", path, ["status", "APPROVED"]);
    await api.call("messaging", "ListBrandRegistrations");
    const VettingId = "cv|1.0|tcr|10dlc|9975c339-d46f-49b7-a399|GQ3tokenAXXBUNBT2AgL";
    const vetting = await api.call("messaging", "CreateBrandVetting", {
      path,
      form: { VettingProvider: "campaign-verify", VettingId },
    });
    await api.call("messaging", "ListBrandVetting", { path });
    const BrandVettingSid = vetting.text("brand_vetting_sid");
    await api.call("messaging", "FetchBrandVetting", { path: { ...path, BrandVettingSid } });
    await api.refused("messaging", "UpdateBrandRegistrations", { code: 21725, path });
    await api.refused("messaging", "CreateBrandRegistrationOtp", { code: 20001, path });
    await api.call("messaging", "FetchUsAppToPersonUsecase", { path, query: { BrandRegistrationSid: brand } });
    const form = { ...CAMPAIGN, BrandRegistrationSid: brand };
    const campaign = await create("messaging", "UsAppToPerson", { path, form });
    const place = { ...path, Sid: campaign };
    await becomes("messaging FetchUsAppToPerson", place, ["campaign_status", "VERIFIED"]);
    await api.call("messaging", "ListUsAppToPerson", { path });
    await api.call("messaging", "DeleteUsAppToPerson", { path: place });
    const wrong = { ...form, Description: `[30886] ${CAMPAIGN.Description}` };
    const failed = { ...path, Sid: await create("messaging", "UsAppToPerson", { path, form: wrong }) };
    await becomes("messaging FetchUsAppToPerson", failed, ["campaign_status", "FAILED"]);
    const right = { ...CAMPAIGN, AgeGated: "false", DirectLending: "false" };
    await api.call("messaging", "UpdateUsAppToPerson", { path: failed, form: right });
    await api.call("messaging", "DeleteUsAppToPerson", { path: failed });
    await api.call("messaging", "CreateExternalCampaign", {
      form: { CampaignId: "CABC123", MessagingServiceSid: service },
    });
    const given = { ...VERIFICATION, TollfreePhoneNumberSid: numberSid("+18335550102") };
    const verification = await create("messaging", "TollfreeVerification", {
      form: { ...given, UseCaseSummary: "[30445] Codes for signing in" },
    });
    const there = { Sid: verification };
    await becomes("messaging FetchTollfreeVerification", there, ["status", "TWILIO_REJECTED"]);
    await api.call("messaging", "ListTollfreeVerification");
    await api.call("messaging", "UpdateTollfreeVerification", { path: there, form: { UseCaseSummary: "Codes" } });
    await api.call("messaging", "DeleteTollfreeVerification", { path: there });
    await api.call("messaging", "DeleteService", { path: { Sid: service } });
  });

  it("bundles and what they are made of", async () => {
    const rules = await api.call("numbers", "ListRegulation", { query: { IsoCountry: "DE", NumberType: "local" } });
    await api.call("numbers", "FetchRegulation", { path: { Sid: rules.sids("results")[0] ?? "" } });
    for (const [noun, collection] of [
      ["EndUserType", "end_user_types"],
      ["SupportingDocumentType", "supporting_document_types"],
    ] as const) {
      const [Sid = ""] = (await api.call("numbers", `List${noun}`)).sids(collection);
      await api.call("numbers", `Fetch${noun}`, { path: { Sid } });
    }
    const attributes = JSON.stringify({ business_name: "Owl GmbH", business_registration_number: "HRB 1" });
    const endUser = await create("numbers", "EndUser", {
      form: { FriendlyName: "owl", Type: "business", Attributes: attributes },
    });
    const document = await create("numbers", "SupportingDocument", {
      form: {
        FriendlyName: "register",
        Type: "business_registration",
        Attributes: JSON.stringify({ business_name: "Owl GmbH", document_number: "HRB 1" }),
      },
    });
    const bill = await create("numbers", "SupportingDocument", {
      form: {
        FriendlyName: "bill",
        Type: "utility_bill",
        Attributes: JSON.stringify({ address_sids: [profiles.germanAddress] }),
      },
    });
    for (const [noun, Sid] of [
      ["EndUser", endUser],
      ["SupportingDocument", document],
    ] as const) {
      await api.call("numbers", `List${noun}`);
      await api.call("numbers", `Fetch${noun}`, { path: { Sid } });
      await api.call("numbers", `Update${noun}`, { path: { Sid }, form: { FriendlyName: "renamed" } });
    }
    const form = {
      FriendlyName: "DE",
      Email: "a@owl.example",
      IsoCountry: "DE",
      NumberType: "local",
      EndUserType: "business",
    };
    const sid = await create("numbers", "Bundle", { form });
    const path = { Sid: sid, BundleSid: sid };
    let assignment = "";
    for (const ObjectSid of [endUser, document, bill]) {
      assignment = await create("numbers", "ItemAssignment", { path, form: { ObjectSid } });
    }
    await api.call("numbers", "ListItemAssignment", { path });
    await api.call("numbers", "FetchItemAssignment", { path: { ...path, Sid: assignment } });
    const evaluation = await api.call("numbers", "CreateEvaluation", { path });
    assert.equal(evaluation.text("status"), "compliant", JSON.stringify(evaluation.get("results")));
    await api.call("numbers", "ListEvaluation", { path });
    await api.call("numbers", "FetchEvaluation", { path: { ...path, Sid: evaluation.text("sid") } });
    await api.call("numbers", "UpdateBundle", { path, form: { Status: "pending-review" } });
    await becomes("numbers FetchBundle", path, ["status", "twilio-approved"]);
    const copy = await create("numbers", "BundleCopy", { path, form: {} });
    await api.call("numbers", "ListBundleCopy", { path });
    await api.call("numbers", "CreateBundleClone", { path, form: { TargetAccountSid: system.accountSid } });
    await api.call("numbers", "CreateReplaceItems", { path: { BundleSid: copy }, form: { FromBundleSid: sid } });
    await api.call("numbers", "ListBundle");
    const inCopy = await api.call("numbers", "ListItemAssignment", { path: { BundleSid: copy } });
    const Sid = inCopy.sids("results")[0] ?? "";
    await api.call("numbers", "DeleteItemAssignment", { path: { BundleSid: copy, Sid } });
    await api.call("numbers", "DeleteBundle", { path: { Sid: copy } });
    for (const noun of ["EndUser", "SupportingDocument"]) {
      const attributesOfNone = {
        FriendlyName: "unused",
        Type: noun === "EndUser" ? "business" : "utility_bill",
        Attributes: "{}",
      };
      const unused = await create("numbers", noun, { form: attributesOfNone });
      await api.call("numbers", `Delete${noun}`, { path: { Sid: unused } });
    }
  });

  it("ports and sender IDs", async () => {
    await api.call("numbers", "FetchPortingPortability", { path: { PhoneNumber: "+13125550199" } });
    await api.call("numbers", "CreatePortingWebhookConfiguration", {
      json: { port_in_target_url: "https://example.org/in", notifications_of: ["PortInCompleted"] },
    });
    await api.call("numbers", "FetchPortingWebhookConfigurationFetch");
    await api.call("numbers", "DeletePortingWebhookConfigurationDelete", { path: { WebhookType: "PORT_IN" } });
    const address = { street: "1 Main St", city: "Springfield", state: "IL", zip: "62701", country: "USA" };
    const made = await api.call("numbers", "CreatePortingPortIn", {
      json: {
        account_sid: system.accountSid,
        documents: [`RD${"1".repeat(32)}`],
        phone_numbers: [{ phone_number: "+13125550199" }, { phone_number: "+13125550198" }],
        losing_carrier_information: {
          customer_name: "Ada",
          authorized_representative: "Ada L",
          authorized_representative_email: "ada@example.org",
          address,
        },
      },
    });
    const path = { PortInRequestSid: made.text("port_in_request_sid") };
    const fetched = await api.call("numbers", "FetchPortingPortIn", { path });
    await api.call("numbers", "ListPortInRequests");
    const [number] = fetched.get("phone_numbers") as { port_in_phone_number_sid: string }[];
    const PhoneNumberSid = number?.port_in_phone_number_sid ?? "";
    await api.call("numbers", "FetchPortingPortInPhoneNumber", { path: { ...path, PhoneNumberSid } });
    await api.call("numbers", "DeletePortingPortInPhoneNumber", { path: { ...path, PhoneNumberSid } });
    await api.call("numbers", "DeletePortingPortIn", { path });
    const registered = await api.call("numbers", "CreateSenderIdRegistration", {
      json: {
        regulationId: `RN${"1".repeat(32)}`,
        regulationVersion: 1,
        friendlyName: "Acme",
        data: { alphanumericSender: { senderId: "Acme" } },
      },
    });
    const BundleSid = registered.text("id");
    await api.call("numbers", "CreateSenderIdRegistrationEmbeddedSession", { path: { BundleSid }, json: {} });
  });

  it("prices", async () => {
    await api.call("pricing", "ListMessagingCountry", { query: { PageSize: "5" } });
    await api.call("pricing", "FetchMessagingCountry", { path: { IsoCountry: "US" } });
    await api.call("pricing", "ListPhoneNumberCountry", { query: { PageSize: "5" } });
    await api.call("pricing", "FetchPhoneNumberCountry", { path: { IsoCountry: "US" } });
    for (const noun of ["VoiceV1Country", "VoiceCountry", "TrunkingCountry"]) await api.call("pricing", `List${noun}`);
    for (const [operationId, path] of WITHOUT_PRICES) {
      await api.refused("pricing", operationId, { code: 20404, path });
    }
  });

  it("nothing that is served was left out, and nothing differs from the description", (t) => {
    const { wrong, additional, missing } = api.differences();
    assert.deepEqual([...api.undescribed], []);
    for (const one of missing) t.diagnostic(`not served: ${one}`);
    for (const one of additional) t.diagnostic(`not described: ${one}`);
    assert.deepEqual(
      wrong.filter((one) => !NULLS.some((known) => one.endsWith(known))),
      [],
    );
    t.diagnostic(`${api.served.length} operations served, ${api.findings.size} answers checked`);
  });
});
