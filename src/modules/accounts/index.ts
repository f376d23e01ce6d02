/** Accounts: who is calling, what belongs to whom, and the secrets that prove it. See README.md. */
export type { AccountsModuleDeps } from "./deps.ts";
export type { AccountDirectory } from "./directory.ts";
export type { FirstAccount, FirstAccountWish } from "./ensure-first-account.ts";

export { accountsModule, type AccountsModule } from "./module.ts";
