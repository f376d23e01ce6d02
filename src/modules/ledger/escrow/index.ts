/** Money of one cell's accounts that other cells spend: shares at home, leases elsewhere. See ../README.md. */
export { answerAsk, type HomeDeps, type UnpromisedMoney } from "./answer-ask.ts";
export { giveBack, openLease, receiveLease, type EscrowTables, type Lease } from "./lease.ts";
export { LeaseKeeper, type LeaseKeeperOptions } from "./lease-keeper.ts";
export { MOVED, readAnswer, readAsk, type EscrowAnswer, type EscrowAsk, type EscrowHome } from "./protocol.ts";
export type { EscrowAsked, LeaseGivenBack, LeaseOpened, LeaseReceived } from "./records.ts";
export { applyAsk, shareKey, type Share, type ShareChange } from "./share.ts";
