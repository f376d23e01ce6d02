import type { Slice } from "../../platform/http/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import { MAX_ITEMS, type Attributes, type DocumentStatus, type DossierError, type Item } from "./dossier.ts";
import { listRows } from "./list-rows.ts";
import type { ItemKind, Product } from "./rule.ts";

interface ItemRow extends Row {
  sid: string;
  account_sid: string;
  kind: ItemKind;
  product: Product;
  type: string;
  friendly_name: string;
  attributes: Attributes;
  status: DocumentStatus;
  failure_reason: string | null;
  errors: DossierError[];
  created_at: Date;
  updated_at: Date;
}

function fromRow(row: ItemRow): Item {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    kind: row.kind,
    product: row.product,
    type: row.type,
    friendlyName: row.friendly_name,
    attributes: row.attributes,
    status: row.status,
    failureReason: row.failure_reason,
    errors: row.errors,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
  };
}

/** Stores a new item. Resolves to whether its account has room for it. */
export async function insertItem(tx: DatabaseSession, item: Item): Promise<boolean> {
  const rows = await tx.query(
    `insert into regulatory_items select $1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10::jsonb, $11, $12
     where (select count(*) from regulatory_items where account_sid = $2 and product = $4 and kind = $3) < ${MAX_ITEMS}
     returning sid`,
    [
      item.sid,
      item.accountSid,
      item.kind,
      item.product,
      item.type,
      item.friendlyName,
      JSON.stringify(item.attributes),
      item.status,
      item.failureReason,
      JSON.stringify(item.errors),
      new Date(item.createdMs),
      new Date(item.updatedMs),
    ],
  );
  return rows.length > 0;
}

/** Whose item, and of what kind where that matters. */
export interface ItemTarget {
  readonly accountSid: string;
  readonly sid: string;
  readonly product: Product;
  readonly kind?: ItemKind;
}

/** An account's item; with a lock, held until the transaction ends. */
export async function findItem(
  session: DatabaseSession,
  { accountSid, sid, product, kind }: ItemTarget,
  lock?: "update" | "share",
): Promise<Item | undefined> {
  const rows = await session.query<ItemRow>(
    `select * from regulatory_items where sid = $1 and account_sid = $2 and product = $3 and kind = coalesce($4, kind)
     ${lock === undefined ? "" : `for ${lock}`}`,
    [sid, accountSid, product, kind ?? null],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Writes what an item says anew. */
export async function writeItem(
  tx: DatabaseSession,
  sid: string,
  change: { readonly friendlyName: string; readonly attributes: Attributes; readonly atMs: number },
): Promise<Item | undefined> {
  const rows = await tx.query<ItemRow>(
    `update regulatory_items set friendly_name = $2, attributes = $3::jsonb, updated_at = $4
     where sid = $1 returning *`,
    [sid, change.friendlyName, JSON.stringify(change.attributes), new Date(change.atMs)],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

export async function removeItem(tx: DatabaseSession, sid: string): Promise<void> {
  await tx.query("delete from regulatory_items where sid = $1", [sid]);
}

/** All items of a dossier. */
export async function itemsOf(session: DatabaseSession, dossierSid: string): Promise<Item[]> {
  const rows = await session.query<ItemRow>(
    `select i.* from regulatory_items i join regulatory_assignments a on a.object_sid = i.sid
     where a.dossier_sid = $1 order by a.sid`,
    [dossierSid],
  );
  return rows.map(fromRow);
}

/** Sets what a review says of the documents of a dossier. */
export async function markDocuments(
  tx: DatabaseSession,
  dossierSid: string,
  said: Pick<Item, "status" | "failureReason" | "errors"> & { readonly atMs: number },
): Promise<void> {
  await tx.query(
    `update regulatory_items i set status = $2, failure_reason = $3, errors = $4::jsonb, updated_at = $5
     from regulatory_assignments a
     where a.object_sid = i.sid and a.dossier_sid = $1 and i.kind = 'document' and i.status <> $2`,
    [dossierSid, said.status, said.failureReason, JSON.stringify(said.errors), new Date(said.atMs)],
  );
}

/** At most `limit` items of an account, the newest first. */
export async function listItems(
  session: DatabaseSession,
  { accountSid, product, kind }: Omit<Required<ItemTarget>, "sid">,
  slice: Slice,
): Promise<Item[]> {
  const where = [
    ["account_sid = ?", accountSid] as const,
    ["product = ?", product] as const,
    ["kind = ?", kind] as const,
  ];
  return (await listRows<ItemRow>(session, { table: "regulatory_items", where }, slice)).map(fromRow);
}
