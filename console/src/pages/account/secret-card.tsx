import { Card, CopyText, Stack } from "../../ui/index.ts";
import styles from "./account.module.css";

/** Something secret that was just made. */
export function SecretCard({
  title,
  secret,
  note,
}: {
  readonly title: string;
  readonly secret: string;
  readonly note: string;
}) {
  return (
    <Card tone="warn" title={title}>
      <Stack gap="s">
        <CopyText label="Copy the secret">{secret}</CopyText>
        <p className={styles.soft}>{note}</p>
      </Stack>
    </Card>
  );
}
