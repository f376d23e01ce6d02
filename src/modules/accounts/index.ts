/** Accounts: who is calling, what belongs to whom, and the secrets that prove it. See README.md. */
export type { AccountsModuleDeps } from "./deps.ts";
export type { AccountDirectory } from "./directory.ts";
export type { FirstAccount, FirstAccountWish } from "./ensure-first-account.ts";
export type { AccountCredential, CredentialRecord, KeyCredential } from "./credential-record.ts";
export { edgeAuthenticator, type EdgeAccountAuthenticator, type EdgeAuthenticatorDeps } from "./edge-authenticator.ts";
export { OPERATOR_HEADER, operatorAuthenticator, type OperatorAuthenticatorDeps } from "./operator-authenticator.ts";
export { edgeTicketAuthenticator, ticketAuthenticator, type TicketAuthenticatorDeps } from "./ticket-authenticator.ts";

export { accountsModule, type AccountsModule } from "./module.ts";
