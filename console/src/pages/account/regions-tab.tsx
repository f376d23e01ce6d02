import { useApi, useCan, useSession } from "../../api/index.ts";
import {
  Badge,
  Card,
  CopyText,
  ErrorNote,
  Grid,
  KeyValues,
  Link,
  Skeleton,
  Stack,
  StatusBadge,
  Table,
} from "../../ui/index.ts";
import styles from "./account.module.css";

interface Home {
  readonly cell: string;
  readonly epoch: number;
}

interface Cell {
  readonly name: string;
  readonly type: string;
  readonly tier: string;
  readonly region: string;
  readonly state: string;
  readonly health: string | null;
  readonly accounts: number | null;
  readonly max_accounts: number | null;
  readonly sla_percent: number;
}

const HERE = { cell: null, account: null } as const;

/** Where the account is at home: its cell holds everything that it has. */
export function RegionsTab() {
  const { account, baseUrl } = useSession();
  const canCells = useCan("cells.read");
  const canAudit = useCan("audit.read");
  // Everybody is told the cell by the head of its audit log; operators see the region behind it.
  const head = useApi<{ cell: string }>("/trunkline/v1/Audit/Head", { isEnabled: canAudit, cell: null });
  const home = useApi<Home>(`/trunkline/v1/Accounts/${account.sid}/Home`, { ...HERE, isEnabled: canCells });
  const cells = useApi<{ cells: readonly Cell[] }>("/trunkline/v1/Cells", {
    ...HERE,
    isEnabled: canCells,
    query: { PageSize: 1_000 },
  });
  const name = home.data?.cell ?? head.data?.cell;
  const cell = cells.data?.cells.find((each) => each.name === name);
  return (
    <Stack>
      <ErrorNote error={head.error ?? home.error ?? cells.error} />
      <Grid min="l">
        <Card title="Home">
          {name === undefined && head.isPending && canAudit ? (
            <Skeleton lines={3} />
          ) : (
            <KeyValues
              items={[
                { key: "Cell", value: name === undefined ? "–" : <CopyText>{name}</CopyText> },
                { key: "Region", value: <Badge tone="info">{cell?.region}</Badge>, isShown: cell !== undefined },
                { key: "Tier", value: cell?.tier, isShown: cell !== undefined },
                { key: "Promised", value: `${cell?.sla_percent} % available`, isShown: cell !== undefined },
                { key: "API", value: <CopyText>{baseUrl}</CopyText> },
              ]}
            />
          )}
        </Card>
        <Card title="What that means">
          <Stack gap="s">
            <p className={styles.soft}>
              Messages, numbers, people and the audit log of this account and its subaccounts are stored in its home
              cell and nowhere else. Every edge of every region knows the way there, so programs need no other address.
            </p>
            <p className={styles.soft}>
              {canCells ? (
                <>
                  An account is moved under <Link to="/cells">Cells</Link>, while it is in use.
                </>
              ) : (
                "The operator can move it to another region, while it is in use."
              )}
            </p>
          </Stack>
        </Card>
      </Grid>
      {canCells && (
        <Card title="Where accounts can be at home" isFlush>
          <Table<Cell>
            label="Cells"
            rows={(cells.data?.cells ?? []).filter(({ type }) => type === "messaging")}
            isLoading={cells.isPending}
            rowKey={(row) => row.name}
            height={320}
            columns={[
              { id: "region", header: "Region", cell: ({ region }) => region },
              {
                id: "name",
                header: "Cell",
                width: "1.4fr",
                cell: (row) => (
                  <>
                    {row.name} {row.name === name && <Badge tone="good">home</Badge>}
                  </>
                ),
              },
              { id: "tier", header: "Tier", isMinor: true, cell: ({ tier }) => tier },
              { id: "state", header: "State", cell: ({ state }) => <StatusBadge status={state} /> },
              {
                id: "accounts",
                header: "Accounts",
                align: "end",
                isMinor: true,
                cell: (row) => `${row.accounts ?? "–"} of ${row.max_accounts ?? "–"}`,
              },
            ]}
          />
        </Card>
      )}
    </Stack>
  );
}
