import { Button, Dialog, Row, Stack } from "../../ui/index.ts";
import styles from "./account.module.css";
import { formatDay } from "./day.ts";
import { SecretCard } from "./secret-card.tsx";

/** A link that works once. */
export interface OneTimeLink {
  readonly url: string;
  readonly expires: string;
}

/** Shows a one-time link, once. */
export function LinkDialog({ link, onClose }: { readonly link: OneTimeLink; readonly onClose: () => void }) {
  return (
    <Dialog isOpen onClose={onClose} title="One-time link">
      <Stack>
        <SecretCard
          title="Send this to the person, on a way that nobody else reads"
          secret={link.url}
          note="It works once, and is shown only now."
        />
        <p className={styles.soft}>It ends on {formatDay(link.expires)}.</p>
        <Row>
          <Button tone="primary" onPress={onClose}>
            Done
          </Button>
        </Row>
      </Stack>
    </Dialog>
  );
}
