/** National do-not-call lists, which the operator loads from files. */
export { DoNotCallBook } from "./do-not-call-book.ts";
export type { DoNotCallExemption, DoNotCallSource, DoNotCallStatus } from "./do-not-call-book.ts";
