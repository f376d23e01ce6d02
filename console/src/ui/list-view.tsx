import { Fragment, type ReactNode } from "react";
import { sidOf, type WithSid } from "./asked-list.ts";
import type { Filters } from "./filters.ts";
import { FilterBar, Stack } from "./layout.tsx";
import { ListTable, type ListTableProps } from "./list-table.tsx";
import { useSearchParams } from "./navigation.ts";
import type { TableProps } from "./table.tsx";

/** A drawer of the row that the address names. */
export interface RowDrawer<R> {
  /** Where the key of the row stands in the query of the address. */
  readonly param: string;
  readonly show: (row: R, close: () => void) => ReactNode;
}

/** Props of a list: those of its table and what is around it. */
export interface ListViewProps<R> extends ListTableProps<R> {
  /** What can be done with the list. Without `fields` it stands above rows alone: give it to `empty`, too. */
  readonly actions?: ReactNode;
  /** The fields of the filters. */
  readonly fields?: ReactNode;
  readonly filters?: Pick<Filters, "isOn" | "clear">;
  /** In the place of rows where a filter leaves none; `empty` unless told. */
  readonly noMatch?: ReactNode;
  /** Between the filters and the rows. */
  readonly note?: ReactNode;
  readonly drawer?: RowDrawer<R>;
  /** What stands below, and dialogs. */
  readonly children?: ReactNode;
}

/** A list as most pages have one: filters and actions, rows, and a drawer of the row that was pressed. */
export function ListView<R extends WithSid>(props: ListViewProps<R>): ReactNode;
export function ListView<R>(props: ListViewProps<R> & Pick<TableProps<R>, "rowKey">): ReactNode;
export function ListView<R>(props: ListViewProps<R>): ReactNode {
  const { actions, fields, filters, noMatch, note, drawer, children, rowKey = sidOf, ...table } = props;
  const { rows } = table.list;
  const params = useSearchParams();
  const open = drawer && rows.find((row) => rowKey(row) === params.get(drawer.param));
  const opening = drawer && {
    onRowPress: (row: R): void => params.set({ [drawer.param]: rowKey(row) }),
    selectedKey: open && rowKey(open),
  };
  const isFiltered = filters?.isOn === true;
  const hasBar = fields !== undefined || (rows.length > 0 && Boolean(actions));
  return (
    <Stack>
      {hasBar && (
        <FilterBar actions={actions} onClear={isFiltered ? filters.clear : undefined}>
          {fields}
        </FilterBar>
      )}
      {note}
      <ListTable<R>
        {...table}
        {...opening}
        rowKey={rowKey}
        empty={isFiltered ? (noMatch ?? table.empty) : table.empty}
      />
      {children}
      {drawer !== undefined && open !== undefined && (
        <Fragment key={rowKey(open)}>{drawer.show(open, () => params.set({ [drawer.param]: "" }))}</Fragment>
      )}
    </Stack>
  );
}
