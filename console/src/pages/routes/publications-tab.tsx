import { Undo2 } from "lucide-react";
import { useState } from "react";
import { useCan, usePages } from "../../api/index.ts";
import { Button, Card, Empty, ErrorNote, Skeleton, Stack, Timeline } from "../../ui/index.ts";
import { PublishDialog } from "./publish-dialog.tsx";
import { type Publication, ROUTING } from "./tables.ts";
import styles from "./routes.module.css";

/** Which table decided from when on, by whom and why; and the way back. */
export function PublicationsTab() {
  const { rows, error, isLoading, hasMore, loadMore, refetch } = usePages<Publication>(
    `${ROUTING}/Publications`,
    "publications",
    { account: null },
  );
  const canWrite = useCan("routes.write");
  const [goesBack, setGoesBack] = useState(false);
  const [newest] = rows;
  return (
    <Stack gap="l">
      <ErrorNote error={error} onRetry={refetch} />
      <Card
        title="What decided, and since when"
        actions={
          canWrite &&
          newest !== undefined && (
            <Button icon={<Undo2 size={15} />} onPress={() => setGoesBack(true)}>
              Go back to version {newest.previous_version}
            </Button>
          )
        }
      >
        {isLoading && <Skeleton lines={4} />}
        {!isLoading && rows.length === 0 && <Empty title="Nothing was published yet">Version 0 decides.</Empty>}
        <Timeline
          items={rows.map(({ version, kind, reason, actor, date_published: at }) => ({
            at,
            title: kind === "rollback" ? `Back to version ${version}` : `Version ${version} published`,
            tone: kind === "rollback" ? ("warn" as const) : ("good" as const),
            children: (
              <p className={styles.facts}>
                {reason} <small>by {actor}</small>
              </p>
            ),
          }))}
        />
        {hasMore && <Button onPress={loadMore}>Earlier ones</Button>}
      </Card>
      {goesBack && newest !== undefined && (
        <PublishDialog
          version={newest.previous_version}
          active={newest.version}
          isRollback
          onClose={() => setGoesBack(false)}
        />
      )}
    </Stack>
  );
}
