/** India: entities, headers and templates of the operators' registries. */
export { DLT_CATEGORIES, DltBook } from "./dlt-book.ts";
export type { DltCategory, DltEntity, DltHeader, DltTemplate } from "./dlt-book.ts";
export { COMMON_TAGS, dltFamily, dltTlvs, type DltFamily, type DltTags } from "./operator-tlvs.ts";
export { MAX_TEMPLATE_CHARACTERS, templateFault } from "./template-match.ts";
