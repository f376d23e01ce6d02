/** `Idempotency-Key`: a create that is repeated with the same key is carried out once, and answered alike. */
export { idempotencyErrors } from "./errors.ts";
export { idempotency, REPLAYED_HEADER, type IdempotencyDeps } from "./idempotency.ts";
export { KeyBook, type KeyBookStatus } from "./key-book.ts";
export { KEY_LIMITS } from "./limits.ts";
export type { KeyRow, KeysAdopted } from "./records.ts";
export { IDEMPOTENCY_HEADER, readIdempotencyKey } from "./request-key.ts";
