/** The credit ledger. Entered by nobody but entry: products tell it by the facts of `platform/spending`. See README.md. */
export type { AccountFamily } from "./deps.ts";
export { readAnswer, readAsk, type EscrowAnswer, type EscrowAsk, type EscrowHome } from "./escrow/index.ts";
export { ledgerModule, type LedgerModule, type LedgerOptions } from "./module.ts";
