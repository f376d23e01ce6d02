/** The carriers of a cell as the operator manages them: added, changed and taken away while it runs. */
export { CarrierBook, type CarrierHost } from "./carrier-book.ts";
export { carrierMigrations } from "./carrier.store.ts";
export { carrierMounts } from "./carrier-mounts.ts";
export { carrierSource } from "./carrier-source.ts";
export { carrierRoutes } from "./carriers.resource.ts";
export type { CarrierLook } from "./carrier.view.ts";
export { carrierFormats } from "./make-carrier.ts";
