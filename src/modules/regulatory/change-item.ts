import { AppError } from "../../kernel/errors.ts";
import { holdersOf } from "./assignment.store.ts";
import { readAttributes } from "./attributes.ts";
import { findItemType } from "./data/index.ts";
import type { RegulatoryDeps } from "./deps.ts";
import { isOpen, MAX_ITEMS, type Item } from "./dossier.ts";
import { regulatoryErrors } from "./errors.ts";
import { findItem, insertItem, removeItem, writeItem, type ItemTarget } from "./item.store.ts";
import type { ItemKind, Product } from "./rule.ts";

/** What an account says of a new end user or document. */
export interface NewItem {
  readonly accountSid: string;
  readonly product: Product;
  readonly kind: ItemKind;
  readonly type: string;
  readonly friendlyName: string;
  /** JSON. */
  readonly attributes: string | undefined;
}

const PREFIXES: Readonly<Record<ItemKind, string>> = { "end-user": "IT", document: "RD" };

/** Makes an end user or document. */
export async function createItem({ database, clock, mintSid }: RegulatoryDeps, input: NewItem): Promise<Item> {
  const { accountSid, product, kind, friendlyName } = input;
  const type = findItemType(product, kind, input.type);
  if (type === undefined) {
    const what = kind === "document" ? "supporting documents" : "end users";
    throw new AppError(regulatoryErrors.typeUnknown, { value: input.type.slice(0, 64), what });
  }
  const atMs = clock.nowMs();
  const item: Item = {
    sid: mintSid(PREFIXES[kind]),
    accountSid,
    kind,
    product,
    type: type.machineName,
    friendlyName,
    attributes: readAttributes(input.attributes, type),
    status: "draft",
    failureReason: null,
    errors: [],
    createdMs: atMs,
    updatedMs: atMs,
  };
  if (!(await insertItem(database, item))) {
    throw new AppError(regulatoryErrors.tooMany, { max: MAX_ITEMS, what: `${kind}s of an account` });
  }
  return item;
}

/** Changes what an item says; attributes are replaced as a whole. `undefined` where there is no such item. */
export async function updateItem(
  { database, clock }: RegulatoryDeps,
  target: ItemTarget,
  change: { readonly friendlyName?: string | undefined; readonly attributes?: string | undefined },
): Promise<Item | undefined> {
  return database.transaction(async (tx) => {
    // The dossiers before the item: who submits holds the dossier and then reads its items.
    const holders = await holdersOf(tx, target.sid, true);
    const item = await findItem(tx, target, "update");
    if (item === undefined) return undefined;
    const { friendlyName = item.friendlyName } = change;
    const type = findItemType(item.product, item.kind, item.type);
    const isSaid = change.attributes !== undefined && change.attributes !== "" && type !== undefined;
    const fixed = holders.find(({ status }) => !isOpen(status));
    if (isSaid && fixed !== undefined) {
      throw new AppError(regulatoryErrors.itemInUse, { sid: item.sid, dossier: fixed.sid, status: fixed.status });
    }
    const attributes = isSaid ? readAttributes(change.attributes, type) : item.attributes;
    return writeItem(tx, item.sid, { friendlyName, attributes, atMs: clock.nowMs() });
  });
}

/** Deletes an item that is in no dossier. Resolves to whether there was one. */
export async function deleteItem({ database }: RegulatoryDeps, target: ItemTarget): Promise<boolean> {
  return database.transaction(async (tx) => {
    const item = await findItem(tx, target, "update");
    if (item === undefined) return false;
    const [holder] = await holdersOf(tx, item.sid);
    if (holder !== undefined) {
      const spec = item.kind === "document" ? regulatoryErrors.documentAssigned : regulatoryErrors.endUserAssigned;
      throw new AppError(spec, { sid: item.sid, dossier: holder.sid });
    }
    await removeItem(tx, item.sid);
    return true;
  });
}
