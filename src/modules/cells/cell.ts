import { AppError } from "../../kernel/errors.ts";
import { isCellName, isHost, isRegionName, isRouteKey } from "../../platform/cell-router/index.ts";
import type { CellAddress, CellDescriptor, CellType, Tier } from "../../platform/fleet/index.ts";
import { cellErrors } from "./errors.ts";

/** A cell as the control plane keeps it. */
export interface Cell extends CellDescriptor {
  /** Those that were placed in it or moved to it: main accounts. */
  readonly accounts: number;
  /** The most accounts, by its tier. */
  readonly cap: number;
  /** What is promised to those in it, for example 99.95. */
  readonly slaPercent: number;
  readonly createdMs: number;
}

/** What is said of a cell when it is registered. */
export interface CellWish {
  readonly name: string;
  /** The lowest that never was one, unless told. */
  readonly number?: number | undefined;
  readonly type: CellType;
  readonly tier: Tier;
  readonly region: string;
  readonly address: CellAddress;
}

/** Throws a refusal where a wish is none. */
export function checkWish({ name, region, address }: CellWish): void {
  if (!isCellName(name)) throw new AppError(cellErrors.nameInvalid, { value: name.slice(0, 80) });
  if (!isRegionName(region)) throw new AppError(cellErrors.regionInvalid, { value: region.slice(0, 80) });
  if (!isHost(address.host)) throw new AppError(cellErrors.hostInvalid, { value: address.host.slice(0, 80) });
}

/** Throws a refusal for what cannot be the key of a home. */
export function checkKey(key: string): void {
  if (!isRouteKey(key)) throw new AppError(cellErrors.keyInvalid, { value: key.slice(0, 80) });
}
