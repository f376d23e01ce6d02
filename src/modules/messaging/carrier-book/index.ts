/** The carriers of a cell as the operator manages them: added, changed and taken away while it runs. */
export { CarrierBook, type CarrierBookOptions, type CarrierHost } from "./carrier-book.ts";
export { carrierMigrations } from "./carrier.store.ts";
export { carrierMounts } from "./carrier-mounts.ts";
export { carrierSource } from "./carrier-source.ts";
export { carrierRoutes, type CarrierRouteDeps } from "./carriers.resource.ts";
export type { CarrierLook } from "./carrier.view.ts";
export { carrierFormats, type CarrierSettings } from "./make-carrier.ts";
