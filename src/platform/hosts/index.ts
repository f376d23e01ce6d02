/** Which hosts are answered here, and what they stand for. */
export {
  DEFAULT_PRODUCT,
  isVendorHost,
  normalizeHost,
  productOfHost,
  VENDOR_DOMAINS,
  vendorDomainOf,
} from "./answered-hosts.ts";
