import type { CellState, CellType, Tier } from "../../platform/fleet/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import type { Cell, CellWish } from "./cell.ts";

interface CellRow extends Row {
  name: string;
  number: number;
  type: CellType;
  tier: Tier;
  region: string;
  host: string;
  port: number;
  state: CellState;
  accounts: number;
  created_at: Date;
  cap: number;
  sla_percent: number;
}

const SELECT = "select c.*, t.cap, t.sla_percent from cells c join cell_tiers t on t.name = c.tier";

function fromRow(row: CellRow): Cell {
  const { name, number, type, tier, region, host, port, state, accounts, cap } = row;
  const address = { host, port };
  const slaPercent = row.sla_percent;
  const createdMs = row.created_at.getTime();
  return { name, number, type, tier, region, address, state, accounts, cap, slaPercent, createdMs };
}

/** Every cell that ever was, by number. */
export async function listCells(session: DatabaseSession): Promise<Cell[]> {
  const rows = await session.query<CellRow>(`${SELECT} order by c.number`);
  return rows.map(fromRow);
}

export async function findCell(session: DatabaseSession, name: string): Promise<Cell | undefined> {
  const rows = await session.query<CellRow>(`${SELECT} where c.name = $1`, [name]);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

export async function findCellByNumber(session: DatabaseSession, number: number): Promise<Cell | undefined> {
  const rows = await session.query<CellRow>(`${SELECT} where c.number = $1`, [number]);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Keeps others from registering cells until the transaction ends. */
export async function lockRegistry(tx: DatabaseSession): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtext('trunkline cells'))");
}

/** Keeps others from counting accounts in these cells until the transaction ends. Always in the order of names, so that two do not wait for each other. */
export async function lockCells(tx: DatabaseSession, names: readonly string[]): Promise<void> {
  await tx.query("select name from cells where name = any($1) order by name for update", [names]);
}

/** The number after the highest that ever was one. */
export async function nextNumber(tx: DatabaseSession): Promise<number> {
  const rows = await tx.query<{ next: number }>("select coalesce(max(number), 0) + 1 as next from cells");
  return rows[0]?.next ?? 1;
}

export async function insertCell(tx: DatabaseSession, wish: CellWish & { readonly number: number }): Promise<void> {
  const { name, number, type, tier, region, address } = wish;
  await tx.query(
    `insert into cells (name, number, type, tier, region, host, port, state)
     values ($1, $2, $3, $4, $5, $6, $7, 'open')`,
    [name, number, type, tier, region, address.host, address.port],
  );
}

export async function updateAddress(tx: DatabaseSession, { name, address }: CellWish): Promise<void> {
  const { host, port } = address;
  await tx.query("update cells set host = $2, port = $3 where name = $1 and (host, port) <> ($2, $3)", [
    name,
    host,
    port,
  ]);
}

export async function updateState(session: DatabaseSession, name: string, state: CellState): Promise<void> {
  await session.query("update cells set state = $2 where name = $1", [name, state]);
}

/** Adds to the number of accounts of a cell. Fails where that would be over its cap. */
export async function countAccounts(tx: DatabaseSession, name: string, change: number): Promise<void> {
  if (change !== 0) await tx.query("update cells set accounts = accounts + $2 where name = $1", [name, change]);
}

export async function updateCap(session: DatabaseSession, tier: string, cap: number): Promise<void> {
  await session.query("update cell_tiers set cap = $2 where name = $1 and cap <> $2", [tier, cap]);
}

/** Whether the database refused to count one account more for want of room in its cell. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === "TC001";
}
