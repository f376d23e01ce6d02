/** Short links: on accounts' own domains, in messages and beside them. See README.md. */
export { linksModule, type LinksModule, type LinksOptions } from "./module.ts";
export type { DomainRules, OwnershipProof } from "./deps.ts";
export type { LinkCreated, LinkShortening, NewLink, Shortened } from "./shortening.ts";
