/** The endpoints of Trust Hub, regulatory bundles and campaigns: what is known of a business and of whom it speaks for. */
import assert from "node:assert/strict";
import { waitFor } from "../kit/wait-for.ts";
import { refused, type MarkedCall, type Scene } from "./residency-scene.ts";

const PRIMARY = "RN6433641899984f951173ef1738c3bdd0";
const A2P = "RNb0d4771c2c98518d916a3d4cd70a8f8b";
const BRANDS = "/v1/a2p/BrandRegistrations";
const SERVICES = "/v1/Services";
const COMPLIANCE = "/v2/RegulatoryCompliance";
const messaging = { product: "messaging" } as const;
const trusthub = { product: "trusthub" } as const;
const numbers = { product: "numbers" } as const;
/** What is not there. */
const NOBODY = "1".repeat(32);
/** The simulated reviewer looks at what was submitted every second, and at several things one after the other. */
const REVIEW_LIMIT_MS = 15_000;

const marked = (scene: Scene, ...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, scene.marks.text()]));

/** Waits for a field of a resource to be this value. */
function becomes(scene: Scene, asked: { product: string; path: string }, [field, value]: readonly [string, string]) {
  return waitFor(
    `${asked.path} to be ${value}`,
    async () => {
      const found = await scene.expect(200, { method: "GET", ...asked });
      assert.ok(!["FAILED", "twilio-rejected"].includes(String(found[field])), JSON.stringify(found));
      return found[field] === value;
    },
    REVIEW_LIMIT_MS,
  );
}

async function address(scene: Scene, IsoCountry: string): Promise<string> {
  const { marks } = scene;
  const form = { CustomerName: marks.text(true), Street: marks.text(true), City: marks.text(true), IsoCountry };
  const place = IsoCountry === "DE" ? { Region: "Berlin", PostalCode: "10115" } : { Region: "NY", PostalCode: "10001" };
  return scene.createdSid({ path: scene.own("/Addresses.json"), form: { ...form, ...place } });
}

interface Kept {
  readonly path: string;
  readonly product: "trusthub" | "numbers";
  readonly type: string;
  readonly attributes: object;
}

/** Makes something that a dossier can have, and renames it. */
async function kept(scene: Scene, { path, product, type, attributes }: Kept): Promise<string> {
  const { marks } = scene;
  const form = { FriendlyName: marks.text(true), Type: type, Attributes: JSON.stringify(attributes) };
  const sid = await scene.createdSid({ product, path, form });
  await scene.expect(200, { product, path: `${path}/${sid}`, form: { FriendlyName: marks.text(true) } });
  await refused((all) => ({ product, path, form: { ...form, ...marked(all, "Type") } }))(scene);
  return sid;
}

/** A dossier of Trust Hub with what belongs into it, submitted. */
async function dossier(
  scene: Scene,
  made: { readonly path: string; readonly PolicySid: string; readonly items: readonly string[] },
): Promise<string> {
  const { marks, customer } = scene;
  const { path, PolicySid, items } = made;
  const StatusCallback = customer.on(`/dossiers/${marks.plain(true)}`, { status: 500, body: marks.text() });
  const form = { FriendlyName: marks.text(true), Email: `${marks.plain(true)}@example.com`, StatusCallback, PolicySid };
  const sid = await scene.createdSid({ ...trusthub, path, form });
  const own = `${path}/${sid}`;
  for (const ObjectSid of items) {
    await scene.expect(201, { ...trusthub, path: `${own}/EntityAssignments`, form: { ObjectSid } });
  }
  await scene.expect(201, { ...trusthub, path: `${own}/Evaluations`, form: { PolicySid } });
  await scene.expect(200, { ...trusthub, path: own, form: { FriendlyName: marks.text(true) } });
  const endpoints = `${own}/ChannelEndpointAssignments`;
  await refused((all) => ({
    ...trusthub,
    path: endpoints,
    form: marked(all, "ChannelEndpointType", "ChannelEndpointSid"),
  }))(scene);
  await refused((all) => ({ ...trusthub, path: own, form: marked(all, "Status") }))(scene);
  await scene.expect(200, { ...trusthub, path: own, form: { Status: "pending-review" } });
  await becomes(scene, { ...trusthub, path: own }, ["status", "twilio-approved"]);
  return sid;
}

