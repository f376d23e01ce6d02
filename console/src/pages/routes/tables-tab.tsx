import { Plus } from "lucide-react";
import { useState } from "react";
import { api, askAgain, useApi, useApiChange, useCan, usePages } from "../../api/index.ts";
import {
  Badge,
  Button,
  Card,
  type Column,
  Dialog,
  Empty,
  ErrorNote,
  Form,
  ListTable,
  Row,
  Skeleton,
  Stack,
  TextArea,
  TextField,
  toast,
  When,
} from "../../ui/index.ts";
import { PublishDialog } from "./publish-dialog.tsx";
import { type DefaultTable, readTable, ROUTING, type RouteTable } from "./tables.ts";
import styles from "./routes.module.css";

/** The versions of the routing table: what each holds, and which one decides. */
export function TablesTab() {
  const tables = usePages<RouteTable>(`${ROUTING}/Tables`, "tables", { account: null });
  const usual = useApi<DefaultTable>(`${ROUTING}/DefaultTable`, { account: null });
  const canWrite = useCan("routes.write");
  const [publishing, setPublishing] = useState<number>();
  const [isNew, setNew] = useState(false);
  const active = tables.rows.find((table) => table.active)?.version ?? 0;
  return (
    <Stack gap="l">
      <Card
        tone={usual.data?.active === true ? "info" : undefined}
        title="Version 0, which follows from the carriers"
        actions={
          canWrite &&
          usual.data?.active === false && <Button onPress={() => setPublishing(0)}>Publish version 0</Button>
        }
      >
        <p className={styles.facts}>
          {usual.data === undefined
            ? ""
            : usual.data.active
              ? "It decides now: the longest prefix, then the smallest priority, then the order of the carriers."
              : "It decided before any table was published."}
        </p>
      </Card>
      <Card
        title="Published and prepared"
        isFlush
        actions={
          canWrite && (
            <Button icon={<Plus size={15} />} onPress={() => setNew(true)}>
              A new version
            </Button>
          )
        }
      >
        <ListTable<RouteTable>
          label="Versions of the routing table"
          columns={columnsOf(canWrite, setPublishing)}
          list={tables}
          rowKey={({ version }) => String(version)}
          rowHeight={48}
          height={Math.max(160, Math.min(560, tables.rows.length * 48 + 44))}
          empty={<Empty title="No table was made yet">Version 0 decides.</Empty>}
        />
      </Card>
      {publishing !== undefined && (
        <PublishDialog version={publishing} active={active} onClose={() => setPublishing(undefined)} />
      )}
      {isNew && <NewTableDialog active={active} onClose={() => setNew(false)} />}
    </Stack>
  );
}

function columnsOf(canWrite: boolean, onPublish: (version: number) => void): Column<RouteTable>[] {
  return [
    {
      id: "version",
      header: "Version",
      width: "110px",
      cell: ({ version, active, status }) => (
        <Row gap="s">
          <strong>{version}</strong>
          {active && (
            <Badge tone="good" hasDot>
              active
            </Badge>
          )}
          {status === "draft" && <Badge tone="neutral">draft</Badge>}
        </Row>
      ),
    },
    { id: "note", header: "Note", cell: ({ note }) => note || "–", width: "minmax(120px, 2fr)" },
    {
      id: "size",
      header: "Holds",
      isMinor: true,
      width: "minmax(160px, 1fr)",
      cell: ({ routes, carriers, networks }) => `${routes} routes, ${carriers} carriers, ${networks} networks`,
    },
    {
      id: "made",
      header: "Made",
      isMinor: true,
      width: "120px",
      cell: ({ date_created: at }) => <When at={at} />,
    },
    {
      id: "do",
      header: "",
      width: "100px",
      align: "end",
      cell: ({ version, active, status }) =>
        canWrite && !active && status === "complete" ? (
          <Button size="s" onPress={() => onPublish(version)} label={`Publish version ${version}`}>
            Publish
          </Button>
        ) : null,
    },
  ];
}

/** A new version begins as the active one is. */
function NewTableDialog({ active, onClose }: { readonly active: number; readonly onClose: () => void }) {
  const [text, setText] = useState<string>();
  const begin = useApiChange<void, unknown>(() => readTable(active), {
    onDone: (table) => setText(table === undefined ? "" : JSON.stringify(table, null, 2)),
  });
  if (text === undefined && !begin.isPending && begin.error === null) begin.run();
  const make = async ({ note = "" }: Readonly<Record<string, string>>): Promise<void> => {
    const table = JSON.parse(text ?? "") as unknown;
    const { version } = await api.json<RouteTable>("POST", {
      path: `${ROUTING}/Tables`,
      body: { note, table },
      account: null,
    });
    toast.good(`Version ${version} is made. It decides when it is published.`);
    askAgain(`${ROUTING}/Tables`);
    onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title="A new version of the table" size="l">
      <Form label="A new table" onSubmit={make}>
        <p className={styles.facts}>
          It begins as version {active}, which is active. It decides nothing before it is published.
        </p>
        <ErrorNote error={begin.error} />
        {text === undefined ? (
          <Skeleton lines={8} />
        ) : (
          <TextArea label="Table (JSON)" value={text} onChange={setText} rows={16} isMono />
        )}
        <TextField label="Note" name="note" placeholder="What is different" />
        <div>
          <Button type="submit" tone="primary">
            Make it
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
