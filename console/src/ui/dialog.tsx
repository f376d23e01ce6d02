import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { toApiError } from "../api/index.ts";
import { Button, IconButton } from "./button.tsx";
import { classes } from "./classes.ts";
import { ErrorNote } from "./error-note.tsx";
import { TextField } from "./fields.tsx";
import styles from "./overlay.module.css";

/** Props of everything that lies over the page. */
export interface OverlayProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
}

/** Props of a dialog. */
export interface DialogProps extends OverlayProps {
  readonly size?: "m" | "l";
  /** Buttons at the end. */
  readonly actions?: ReactNode;
}

/** A question or a form over the page. Escape and a press outside close it. */
export function Dialog({ isOpen, onClose, title, children, size = "m", actions }: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className={styles.backdrop ?? ""}
    >
      <Modal className={classes(styles.dialog, size === "l" && styles.wide)}>
        <AriaDialog className={styles.inner ?? ""}>
          <OverlayHead title={title} onClose={onClose} />
          <div className={styles.body}>
            {children}
            {actions !== undefined && <div className={styles.foot}>{actions}</div>}
          </div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function OverlayHead({ title, onClose }: Pick<OverlayProps, "title" | "onClose">) {
  return (
    <div className={styles.head}>
      <Heading slot="title" className={styles.title ?? ""}>
        {title}
      </Heading>
      <IconButton label="Close" icon={<X size={17} />} onPress={onClose} size="s" />
    </div>
  );
}

/** Props of a drawer. */
export interface DrawerProps extends OverlayProps {
  readonly side?: "left" | "right";
}

/** Details at the side of the page. */
export function Drawer({ isOpen, onClose, title, children, side = "right" }: DrawerProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className={styles.drawerBackdrop ?? ""}
    >
      <Modal className={classes(styles.drawer, side === "left" && styles.left)}>
        <AriaDialog className={styles.inner ?? ""}>
          <OverlayHead title={title} onClose={onClose} />
          <div className={styles.body}>{children}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Props of a confirmation. */
export interface ConfirmDialogProps extends OverlayProps {
  /** The word on the button: what will happen. */
  readonly confirm: string;
  readonly tone?: "primary" | "danger";
  /** Has to be typed before the button works, for what cannot be undone. */
  readonly typed?: string;
  /** Closes when it is done; what it throws is shown. */
  readonly onConfirm: () => void | Promise<unknown>;
}

/** Asks before something is done. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={props.title}>
      <ConfirmBody {...props} />
    </Dialog>
  );
}

function ConfirmBody({ children, confirm, tone = "primary", typed, onConfirm, onClose }: ConfirmDialogProps) {
  const [text, setText] = useState("");
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (): Promise<void> => {
    setPending(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(toApiError(thrown));
    } finally {
      setPending(false);
    }
  };
  return (
    <>
      <div>{children}</div>
      {typed !== undefined && (
        <TextField label={`Type “${typed}” to go on`} value={text} onChange={setText} autoComplete="off" autoFocus />
      )}
      <ErrorNote error={error} />
      <div className={styles.foot}>
        <Button onPress={onClose}>Cancel</Button>
        <Button
          tone={tone}
          isPending={isPending}
          isDisabled={typed !== undefined && text.trim() !== typed}
          onPress={() => void run()}
          autoFocus={typed === undefined}
        >
          {confirm}
        </Button>
      </div>
    </>
  );
}
