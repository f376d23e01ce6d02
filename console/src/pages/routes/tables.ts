import { api } from "../../api/index.ts";
import { joinParts, type TableDocument } from "./explanation.ts";

export const ROUTING = "/trunkline/v1/Routing";

/** A version of the routing table. */
export interface RouteTable {
  readonly version: number;
  readonly status: "draft" | "complete";
  readonly active: boolean;
  readonly hash: string | null;
  readonly note: string;
  readonly created_by: string;
  readonly date_created: string;
  readonly parts: number;
  readonly carriers: number;
  readonly networks: number;
  readonly prefixes: number;
  readonly routes: number;
  readonly octets: number;
}

/** One that was published. */
export interface Publication {
  readonly id: number;
  readonly version: number;
  readonly previous_version: number;
  readonly kind: "publish" | "rollback";
  readonly actor: string;
  readonly reason: string;
  readonly date_published: string;
}

/** What a table would have made of past messages. */
export interface Comparison {
  readonly messages: number;
  readonly cut: boolean;
  readonly moved: number;
  readonly unroutable_before: number;
  readonly unroutable_after: number;
  readonly from: { readonly currency: string };
  readonly to: { readonly currency: string };
  readonly before: { readonly cost_micros: number; readonly delivery_ratio: number | null };
  readonly after: { readonly cost_micros: number; readonly delivery_ratio: number | null };
}

/** Tables longer than this are not compared entry by entry in a browser. */
export const MAX_COMPARED_PARTS = 40;

/** The version that decides when nobody published any, and what it looks like. */
export interface DefaultTable {
  readonly version: 0;
  readonly active: boolean;
  readonly table: TableDocument;
}

/** A table in one piece; `undefined` for one that is too long to be read here. */
export async function readTable(version: number): Promise<TableDocument | undefined> {
  const options = { account: null };
  if (version === 0) return (await api.get<DefaultTable>(`${ROUTING}/DefaultTable`, options)).table;
  const { parts } = await api.get<RouteTable>(`${ROUTING}/Tables/${version}`, options);
  if (parts > MAX_COMPARED_PARTS) return undefined;
  const numbers = Array.from({ length: parts }, (_, part) => part);
  return joinParts(
    await Promise.all(
      numbers.map((part) => api.get<TableDocument>(`${ROUTING}/Tables/${version}/Parts/${part}`, options)),
    ),
  );
}
