import { useState } from "react";
import { useApi, useSession } from "../../api/index.ts";
import {
  Card,
  Count,
  Empty,
  ErrorNote,
  Money,
  Row,
  SegmentedControl,
  Select,
  Skeleton,
  Table,
} from "../../ui/index.ts";
import { BREAKDOWNS, breakdownsFor, type LedgerSum, type SpendRow, spendRows, startOf } from "./ledger.ts";
import styles from "./money.module.css";

const SPANS = [
  { value: "day", label: "24 h" },
  { value: "month", label: "This month" },
  { value: "30", label: "30 days" },
] as const;

/** What money went for, by product, country, carrier or account. */
export function SpendCard() {
  const { isOperator, account, accountSid } = useSession();
  const [chosen, setBy] = useState("category");
  const breakdowns = breakdownsFor({ isOperators: isOperator && accountSid === account.sid });
  const by = breakdowns.find(({ value }) => value === chosen)?.value ?? "category";
  const [span, setSpan] = useState("month");
  const [kind, setKind] = useState<"charge" | "cost">("charge");
  // The beginning stands still while the page is open, or each look would be another question.
  const [openedMs] = useState(() => Date.now());
  const asked = useApi<{ breakdown: readonly LedgerSum[] }>("/trunkline/v1/Ledger/Breakdown", {
    query: { By: by, StartDate: startOf(span, openedMs) },
    everyMs: 10_000,
    keepsLast: true,
  });
  const rows = spendRows(asked.data?.breakdown ?? [], by, kind);
  return (
    <Card
      title={kind === "charge" ? "Spend" : "What carriers asked for"}
      isFlush
      actions={
        <Row gap="s">
          {isOperator && (
            <SegmentedControl
              label="Which money"
              size="s"
              options={[
                { value: "charge", label: "Charged" },
                { value: "cost", label: "Cost" },
              ]}
              value={kind}
              onChange={(value) => setKind(value === "cost" ? "cost" : "charge")}
            />
          )}
          <SegmentedControl label="Time" size="s" options={SPANS} value={span} onChange={setSpan} />
          <Select label="By" hidesLabel options={breakdowns} value={by} onChange={setBy} />
        </Row>
      }
    >
      <ErrorNote error={asked.error} />
      {asked.data === undefined && asked.error === null ? (
        <Skeleton lines={4} />
      ) : (
        <Table<SpendRow>
          label="Spend"
          rows={rows}
          rowKey={({ name, currency }) => `${name} ${currency}`}
          empty={<Empty title="Nothing was spent in this time" />}
          columns={[
            { id: "name", header: BREAKDOWNS.find(({ value }) => value === by)?.label ?? by, cell: ({ name }) => name },
            { id: "share", header: "Share", isMinor: true, cell: ({ share }) => <Share value={share} /> },
            { id: "count", header: "Count", align: "end", isMinor: true, cell: ({ count }) => <Count value={count} /> },
            {
              id: "amount",
              header: "Amount",
              align: "end",
              cell: ({ micros, currency }) => <Money micros={micros} currency={currency} />,
            },
          ]}
        />
      )}
    </Card>
  );
}

/** A bar without numbers: the amount beside it says how much. */
function Share({ value }: { readonly value: number }) {
  return (
    <svg className={styles.share} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="6" rx="3" />
      <rect width={Math.max(1, value * 100)} height="6" rx="3" data-part="" />
    </svg>
  );
}
