/** Which cell a key is at home in, without the network where that can be. See docs/subsystems/router.md. */
export {
  encodeDescriptor,
  GOSSIP_DESCRIPTOR,
  isCellName,
  isHost,
  isRegionName,
  parseDescriptor,
} from "./descriptor.ts";
export { NO_ROOM, ROUTE_UNAVAILABLE, ROUTER_ERRORS } from "./errors.ts";
export type { BookLimits } from "./home-book.ts";
export { MemorySharedRoutes } from "./memory-shared-routes.ts";
export { FIRST_EPOCH, HINTED_EPOCH, isRouteKey, MAX_KEY_CHARACTERS } from "./ports.ts";
export type { Assignment, HomeChange, HomeChanges, HomeTable, Placement, SharedRoutes } from "./ports.ts";
export { CellRouter } from "./router.ts";
export type { CellRouterOptions, RouterCounts } from "./router.ts";
export { SnapshotFolder } from "./snapshot-folder.ts";
export type { SnapshotContent } from "./snapshot-text.ts";
