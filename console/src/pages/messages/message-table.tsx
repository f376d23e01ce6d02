import { ArrowDownLeft, ArrowUpRight } from "lucide-react";
import type { ReactNode } from "react";
import { type Column, formatTime, go, Money, StatusBadge, Table, When } from "../../ui/index.ts";
import type { MessageRow } from "./message-data.ts";
import styles from "./messages.module.css";

/** Props of the table of messages. */
export interface MessageTableProps {
  readonly rows: readonly MessageRow[];
  readonly isLive: boolean;
  readonly isLoading?: boolean;
  readonly empty: ReactNode;
  readonly onEnd?: () => void;
}

/** Messages, one a line. A press leads to the whole life of one. */
export function MessageTable({ rows, isLive, isLoading = false, empty, onEnd }: MessageTableProps) {
  return (
    <Table<MessageRow>
      label={isLive ? "Live messages" : "Messages"}
      rows={rows}
      rowKey={({ sid }) => sid}
      onRowPress={({ sid }) => go(`/messages/${sid}`)}
      isLoading={isLoading}
      height="fill"
      empty={empty}
      onEnd={onEnd}
      columns={columnsOf(isLive, rows)}
    />
  );
}

function columnsOf(isLive: boolean, rows: readonly MessageRow[]): (Column<MessageRow> | false)[] {
  const hasBodies = rows.some(({ body }) => body !== undefined);
  const hasCarriers = rows.some(({ carrier }) => carrier !== undefined);
  return [
    {
      id: "at",
      header: isLive ? "Changed" : "Created",
      width: "104px",
      isMinor: true,
      cell: ({ at }) => (isLive ? <span className={styles.mono}>{formatTime(Date.parse(at))}</span> : <When at={at} />),
    },
    { id: "status", header: "Status", width: "128px", cell: ({ status }) => <StatusBadge status={status} /> },
    { id: "from", header: "From", width: "184px", cell: (row) => <Address row={row} which="from" /> },
    { id: "to", header: "To", width: "164px", isMinor: true, cell: (row) => <Address row={row} which="to" /> },
    hasBodies && { id: "body", header: "Text", width: "2fr", isMinor: true, cell: textOf },
    hasCarriers && { id: "carrier", header: "Carrier", isMinor: true, cell: ({ carrier }) => carrier ?? "–" },
    {
      id: "error",
      header: "Error",
      width: "72px",
      isMinor: true,
      cell: ({ errorCode }) => (errorCode === null ? "" : <span className={styles.code}>{errorCode}</span>),
    },
    {
      id: "segments",
      header: "Seg.",
      width: "52px",
      align: "end",
      isMinor: true,
      cell: ({ segments }) => segments,
    },
    {
      id: "price",
      header: "Price",
      width: "96px",
      align: "end",
      isMinor: true,
      cell: ({ price }) => (price === undefined ? "–" : <Money micros={price.micros} currency={price.currency} />),
    },
  ];
}

function textOf({ body }: MessageRow): ReactNode {
  return <span className={styles.preview}>{body === "" ? "–" : body}</span>;
}

function Address({ row, which }: { readonly row: MessageRow; readonly which: "from" | "to" }) {
  const value = row[which];
  const isOther = row.isInbound === (which === "from");
  return (
    <span className={styles.address}>
      {which === "from" &&
        (row.isInbound ? (
          <ArrowDownLeft size={14} aria-label="in" className={styles.in} />
        ) : (
          <ArrowUpRight size={14} aria-label="out" className={styles.out} />
        ))}
      <span className={styles.numbers}>
        <span>{value === "" ? "service chooses" : value}</span>
        {which === "from" && <span className={styles.narrowTo}>to {row.to}</span>}
      </span>
      {isOther && row.country !== undefined && <span className={styles.country}>{row.country}</span>}
    </span>
  );
}
