import { AppError } from "../../kernel/errors.ts";
import { BAD_PAGE_TOKEN, cutPage, type Page, type Slice } from "../../platform/http/index.ts";
import type { PricingDeps } from "./deps.ts";

export const BASE_PATH = "/trunkline/v1/Prices";

/** Throws the 404 of the call unless the operator calls: nobody else sees price tables. */
export function operatorOnly(
  { isOperator }: Pick<PricingDeps, "isOperator">,
  call: { readonly accountSid: string; notFound(): AppError },
): void {
  if (!isOperator(call.accountSid)) throw call.notFound();
}

/** A number of the database from a path or token; `undefined` for everything else. */
export function readId(text: string): number | undefined {
  return /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined;
}

/** A page of records that are numbered. Throws `BAD_PAGE_TOKEN`. */
export async function pageById<R>(
  asked: Slice,
  read: (slice: Slice) => Promise<R[]>,
  idOf: (record: R) => number,
): Promise<Page<R>> {
  const { limit, cursor, direction } = asked;
  if (cursor !== undefined && readId(cursor) === undefined) throw new AppError(BAD_PAGE_TOKEN);
  return cutPage(await read({ limit: limit + 1, cursor, direction }), asked, (record) => String(idOf(record)));
}
