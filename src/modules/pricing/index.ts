/** Prices: what a message, a number or anything else costs an account. See README.md. */
export type { PricingOptions } from "./deps.ts";
export { pricingModule, type PricingModule } from "./module.ts";
export * from "./quote.ts";
export type { ContentHash } from "./table/index.ts";
