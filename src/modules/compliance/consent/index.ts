/** Consent: who said STOP to whom, what the words for it are, and what is answered. */
export { KEYWORD_LANGUAGES, keywordOf } from "./keyword-words.ts";
export type { KeywordType } from "./keyword-words.ts";
export { KeywordBook, type OptOutConfiguration } from "./keyword-book.ts";
export { MAX_IMPORTED, type Consent, type ConsentChange } from "./consent.ts";
export { consentMachine } from "./consent-machine.ts";
export type { ConsentImported, ConsentMoved, ImportOutcome } from "./consent-machine.ts";
export { ConsentState, type ConsentQuestion } from "./consent-state.ts";
export { consentMigrations, consentProjections, findConsent, listChanges, listConsents } from "./consent.store.ts";
export { readsLikeRevocation } from "./revocation.ts";
