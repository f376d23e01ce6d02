import { useEffect, useState } from "react";
import { api, askAgain, useApiChange } from "../../api/index.ts";
import { Button, Dialog, ErrorNote, Form, Money, ProgressBar, Stack, TextField, toast } from "../../ui/index.ts";
import { type Difference, differencesOf } from "./explanation.ts";
import { type Comparison, readTable, ROUTING } from "./tables.ts";
import styles from "./routes.module.css";

/** Differences that are shown; the others are counted. */
const MAX_SHOWN = 300;

/** Publishes a version, after what differs from the active one was seen; and says what it would have changed. */
export function PublishDialog({
  version,
  active,
  isRollback = false,
  onClose,
}: {
  readonly version: number;
  readonly active: number;
  readonly isRollback?: boolean;
  readonly onClose: () => void;
}) {
  const publish = async ({ reason = "" }: Readonly<Record<string, string>>): Promise<void> => {
    if (isRollback) await api.post(`${ROUTING}/Rollbacks`, { Reason: reason }, { account: null });
    else await api.post(`${ROUTING}/Publications`, { Version: version, Reason: reason }, { account: null });
    toast.good(`Version ${version} decides now.`);
    askAgain(ROUTING);
    onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title={`${isRollback ? "Go back to" : "Publish"} version ${version}`} size="l">
      <Stack>
        <TableDiff from={active} to={version} />
        <WhatIf version={version} />
        <Form label="Publish" onSubmit={publish}>
          <TextField label="Reason" name="reason" isRequired placeholder="For the record: why now?" />
          <div>
            <Button type="submit" tone="primary">
              {isRollback ? "Go back" : "Publish"}
            </Button>
          </div>
        </Form>
      </Stack>
    </Dialog>
  );
}

/** What is in one table and not in the other. */
export function TableDiff({ from, to }: { readonly from: number; readonly to: number }) {
  const { data, error } = useDifferences(from, to);
  if (error !== undefined) return <ErrorNote error={error} />;
  if (data === undefined) return <ProgressBar label="Comparing the tables" />;
  if (data === null)
    return <p className={styles.facts}>These tables are too long to be shown beside each other here.</p>;
  if (data.length === 0) return <p className={styles.facts}>They hold the same.</p>;
  const shown = data.slice(0, MAX_SHOWN);
  return (
    <Stack gap="s">
      <p className={styles.facts}>
        Against version {from}: {count(data, "added")} added, {count(data, "removed")} removed.
      </p>
      <ul className={styles.diff} aria-label="Differences">
        {shown.map(({ kind, section, text }, index) => (
          <li key={index} data-kind={kind}>
            {kind === "added" ? "+" : "−"} {section}: {text}
          </li>
        ))}
        {data.length > shown.length && <li>… and {data.length - shown.length} more</li>}
      </ul>
    </Stack>
  );
}

/** The differences; `null` where the tables are too long for that. */
function useDifferences(from: number, to: number) {
  const [found, setFound] = useState<{ readonly data?: readonly Difference[] | null; readonly error?: unknown }>({});
  useEffect(() => {
    let isWanted = true;
    const tell = (told: typeof found): void => {
      if (isWanted) setFound(told);
    };
    setFound({});
    Promise.all([readTable(from), readTable(to)]).then(
      ([before, after]) =>
        tell({ data: before === undefined || after === undefined ? null : differencesOf(before, after) }),
      (error: unknown) => tell({ error }),
    );
    return () => {
      isWanted = false;
    };
  }, [from, to]);
  return found;
}

function count(differences: readonly Difference[], kind: Difference["kind"]): number {
  return differences.filter((one) => one.kind === kind).length;
}

/** What the table would have made of the messages of the last day. */
function WhatIf({ version }: { readonly version: number }) {
  const asked = useApiChange<void, Comparison>(() =>
    api.post(`${ROUTING}/Comparisons`, { TableVersion: version, Limit: 100_000 }, { account: null }),
  );
  const { data } = asked;
  return (
    <Stack gap="s">
      <div>
        <Button size="s" isPending={asked.isPending} onPress={() => asked.run()}>
          What would it have made of yesterday?
        </Button>
      </div>
      <ErrorNote error={asked.error} />
      {data !== undefined && (
        <>
          <p className={styles.facts}>
            Of {data.messages} messages{data.cut ? " (not all)" : ""}, {data.moved} would have gone by another carrier.
          </p>
          <div className={styles.figures}>
            <span />
            <strong>now</strong>
            <strong>version {version}</strong>
            <span>cost</span>
            <Money micros={data.before.cost_micros} currency={data.from.currency} />
            <Money micros={data.after.cost_micros} currency={data.to.currency} />
            <span>delivered</span>
            <span>{share(data.before.delivery_ratio)}</span>
            <span>{share(data.after.delivery_ratio)}</span>
            <span>without a route</span>
            <span>{data.unroutable_before}</span>
            <span>{data.unroutable_after}</span>
          </div>
        </>
      )}
    </Stack>
  );
}

function share(ratio: number | null): string {
  return ratio === null ? "not known" : `${Math.round(ratio * 100)} %`;
}
