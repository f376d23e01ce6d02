import { Undo2 } from "lucide-react";
import { useState } from "react";
import { useCan, usePages } from "../../api/index.ts";
import { Button, Card, Empty, ListTimeline, Stack } from "../../ui/index.ts";
import { PublishDialog } from "./publish-dialog.tsx";
import { type Publication, ROUTING } from "./tables.ts";
import styles from "./routes.module.css";

/** Which table decided from when on, by whom and why; and the way back. */
export function PublicationsTab() {
  const pages = usePages<Publication>(`${ROUTING}/Publications`, "publications", { account: null });
  const canWrite = useCan("routes.write");
  const [goesBack, setGoesBack] = useState(false);
  const [newest] = pages.rows;
  return (
    <Stack gap="l">
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
        <ListTimeline
          list={pages}
          empty={<Empty title="Nothing was published yet">Version 0 decides.</Empty>}
          item={({ version, kind, reason, actor, date_published: at }) => ({
            at,
            title: kind === "rollback" ? `Back to version ${version}` : `Version ${version} published`,
            tone: kind === "rollback" ? "warn" : "good",
            children: (
              <p className={styles.facts}>
                {reason} <small>by {actor}</small>
              </p>
            ),
          })}
        />
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
