export { callingCodeOf, countryOf, isTollFree, KNOWN_COUNTRIES, numberKind, regionOf } from "./numbering-plan.ts";
export type { NumberKind } from "./numbering-plan.ts";
export { bareAddress, parseAddress } from "./parse-address.ts";
export type { Address, ChannelName } from "./parse-address.ts";
export { timeZonesOf } from "./time-zones.ts";
