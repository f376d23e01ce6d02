/** The domains below which the official SDKs look for their APIs. Product and region are labels in front. */
export const VENDOR_DOMAINS: readonly string[] = [
  "twilio.com",
  "sendgrid.com",
  "segment.io",
  "segment.com",
  "segmentapis.com",
  "stytch.com",
];

/** RFC 1035 §2.3.4. */
const MAX_NAME_CHARACTERS = 253;
const NAME = /^(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/**
 * Lower case, without a final dot or the brackets of an IPv6 address. Undefined
 * for what is neither a host name nor an address.
 */
export function normalizeHost(host: string): string | undefined {
  const name = host.toLowerCase().replace(/\.$/, "");
  const address = /^\[?([0-9a-f:]*:[0-9a-f:.]*)\]?$/.exec(name)?.[1];
  if (address !== undefined) return address;
  return name.length <= MAX_NAME_CHARACTERS && NAME.test(name) ? name : undefined;
}

/** The vendor's domain that a host belongs to, itself included; undefined for everybody else's. */
export function vendorDomainOf(host: string): string | undefined {
  const name = normalizeHost(host);
  return name && VENDOR_DOMAINS.find((domain) => name === domain || name.endsWith(`.${domain}`));
}

/** Whether a host is one that we answer for in a vendor's place. No port. */
export function isVendorHost(host: string): boolean {
  return vendorDomainOf(host) !== undefined;
}
