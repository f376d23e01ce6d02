/** A domain below which official SDKs look for their APIs. Product and region are labels in front. */
interface VendorDomain {
  readonly domain: string;
  /** Whether its first label names a product that is answered here: `api.twilio.com` is product `api`. */
  readonly hasProducts: boolean;
}

/**
 * Every domain that is answered here in a vendor's place. One table for everybody who
 * asks: the authority signs for these, the front answers CONNECT to them, and the
 * dispatcher finds the product in them.
 */
const REGISTRY: readonly VendorDomain[] = [
  { domain: "twilio.com", hasProducts: true },
  { domain: "sendgrid.com", hasProducts: false },
  { domain: "segment.io", hasProducts: false },
  { domain: "segment.com", hasProducts: false },
  { domain: "segmentapis.com", hasProducts: false },
  { domain: "stytch.com", hasProducts: false },
];

/** The domains of the registry. */
export const VENDOR_DOMAINS: readonly string[] = REGISTRY.map(({ domain }) => domain);

/** The product that a host which is no vendor's stands for. */
export const DEFAULT_PRODUCT = "api";

const PRODUCT_SUFFIXES = REGISTRY.filter(({ hasProducts }) => hasProducts).map(({ domain }) => `.${domain}`);
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

/**
 * The product that a host field, with or without port, stands for. Undefined when the
 * host is no vendor's, or is of a domain that has no products; then the path alone decides.
 */
export function productOfHost(host: string): string | undefined {
  const lower = host.toLowerCase();
  const colon = lower.lastIndexOf(":");
  const withDot = colon === -1 ? lower : lower.slice(0, colon);
  const name = withDot.endsWith(".") ? withDot.slice(0, -1) : withDot;
  for (const suffix of PRODUCT_SUFFIXES) {
    if (name.endsWith(suffix)) return name.slice(0, name.indexOf("."));
  }
  return undefined;
}
