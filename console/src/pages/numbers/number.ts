/** What of a number or short code says what becomes of texts to it. */
export interface Webhooks {
  readonly sms_url: string | null;
  readonly sms_method: string;
  readonly sms_fallback_url: string | null;
  readonly sms_fallback_method: string;
  readonly sms_application_sid?: string;
}

/** Which media a number can do. */
export interface Capabilities {
  readonly voice: boolean;
  readonly sms: boolean;
  readonly mms: boolean;
  readonly fax?: boolean;
}

/** An item of `IncomingPhoneNumbers`. */
export interface OwnNumber extends Webhooks {
  readonly sid: string;
  readonly friendly_name: string;
  readonly phone_number: string;
  readonly capabilities: Capabilities;
  readonly type: string;
  readonly address_requirements: string;
  readonly address_sid: string | null;
  readonly status_callback: string;
  readonly date_created: string;
}

/** An item of `SMS/ShortCodes`. */
export interface ShortCode extends Webhooks {
  readonly sid: string;
  readonly friendly_name: string;
  readonly short_code: string;
  readonly date_created: string;
}

/** An item of `AvailablePhoneNumbers/{Country}/{Kind}`. */
export interface FreeNumber {
  readonly phone_number: string;
  readonly friendly_name: string;
  readonly iso_country: string;
  readonly locality: string | null;
  readonly region: string | null;
  readonly postal_code: string | null;
  readonly address_requirements: string;
  readonly capabilities: Capabilities;
  readonly beta: boolean;
}

/** A country that there are numbers of, from `AvailablePhoneNumbers`. */
export interface NumberCountry {
  readonly country: string;
  readonly country_code: string;
  readonly subresource_uris: Readonly<Record<string, string>>;
}

/** The prices of a country's numbers: `PhoneNumbers/Countries/{Country}` of the pricing API. */
export interface NumberPrices {
  readonly price_unit: string;
  readonly phone_number_prices: readonly { readonly number_type: string; readonly current_price: string }[];
}

/** A kind of numbers, as the paths, the prices and people call it. */
export interface NumberKind {
  readonly key: string;
  readonly path: string;
  readonly label: string;
  /** The words that prices may have for it, the best first. */
  readonly priceTypes: readonly string[];
}

const KINDS: readonly NumberKind[] = [
  { key: "local", path: "Local", label: "Local", priceTypes: ["local"] },
  { key: "mobile", path: "Mobile", label: "Mobile", priceTypes: ["mobile"] },
  { key: "toll_free", path: "TollFree", label: "Toll-free", priceTypes: ["toll free", "toll-free", "tollfree"] },
  { key: "national", path: "National", label: "National", priceTypes: ["national"] },
  { key: "voip", path: "Voip", label: "VoIP", priceTypes: ["voip"] },
  { key: "shared_cost", path: "SharedCost", label: "Shared cost", priceTypes: ["shared cost"] },
  { key: "machine_to_machine", path: "MachineToMachine", label: "Machine to machine", priceTypes: ["mobile"] },
];

/** The kinds of numbers that a country has, the usual first. */
export function kindsOf(country: NumberCountry | undefined): readonly NumberKind[] {
  return KINDS.filter(({ key }) => country?.subresource_uris[key] !== undefined);
}

/** What a number of a kind costs a month, as the price list says it; `undefined` where it says nothing. */
export function priceOf(prices: NumberPrices | undefined, kind: NumberKind | undefined): string | undefined {
  for (const type of kind?.priceTypes ?? []) {
    const found = prices?.phone_number_prices.find(({ number_type }) => number_type.toLowerCase() === type);
    if (found !== undefined) return found.current_price;
  }
  return undefined;
}

/** What somebody looks for among free numbers. */
export interface NumberSearch {
  readonly areaCode: string;
  readonly contains: string;
  readonly needsSms: boolean;
  readonly needsMms: boolean;
  readonly needsVoice: boolean;
}

/** The parameters of a search; what was left open is not sent. */
export function searchQuery(search: NumberSearch): Readonly<Record<string, string | undefined>> {
  const digits = search.areaCode.replaceAll(/\D/g, "");
  const pattern = search.contains.replaceAll(/[\s().-]/g, "");
  return {
    AreaCode: digits === "" ? undefined : digits,
    Contains: pattern === "" ? undefined : pattern,
    SmsEnabled: search.needsSms ? "true" : undefined,
    MmsEnabled: search.needsMms ? "true" : undefined,
    VoiceEnabled: search.needsVoice ? "true" : undefined,
    PageSize: "50",
  };
}

/** The capabilities that are there, in the words of the field. */
export function capabilityNames({ sms, mms, voice, fax = false }: Capabilities): readonly string[] {
  return [["SMS", sms] as const, ["MMS", mms] as const, ["Voice", voice] as const, ["Fax", fax] as const].flatMap(
    ([name, has]) => (has ? [name] : []),
  );
}

/** What happens to a text that comes in. */
export type Inbound = "application" | "webhook" | "service" | "nothing";

/** Who is told of a text to this number: a service's own URL goes before the number's, unless it leaves it to it. */
export function inboundOf(
  { sms_application_sid: application = "", sms_url: url }: Webhooks,
  service: { readonly leavesToNumber: boolean; readonly hasUrl: boolean } | undefined,
): Inbound {
  if (service !== undefined && !service.leavesToNumber) return service.hasUrl ? "service" : "nothing";
  if (application !== "") return "application";
  return url === null || url === "" ? "nothing" : "webhook";
}
