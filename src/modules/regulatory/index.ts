export type { RegulatoryOptions } from "./deps.ts";
export type { KnownAddress } from "./evaluate.ts";
export { regulatoryModule, type RegulatoryModule } from "./module.ts";
export type { DossierTold, Notice } from "./notice.ts";
export * from "./profiles.ts";
