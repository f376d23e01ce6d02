/** Customers who speak SMPP: binds, submissions, receipts and texts back. See README.md. */
export type { DeliveryLimits } from "./delivery-desk.ts";
export { esmeErrors } from "./errors.ts";
export type { EsmeServerOptions } from "./esme-server.ts";
export { esmeModule, type EsmeModule, type EsmeOptions, type EsmeStatus } from "./module.ts";
