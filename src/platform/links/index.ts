/** What processes of a system have in common about short links: codes, where they lead, and the ports of the module. */
export {
  CODE_CHARACTERS,
  CODE_KEY_OCTETS,
  CODE_SEQUENCES,
  LinkCodes,
  looksLikeCode,
  type CodePlace,
} from "./link-codes.ts";
export { linkCodeKey } from "./link-code-key.ts";
export { LinkSites, type CellSites, type LinkSitesOptions } from "./link-sites.ts";
export { LinkRouter, type LinkHome, type LinkSite } from "./link-router.ts";
export { SiteSnapshot } from "./site-snapshot.ts";
export {
  linkKeyContext,
  readToldSites,
  SITES_PER_PAGE,
  type ToldCertificate,
  type ToldSite,
  type ToldSites,
} from "./told-site.ts";
export type { CountryOfAddress, DnsTexts, FetchText, LinkIndex, LinkIndexChange, QrCodes } from "./ports.ts";
