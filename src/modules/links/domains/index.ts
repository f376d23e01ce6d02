/** Link domains: whose they are, what is set on them, their certificates. */
export type { LinkDomain } from "./domain.ts";
export { DomainBook } from "./domain-book.ts";
