/** Who changed what: events, proofs, and the cells that watch each other's logs. */
export { auditModule, type AuditModule } from "./module.ts";
export { auditErrors } from "./proofs.resource.ts";