/** A business with its owner and address, its brand and its campaign. */
const business: MarkedCall = async (scene) => {
  const { marks } = scene;
  const text = (): string => marks.text(true);
  const information = {
    business_name: text(),
    business_type: "Corporation",
    business_registration_number: `12-${String(3_400_000 + marks.next())}`,
    business_registration_identifier: "EIN",
    business_identity: "direct_customer",
    business_industry: "TECHNOLOGY",
    business_regions_of_operation: "USA_AND_CANADA",
    website_url: `https://example.com/${marks.plain(true)}`,
    social_media_profile_urls: "",
  };
  const representative = {
    first_name: text(),
    last_name: text(),
    email: `${marks.plain(true)}@example.com`,
    phone_number: "+12125550100",
    business_title: text(),
    job_position: "CEO",
  };
  const user = { ...trusthub, path: "/v1/EndUsers" };
  const document = { ...trusthub, path: "/v1/SupportingDocuments", type: "customer_profile_address" };
  const items = [
    await kept(scene, { ...user, type: "customer_profile_business_information", attributes: information }),
    await kept(scene, { ...user, type: "authorized_representative_1", attributes: representative }),
    await kept(scene, { ...document, attributes: { address_sids: await address(scene, "US") } }),
  ];
  const profile = await dossier(scene, { path: "/v1/CustomerProfiles", PolicySid: PRIMARY, items });
  const company = { ...user, type: "us_a2p_messaging_profile_information", attributes: { company_type: "private" } };
  const product = { path: "/v1/TrustProducts", PolicySid: A2P, items: [await kept(scene, company), profile] };
  const A2PProfileBundleSid = await dossier(scene, product);
  const brand = { CustomerProfileBundleSid: profile, A2PProfileBundleSid };
  await refused(() => ({ ...messaging, path: BRANDS, form: { ...brand, BrandType: marks.text() } }))(scene);
  const sid = await scene.createdSid({ ...messaging, path: BRANDS, form: brand });
  const path = `${BRANDS}/${sid}`;
  await becomes(scene, { ...messaging, path }, ["status", "APPROVED"]);
  await refused((all) => ({ ...messaging, path, form: marked(all, "X") }))(scene);
  await refused((all) => ({ ...messaging, path: `${path}/SmsOtp`, form: marked(all, "X") }))(scene);
  const vetting = `${path}/Vettings`;
  await refused((all) => ({ ...messaging, path: vetting, form: marked(all, "VettingProvider", "VettingId") }))(scene);
  await campaign(scene, sid);
};

async function campaign(scene: Scene, BrandRegistrationSid: string): Promise<void> {
  const { marks } = scene;
  const texts = ["Description", "MessageFlow", "OptInMessage", "OptOutMessage", "HelpMessage"];
  const said = {
    ...Object.fromEntries(
      texts.map((name) => [name, `${marks.text(true)} of forty characters at least, so that it is long`]),
    ),
    HasEmbeddedLinks: "false",
    HasEmbeddedPhone: "false",
    AgeGated: "false",
    DirectLending: "false",
  };
  const sample = (): string => `${marks.text(true)} is a sample of more than twenty characters`;
  const FriendlyName = marks.text(true);
  const service = await scene.createdSid({ ...messaging, path: SERVICES, form: { FriendlyName } });
  const path = `${SERVICES}/${service}/Compliance/Usa2p`;
  const fields = new URLSearchParams({ ...said, BrandRegistrationSid, UsAppToPersonUsecase: "MIXED" });
  for (let index = 0; index < 2; index += 1) fields.append("MessageSamples", sample());
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const sid = await scene.createdSid({ ...messaging, path, body: String(fields), headers });
  await becomes(scene, { ...messaging, path: `${path}/${sid}` }, ["campaign_status", "VERIFIED"]);
  await refused((all) => ({ ...messaging, path: `${path}/${sid}`, form: marked(all, ...texts) }))(scene);
  const preregistered = { CampaignId: marks.plain(), MessagingServiceSid: `MG${NOBODY}` };
  await refused(() => ({ ...messaging, path: `${SERVICES}/PreregisteredUsa2p`, form: preregistered }))(scene);
  await scene.expect(204, { method: "DELETE", ...messaging, path: `${path}/${sid}` });
}

