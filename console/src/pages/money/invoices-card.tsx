import { useState } from "react";
import { useApi } from "../../api/index.ts";
import { Badge, Card, Count, Drawer, Empty, ErrorNote, LinkButton, Money, Stack, Table } from "../../ui/index.ts";
import { microsOf } from "./ledger.ts";

interface Period {
  readonly period: string;
  readonly currency: string;
  readonly status: "open" | "closed";
  readonly charges: string;
  readonly credits: string;
  readonly closing_balance: string;
  readonly ledger_lines: number;
}

interface InvoiceItem {
  readonly section: string;
  readonly account_sid: string;
  readonly description: string;
  readonly country: string | null;
  readonly count: number;
  readonly amount: string;
}

const PATH = "/trunkline/v1/Invoices";

/** Invoices, month by month. */
export function InvoicesCard() {
  const [open, setOpen] = useState<Period>();
  const asked = useApi<{ invoices: readonly Period[] }>(PATH);
  return (
    <Card title="Invoices" isFlush>
      <ErrorNote error={asked.error} />
      <Table<Period>
        label="Invoices"
        rows={asked.data?.invoices ?? []}
        isLoading={asked.isPending}
        rowKey={({ period, currency }) => `${period} ${currency}`}
        onRowPress={setOpen}
        empty={<Empty title="No invoice yet">The first one begins with the first charge.</Empty>}
        columns={[
          { id: "period", header: "Month", cell: ({ period }) => period },
          {
            id: "status",
            header: "",
            cell: ({ status }) => <Badge tone={status === "open" ? "info" : "neutral"}>{status}</Badge>,
          },
          {
            id: "charges",
            header: "Charges",
            align: "end",
            cell: ({ charges, currency }) => <Money micros={Math.abs(microsOf(charges))} currency={currency} />,
          },
          {
            id: "balance",
            header: "Balance after",
            align: "end",
            isMinor: true,
            cell: ({ closing_balance, currency }) => <Money micros={microsOf(closing_balance)} currency={currency} />,
          },
        ]}
      />
      {open !== undefined && <InvoiceDrawer period={open} onClose={() => setOpen(undefined)} />}
    </Card>
  );
}

function InvoiceDrawer({ period, onClose }: { readonly period: Period; readonly onClose: () => void }) {
  const query = { Currency: period.currency };
  const asked = useApi<{ number: string; items: readonly InvoiceItem[] }>(`${PATH}/${period.period}`, { query });
  const csv = `/api/call${PATH}/${period.period}.csv?${new URLSearchParams(query)}`;
  return (
    <Drawer isOpen onClose={onClose} title={`Invoice ${asked.data?.number ?? period.period}`}>
      <Stack>
        <ErrorNote error={asked.error} />
        <LinkButton to={`${location.origin}/console${csv}`}>Download as CSV</LinkButton>
        <Table<InvoiceItem>
          label="Items"
          rows={asked.data?.items ?? []}
          isLoading={asked.isPending}
          rowKey={(item) =>
            `${item.section} ${item.account_sid} ${item.description} ${item.country ?? ""} ${item.amount}`
          }
          columns={[
            { id: "what", header: "What", cell: ({ description }) => description },
            { id: "country", header: "Country", isMinor: true, cell: ({ country }) => country ?? "–" },
            { id: "count", header: "Count", align: "end", cell: ({ count }) => <Count value={count} /> },
            {
              id: "amount",
              header: "Amount",
              align: "end",
              cell: ({ amount }) => <Money micros={Math.abs(microsOf(amount))} currency={period.currency} />,
            },
          ]}
        />
      </Stack>
    </Drawer>
  );
}
