/** What the processes of one system have in common: cells, homes, and the key by which they know each other. */
export { CELL_TYPES, MAX_CELLS, TIERS } from "./cells.ts";
export type { CellAddress, CellDescriptor, CellState, CellType, Home, Tier } from "./cells.ts";
export { FLEET_SIGNATURE_HEADER, FleetKey } from "./fleet-key.ts";
export type { SignedRequest } from "./fleet-key.ts";
export { fleetErrors, INTERNAL_PREFIX, signedMount } from "./signed-mount.ts";
export type { SignedEndpoint, SignedMountCall } from "./signed-mount.ts";
export { EPOCH_HEADER, HOME_HEADER, HomeGate, NOT_AT_HOME } from "./home-gate.ts";
export type { HomeGateOptions, Standing, TextPlace } from "./home-gate.ts";
export { MAX_FAMILY_ACCOUNTS } from "./movable.ts";
export type { Family, Movable, MovableEntry, MovableRecords, MovableTable, MovableTail } from "./movable.ts";
