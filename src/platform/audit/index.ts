/** The audit log: who changed what, when, from where, and how it was before; in a Merkle log per cell. */
export { AuditLog, leafText, sha256, type TreeNode } from "./audit-log.ts";
export { auditStep, type AuditStepDeps } from "./audit-step.ts";
export { HeadSigner, SEED_OCTETS } from "./head-signer.ts";
export { withoutSecrets, type Actor, type AuditEntry, type PlacedEntry } from "./entry.ts";
export {
  headText,
  type AuditBegun,
  type AuditDropped,
  type AuditEnded,
  type AuditRecorded,
  type AuditWitnessed,
  type SignedHead,
} from "./records.ts";