/** What Germany asks of whoever has a number there. */
const bundle: MarkedCall = async (scene) => {
  const { marks, customer } = scene;
  const path = `${COMPLIANCE}/Bundles`;
  const form = {
    FriendlyName: marks.text(true),
    Email: `${marks.plain(true)}@example.com`,
    StatusCallback: customer.url(`/bundles?p=${marks.plain(true)}`),
    IsoCountry: "DE",
    NumberType: "local",
    EndUserType: "business",
  };
  const sid = await scene.createdSid({ ...numbers, path, form });
  const own = `${path}/${sid}`;
  const name = { business_name: marks.text(true), business_registration_number: marks.plain(true) };
  const user = { ...numbers, path: `${COMPLIANCE}/EndUsers`, type: "business", attributes: name };
  const document = { ...numbers, path: `${COMPLIANCE}/SupportingDocuments`, type: "utility_bill" };
  const bill = { ...document, attributes: { address_sids: [await address(scene, "DE")] } };
  for (const ObjectSid of [await kept(scene, user), await kept(scene, bill)]) {
    await scene.expect(201, { ...numbers, path: `${own}/ItemAssignments`, form: { ObjectSid } });
  }
  await scene.expect(201, { ...numbers, path: `${own}/Evaluations` });
  await scene.expect(200, { ...numbers, path: own, form: { FriendlyName: marks.text(true) } });
  await refused((all) => ({ ...numbers, path: own, form: marked(all, "Status") }))(scene);
  // It lacks something, so it is no bundle that may be copied or replaced.
  await scene.ask({ ...numbers, path: `${own}/Copies`, form: marked(scene, "FriendlyName") });
  const target = { TargetAccountSid: scene.account.accountSid };
  await scene.ask({ ...numbers, path: `${own}/Clones`, form: { ...target, ...marked(scene, "FriendlyName") } });
  await refused((all) => ({ ...numbers, path: `${own}/ReplaceItems`, form: marked(all, "FromBundleSid") }))(scene);
};

const CUSTOMER_PROFILES = "POST trusthub /v1/CustomerProfiles";
const BUNDLES = `POST numbers ${COMPLIANCE}/Bundles`;

/** By endpoint. */
export const TRUST_CALLS: Readonly<Record<string, MarkedCall>> = {
  [CUSTOMER_PROFILES]: business,
  [BUNDLES]: bundle,
};

/** By call, what else it calls. */
export const TRUST_MAKES: Readonly<Record<string, readonly string[]>> = {
  [CUSTOMER_PROFILES]: [
    ...["CustomerProfile", "TrustProduct"].flatMap((noun) => {
      const below = ["EntityAssignments", "ChannelEndpointAssignments", "Evaluations"];
      const paths = below.map((path) => `trusthub /v1/${noun}s/{${noun}Sid}/${path}`);
      return [`trusthub /v1/${noun}s`, `trusthub /v1/${noun}s/{Sid}`, ...paths];
    }),
    ...["EndUsers", "SupportingDocuments"].flatMap((noun) => [`trusthub /v1/${noun}`, `trusthub /v1/${noun}/{Sid}`]),
    "messaging /v1/a2p/BrandRegistrations",
    "messaging /v1/a2p/BrandRegistrations/{Sid}",
    "messaging /v1/a2p/BrandRegistrations/{BrandRegistrationSid}/SmsOtp",
    "messaging /v1/a2p/BrandRegistrations/{BrandSid}/Vettings",
    "messaging /v1/Services/{MessagingServiceSid}/Compliance/Usa2p",
    "messaging /v1/Services/{MessagingServiceSid}/Compliance/Usa2p/{Sid}",
    "messaging /v1/Services/PreregisteredUsa2p",
  ],
  [BUNDLES]: [
    `numbers ${COMPLIANCE}/Bundles/{Sid}`,
    ...["ItemAssignments", "Evaluations", "Copies", "Clones", "ReplaceItems"].map(
      (path) => `numbers ${COMPLIANCE}/Bundles/{BundleSid}/${path}`,
    ),
    ...["EndUsers", "SupportingDocuments"].flatMap((noun) => [
      `numbers ${COMPLIANCE}/${noun}`,
      `numbers ${COMPLIANCE}/${noun}/{Sid}`,
    ]),
  ],
};
