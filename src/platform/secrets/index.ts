/** Keeping secrets: sealed where they must be shown again, as keyed digests where they only have to be recognised. */
export { loadMasterKey, loadMasterKeyFile, MasterKeyError } from "./master-key.ts";
export { SealError, SecretBox } from "./secret-box.ts";
export { isSameSecret, keyedHash } from "./keyed-hash.ts";
