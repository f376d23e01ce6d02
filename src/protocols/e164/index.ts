export { countryOf, isTollFree, numberKind, regionOf } from "./numbering-plan.ts";
export type { NumberKind } from "./numbering-plan.ts";
export { MAX_ADDRESS_CHARACTERS, parseAddress } from "./parse-address.ts";
export type { Address, ChannelName } from "./parse-address.ts";
