export { DEFAULT_ALPHABET, DEFAULT_EXTENSION } from "./default-alphabet.ts";
export { decodeGsm7 } from "./decode.ts";
export type { NationalShift } from "./decode.ts";
export { encodeGsm7, gsm7Septets, septetsOfCode } from "./encode.ts";
export { NATIONAL_LANGUAGES } from "./national-languages.ts";
export { fillBitsAfter, pack7, septetsIn, unpack7 } from "./pack.ts";
