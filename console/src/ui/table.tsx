import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type KeyboardEvent, type ReactNode, useRef } from "react";
import { classes } from "./classes.ts";
import { Skeleton } from "./feedback.tsx";
import { nextRow } from "./row-keys.ts";
import styles from "./table.module.css";

/** A column. */
export interface Column<R> {
  readonly id: string;
  readonly header: ReactNode;
  readonly cell: (row: R) => ReactNode;
  /** A CSS width (`120px`) or a share (`2fr`); `1fr` unless told. */
  readonly width?: string;
  readonly align?: "start" | "end" | "center";
  /** Left out on a narrow screen. */
  readonly isMinor?: boolean;
}

/** Props of a table. */
export interface TableProps<R> {
  /** `false` is no column, so that one can depend on who looks. */
  readonly columns: readonly (Column<R> | false)[];
  readonly rows: readonly R[];
  readonly rowKey: (row: R) => string;
  readonly onRowPress?: ((row: R) => void) | undefined;
  readonly isLoading?: boolean;
  /** In the place of rows where there are none. */
  readonly empty?: ReactNode;
  /** For screen readers. */
  readonly label?: string;
  /** The row that is marked, for instance the one in a drawer. */
  readonly selectedKey?: string | undefined;
  /** Pixels; the table scrolls inside where its rows need more. 620 unless told. `fill` takes what the parent has. */
  readonly height?: number | "fill";
  readonly rowHeight?: number;
  /** Called when the last rows come into sight. */
  readonly onEnd?: (() => void) | undefined;
}

const HEIGHT = 620;
const ROW_HEIGHT = 40;
const HEAD_HEIGHT = 36;
const OVERSCAN_ROWS = 12;
/** A column that shares what is left has at least this. */
const LEAST_PIXELS = 72;

/**
 * Rows of things. Only the rows in sight are in the document, so ten thousand scroll as smoothly as ten.
 * Up, Down, Home, End and the page keys move between rows; Enter presses one.
 */
export function Table<R>(props: TableProps<R>) {
  const { rows, isLoading = false, empty, height = HEIGHT, rowHeight = ROW_HEIGHT, label = "Rows" } = props;
  const columns = props.columns.filter((column) => column !== false);
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN_ROWS,
    paddingStart: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT,
    getItemKey: (index) => props.rowKey(rows[index] as R),
  });
  const moveTo = (index: number): void => {
    virtualizer.scrollToIndex(index);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus());
  };
  if (rows.length === 0 && !isLoading && empty !== undefined)
    return (
      <div className={styles.empty} data-table="">
        {empty}
      </div>
    );
  const items = virtualizer.getVirtualItems();
  const firstIndex = items[0]?.index ?? 0;
  return (
    <div
      ref={scroller}
      data-table=""
      className={classes(styles.scroller, height === "fill" && styles.fill)}
      style={height === "fill" ? undefined : { maxHeight: height }}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-busy={isLoading}
      tabIndex={rows.length === 0 ? 0 : -1}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        if (scrollHeight - scrollTop - clientHeight < clientHeight) props.onEnd?.();
      }}
    >
      <div
        className={styles.body}
        role="presentation"
        style={{ ...templatesOf(columns), height: virtualizer.getTotalSize() }}
      >
        <HeadRow columns={columns} />
        {items.map(({ index, key, start }) => (
          <BodyRow
            key={key}
            table={props}
            columns={columns}
            row={rows[index] as R}
            index={index}
            isEntry={index === firstIndex}
            top={start}
            height={rowHeight}
            onMove={moveTo}
          />
        ))}
      </div>
      {isLoading && rows.length === 0 && (
        <div className={styles.loading}>
          <Skeleton lines={6} />
        </div>
      )}
    </div>
  );
}

/** The tracks of the grid, for a wide screen and for one that shows no minor columns. */
function templatesOf<R>(columns: readonly Column<R>[]): CSSProperties {
  const major = columns.filter(({ isMinor }) => isMinor !== true);
  return { ["--columns" as string]: tracksOf(columns), ["--columns-narrow" as string]: tracksOf(major) };
}

function tracksOf<R>(columns: readonly Column<R>[]): string {
  return columns
    .map(({ width = "1fr" }) => (width.endsWith("fr") ? `minmax(${LEAST_PIXELS}px, ${width})` : width))
    .join(" ");
}

function HeadRow<R>({ columns }: { readonly columns: readonly Column<R>[] }) {
  return (
    <div className={classes(styles.row, styles.head)} role="row" aria-rowindex={1} style={{ height: HEAD_HEIGHT }}>
      {columns.map(({ id, header, align, isMinor }) => (
        <div key={id} role="columnheader" className={cellClass(align, isMinor)}>
          {header}
        </div>
      ))}
    </div>
  );
}

interface BodyRowProps<R> {
  readonly table: TableProps<R>;
  readonly columns: readonly Column<R>[];
  readonly row: R;
  readonly index: number;
  /** The row that Tab comes to. */
  readonly isEntry: boolean;
  readonly top: number;
  readonly height: number;
  readonly onMove: (index: number) => void;
}

function BodyRow<R>({ table, columns, row, index, isEntry, top, height, onMove }: BodyRowProps<R>) {
  const { onRowPress, rowKey, rows, selectedKey } = table;
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onRowPress?.(row);
      return;
    }
    const next = nextRow(event.key, index, rows.length);
    if (next === undefined) return;
    event.preventDefault();
    onMove(next);
  };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selectedKey === undefined ? undefined : selectedKey === rowKey(row)}
      data-index={index}
      tabIndex={isEntry ? 0 : -1}
      className={classes(styles.row, onRowPress && styles.pressable)}
      style={{ height, transform: `translateY(${top}px)` }}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if (!isOwnControl(event.target as HTMLElement, event.currentTarget)) onRowPress?.(row);
      }}
    >
      {columns.map(({ id, cell, align, isMinor }) => (
        <div key={id} role="gridcell" className={cellClass(align, isMinor)}>
          {cell(row)}
        </div>
      ))}
    </div>
  );
}

/** A button or a link in a row does its own work. */
function isOwnControl(target: HTMLElement, row: HTMLElement): boolean {
  const control = target.closest("a, button, input, label, select");
  return control !== null && row.contains(control);
}

function cellClass(align: Column<never>["align"], isMinor: boolean | undefined): string {
  return classes(styles.cell, align && styles[`align-${align}`], isMinor === true && styles.minor);
}
