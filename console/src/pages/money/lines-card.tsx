import { usePages, useSession } from "../../api/index.ts";
import { Badge, Card, Empty, Link, ListTable, Money, When } from "../../ui/index.ts";
import { type LedgerLine, microsOf } from "./ledger.ts";
import styles from "./money.module.css";

const TONES = { charge: "neutral", cost: "warn", credit: "good" } as const;

/** For the operator: nobody else is told. */
const CARRIER = {
  id: "carrier",
  header: "Carrier",
  isMinor: true,
  cell: ({ carrier }: LedgerLine) => carrier ?? "–",
};

/** Every line of the ledger, the newest first: what was charged, for what, and what it was charged for. */
export function LinesCard() {
  const { isOperator, account, accountSid } = useSession();
  const pages = usePages<LedgerLine>("/trunkline/v1/Ledger/Lines", "lines", { everyMs: 10_000 });
  return (
    <Card title="Lines" isFlush>
      <ListTable<LedgerLine>
        label="Ledger lines"
        list={pages}
        rowKey={({ id }) => id}
        height={420}
        empty={<Empty title="No lines yet">Every charge, cost and credit has one.</Empty>}
        columns={[
          { id: "date", header: "When", cell: ({ date }) => <When at={date} /> },
          { id: "kind", header: "Kind", cell: ({ kind }) => <Badge tone={TONES[kind]}>{kind}</Badge> },
          { id: "what", header: "What", cell: ({ category, reason }) => reason ?? category },
          { id: "for", header: "For", isMinor: true, cell: ({ resource_sid }) => <Resource sid={resource_sid} /> },
          isOperator && accountSid === account.sid && CARRIER,
          {
            id: "amount",
            header: "Amount",
            align: "end",
            cell: ({ amount, currency }) => <Money micros={microsOf(amount)} currency={currency} />,
          },
        ]}
      />
    </Card>
  );
}

function Resource({ sid }: { readonly sid: string | null }) {
  if (sid === null || sid === "") return <>–</>;
  if (!/^[SM]M/.test(sid)) return <span className={styles.mono}>{sid}</span>;
  return (
    <span className={styles.mono}>
      <Link to={`/messages/${sid}`}>{sid}</Link>
    </span>
  );
}
