/** Limits: how often in this process, how often across all of them, and caps that hold whatever happens. */
export { EscrowRights } from "./escrow-rights.ts";
export type { EscrowRightsOptions, RightsPeers, RightsRequest, RightsStore } from "./escrow-rights.ts";
export { FleetWindow } from "./fleet-window.ts";
export type { FleetCharge, FleetWindowOptions } from "./fleet-window.ts";
export { Gcra } from "./gcra.ts";
export type { GcraDecision, GcraOptions } from "./gcra.ts";
export { limitFields, retryAfterSeconds } from "./limit-fields.ts";
export type { LimitFields } from "./limit-fields.ts";
export { Limiter } from "./limiter.ts";
export type { LimitDecision, LimiterOptions, LimitRequest, RuleCounts } from "./limiter.ts";
export type { RightsLease } from "./rights-leases.ts";
export { RightsLedger } from "./rights-ledger.ts";
export type { RightsSave, StoredRights } from "./rights-ledger.ts";
export type { RightsRow } from "./rights-row.ts";
export { compileLimits } from "./rules.ts";
export type {
  LimitRule,
  LimitScope,
  LimitSettings,
  LimitSnapshot,
  LimitSubject,
  RateOverrides,
  StaleShares,
} from "./rules.ts";
export { Shape } from "./shape.ts";
export type { Rate } from "./shape.ts";
export { SubjectHash } from "./subject-hash.ts";
