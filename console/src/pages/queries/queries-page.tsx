import { Download, Play } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { api, useApi, useApiChange, useSession } from "../../api/index.ts";
import {
  Button,
  Card,
  Code,
  Count,
  Empty,
  ErrorNote,
  formatDuration,
  Kbd,
  Menu,
  Page,
  Row,
  Section,
  Stack,
  Table,
  TextArea,
} from "../../ui/index.ts";
import { csvOf, type QueryRow } from "./csv.ts";

const PATH = "/trunkline/v1/Insights/Queries";

interface Answer {
  readonly cell: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly row_count: number;
  readonly truncated: boolean;
  readonly took_ms: number;
  readonly rows: readonly QueryRow[];
}

interface Schema {
  readonly cell: string;
  readonly enabled: boolean;
  readonly limits: { readonly rows: number; readonly seconds: number };
  readonly tables: readonly {
    readonly name: string;
    readonly description: string;
    readonly columns: readonly { readonly name: string; readonly type: string; readonly description: string }[];
  }[];
  readonly examples: readonly { readonly title: string; readonly sql: string }[];
}

/** Questions in SQL about every change of every message of a cell. */
export default function QueriesPage() {
  const { features } = useSession();
  const schema = useApi<Schema>(`${PATH}/Schema`);
  const [sql, setSql] = useState<string>();
  const examples = schema.data?.examples ?? [];
  const shown = sql ?? examples[0]?.sql ?? "";
  const ask = useApiChange((text: string) => api.post<Answer>(PATH, { Sql: text }));
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    ask.run(shown);
  };
  return (
    <Page
      title="Questions in SQL"
      subtitle={
        schema.data === undefined
          ? undefined
          : "Every change of every message, in columns. Recipients and texts are not in it."
      }
      actions={
        <Menu
          label="Examples"
          trigger={<Button>Examples</Button>}
          items={examples.map(({ title, sql: text }) => ({ id: title, label: title, onSelect: () => setSql(text) }))}
        />
      }
    >
      <ErrorNote error={schema.error} />
      <Card>
        <Stack>
          <div onKeyDown={onKey}>
            <TextArea label="SQL" value={shown} onChange={setSql} rows={7} isMono />
          </div>
          <Row isSpread>
            <span>
              <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd> asks. One SELECT, at most {schema.data?.limits.seconds ?? 10} s.
            </span>
            <Button tone="primary" icon={<Play size={15} />} onPress={() => ask.run(shown)} isPending={ask.isPending}>
              Ask
            </Button>
          </Row>
        </Stack>
      </Card>
      <ErrorNote error={ask.error} />
      {ask.data !== undefined && <AnswerCard answer={ask.data} />}
      <Section
        title="What there is"
        subtitle={schema.data === undefined ? undefined : whoAnswers(schema.data.cell, features.fleet === true)}
      >
        {schema.data?.tables.map((table) => (
          <Card key={table.name} title={table.name} isFlush>
            <Table
              label={table.description}
              rows={table.columns}
              rowKey={({ name }) => name}
              columns={[
                { id: "name", header: "Column", cell: ({ name }) => <code>{name}</code> },
                { id: "type", header: "Type", isMinor: true, cell: ({ type }) => type },
                { id: "what", header: "What it is", cell: ({ description }) => description },
              ]}
            />
          </Card>
        ))}
      </Section>
    </Page>
  );
}

function whoAnswers(cell: string, isFleet: boolean): string {
  return `The cell ${cell} answers, for itself alone.${isFleet ? " The picker at the side leads to the others." : ""}`;
}

function AnswerCard({ answer }: { readonly answer: Answer }) {
  const { columns, rows, row_count: count, truncated, took_ms: tookMs, cell } = answer;
  const names = columns.map(({ name }) => name);
  const download = (): void => {
    const url = URL.createObjectURL(new Blob([csvOf(names, rows)], { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "answer.csv";
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Card
      isFlush
      title={
        <>
          <Count value={count} /> rows of {cell} in {formatDuration(tookMs)}
          {truncated && " · more were left out"}
        </>
      }
      actions={
        <Button size="s" icon={<Download size={14} />} onPress={download}>
          CSV
        </Button>
      }
    >
      {columns.length === 1 && rows.length === 1 ? (
        <Code>{String(rows[0]?.[0] ?? "")}</Code>
      ) : (
        <Table<{ readonly at: number; readonly row: QueryRow }>
          label="Answer"
          rows={rows.map((row, at) => ({ at, row }))}
          rowKey={({ at }) => String(at)}
          height={480}
          empty={<Empty title="No rows" />}
          columns={columns.map(({ name, type }, at) => ({
            id: `${at} ${name}`,
            header: name,
            ...(/INT|DOUBLE|DECIMAL|FLOAT/.test(type) ? { align: "end" as const } : {}),
            cell: ({ row }) => (row[at] === null ? "–" : String(row[at])),
          }))}
        />
      )}
    </Card>
  );
}
