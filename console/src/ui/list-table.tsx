import type { ReactNode } from "react";
import { type AskedList, sidOf, type WithSid } from "./asked-list.ts";
import { ErrorNote } from "./error-note.tsx";
import { Table, type TableProps } from "./table.tsx";

/** Props of a table of a list: those of a table, with the list in the place of its rows. */
export interface ListTableProps<R> extends Omit<TableProps<R>, "rows" | "rowKey" | "isLoading" | "onEnd"> {
  readonly list: AskedList<R>;
  /** Its `sid` unless told. */
  readonly rowKey?: (row: R) => string;
}

/** The rows of a list, more of them as one scrolls, and above them what went wrong. */
export function ListTable<R extends WithSid>(props: ListTableProps<R>): ReactNode;
export function ListTable<R>(props: ListTableProps<R> & Pick<TableProps<R>, "rowKey">): ReactNode;
export function ListTable<R>({ list, rowKey = sidOf, ...table }: ListTableProps<R>): ReactNode {
  const { rows, error, isLoading, refetch, loadMore } = list;
  // Nobody knows that nothing is there while the answer is an error.
  const isUnknown = rows.length === 0 && error !== null;
  return (
    <>
      <ErrorNote error={error} onRetry={refetch} />
      {!isUnknown && <Table<R> {...table} rows={rows} rowKey={rowKey} isLoading={isLoading} onEnd={loadMore} />}
    </>
  );
}
