export { openAuthority } from "./authority.ts";
export type { Authority, AuthorityOptions } from "./authority.ts";
export { openFront } from "./front.ts";
export type { Front, FrontAddress, FrontLimits, FrontOptions } from "./front.ts";
export { isVendorHost, VENDOR_DOMAINS } from "../hosts/index.ts";
export type { Refused } from "./admission.ts";
