import { useApi, useSession } from "../../api/index.ts";
import { Badge, Count, Link, ListView } from "../../ui/index.ts";
import styles from "./rules.module.css";

interface Rule {
  readonly name: string;
  readonly asked: string;
  readonly error_codes: readonly number[];
  /** For the operator alone. */
  readonly refused?: number;
  readonly held?: number;
}

/** The rules in the order in which a message meets them. */
export function RuleListTab() {
  const { isOperator } = useSession();
  const asked = useApi<{ rules: readonly Rule[] }>("/trunkline/v1/Rules", { query: { PageSize: 1_000 } });
  return (
    <ListView<Rule>
      label="Rules"
      list={{
        rows: asked.data?.rules ?? [],
        isLoading: asked.isPending,
        error: asked.error,
        refetch: () => void asked.refetch(),
      }}
      rowKey={({ name }) => name}
      note={
        <p className={styles.soft}>
          Each message meets these in this order, before it costs anything. What is refused has an error of its own, and
          a line in the debugger.
        </p>
      }
      columns={[
        { id: "name", header: "Rule", width: "1.4fr", cell: ({ name }) => name.replaceAll("-", " ") },
        { id: "when", header: "Asked", width: "1.4fr", isMinor: true, cell: (row) => row.asked },
        {
          id: "codes",
          header: "Errors",
          width: "1.8fr",
          cell: ({ error_codes: codes }) => (
            <span className={styles.demands}>
              {codes.map((code) => (
                <Link key={code} to={`https://www.twilio.com/docs/errors/${code}`}>
                  <Badge>{code}</Badge>
                </Link>
              ))}
            </span>
          ),
        },
        isOperator && {
          id: "refused",
          header: "Refused",
          align: "end",
          cell: ({ refused = 0 }) => <Count value={refused} />,
        },
        isOperator && { id: "held", header: "Held back", align: "end", cell: ({ held = 0 }) => <Count value={held} /> },
      ]}
    />
  );
}
