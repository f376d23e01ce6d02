import type twilio from "twilio";
import { waitFor } from "../kit/wait-for.ts";

type Client = ReturnType<typeof twilio>;

const PRIMARY = "RN6433641899984f951173ef1738c3bdd0";
const SECONDARY = "RNdfbf3fae0e1107f8aded0e7cead80bf5";
const A2P = "RNb0d4771c2c98518d916a3d4cd70a8f8b";

const BUSINESS = {
  business_name: "Owl, Inc.",
  business_type: "Corporation",
  business_registration_number: "12-3456789",
  business_registration_identifier: "EIN",
  business_identity: "direct_customer",
  business_industry: "TECHNOLOGY",
  business_regions_of_operation: "USA_AND_CANADA",
  website_url: "https://owl.example",
  social_media_profile_urls: "",
};

const REPRESENTATIVE = {
  first_name: "Strix",
  last_name: "Aluco",
  email: "strix@owl.example",
  phone_number: "+12125550100",
  business_title: "Owner",
  job_position: "CEO",
};

/** A campaign without its brand, as a form. */
export const CAMPAIGN = {
  Description: "Tells customers of the shop when their orders are ready.",
  MessageFlow: "Customers tick a box below the order form of the website that says what is sent and how often.",
  MessageSamples: ["Owl: your order 1234 is ready for pickup.", "Owl: your order 1234 was returned to us today."],
  UsAppToPersonUsecase: "DELIVERY_NOTIFICATION",
  HasEmbeddedLinks: "false",
  HasEmbeddedPhone: "false",
};

/** A toll-free verification without its number, as a form. */
export const VERIFICATION = {
  BusinessName: "Owl, Inc.",
  BusinessWebsite: "https://owl.example",
  NotificationEmail: "support@owl.example",
  UseCaseCategories: ["TWO_FACTOR_AUTHENTICATION"],
  UseCaseSummary: "Codes for signing in.",
  ProductionMessageSample: "Owl: your code is 123456.",
  OptInImageUrls: ["https://owl.example/opt-in.png"],
  OptInType: "WEB_FORM",
  MessageVolume: "1,000",
};

/** What a brand is registered with. */
export interface ApprovedProfiles {
  /** A customer profile. */
  readonly customer: string;
  /** A trust product for A2P messages. */
  readonly a2p: string;
  readonly germanAddress: string;
}

/** Takes a business through Trust Hub, as its console would: a primary profile, a secondary one, and an A2P profile. */
export async function approveProfiles(client: Client, statusCallback?: string): Promise<ApprovedProfiles> {
  const { v1 } = client.trusthub;
  const place = { customerName: "Owl", street: "1 Main St", city: "Springfield" };
  const { sid: address } = await client.addresses.create({
    ...place,
    region: "IL",
    postalCode: "62701",
    isoCountry: "US",
  });
  const german = await client.addresses.create({ ...place, region: "Berlin", postalCode: "10115", isoCountry: "DE" });
  const told = statusCallback === undefined ? {} : { statusCallback };
  const customerProfile = async (policySid: string, more: readonly string[] = []): Promise<string> => {
    const { sid } = await v1.customerProfiles.create({
      friendlyName: "Owl",
      email: "a@owl.example",
      policySid,
      ...told,
    });
    const profile = v1.customerProfiles(sid);
    const information = {
      friendlyName: "business",
      type: "customer_profile_business_information",
      attributes: BUSINESS,
    };
    const representative = { friendlyName: "one", type: "authorized_representative_1", attributes: REPRESENTATIVE };
    const attributes = { address_sids: address };
    const document = { friendlyName: "address", type: "customer_profile_address", attributes };
    const items = [
      (await v1.endUsers.create(information)).sid,
      (await v1.endUsers.create(representative)).sid,
      (await v1.supportingDocuments.create(document)).sid,
      ...more,
    ];
    for (const objectSid of items) await profile.customerProfilesEntityAssignments.create({ objectSid });
    await profile.update({ status: "pending-review" });
    await waitFor("the profile to be approved", async () => (await profile.fetch()).status === "twilio-approved");
    return sid;
  };
  const customer = await customerProfile(SECONDARY, [await customerProfile(PRIMARY)]);
  const { sid: a2p } = await v1.trustProducts.create({ friendlyName: "A2P", email: "a@owl.example", policySid: A2P });
  const product = v1.trustProducts(a2p);
  const attributes = { company_type: "private" };
  const type = "us_a2p_messaging_profile_information";
  const company = await v1.endUsers.create({ friendlyName: "company", type, attributes });
  for (const objectSid of [company.sid, customer]) await product.trustProductsEntityAssignments.create({ objectSid });
  await product.update({ status: "pending-review" });
  await waitFor("the product to be approved", async () => (await product.fetch()).status === "twilio-approved");
  return { customer, a2p, germanAddress: german.sid };
}
