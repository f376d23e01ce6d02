import { type ReactNode, type Ref, useContext } from "react";
import { Button as AriaButton, type PressEvent } from "react-aria-components/Button";
import { classes } from "./classes.ts";
import styles from "./button.module.css";
import { FormPending } from "./form-context.ts";
import { Link } from "./link.tsx";
import { Tooltip } from "./tooltip.tsx";

/** Props of a button. */
export interface ButtonProps {
  readonly children?: ReactNode;
  readonly tone?: "primary" | "quiet" | "danger" | undefined;
  readonly size?: "s" | "m";
  readonly icon?: ReactNode;
  readonly onPress?: ((event: PressEvent) => void) | undefined;
  readonly isPending?: boolean | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly type?: "button" | "submit" | "reset";
  readonly label?: string;
  readonly autoFocus?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A button. Without a tone it is the ordinary one; `primary` is for the one thing that a page is for. */
export function Button({ children, tone, size = "m", icon, label, ...props }: ButtonProps) {
  const isSending = useContext(FormPending);
  const isPending = props.isPending ?? (props.type === "submit" && isSending);
  return (
    <AriaButton
      {...props}
      isPending={isPending}
      aria-label={label}
      className={classes(styles.button, tone && styles[tone], size === "s" && styles.small)}
    >
      {isPending ? <span className={styles.spinner} aria-hidden="true" /> : icon}
      {children}
    </AriaButton>
  );
}

/** Props of a button that shows only an icon. */
export interface IconButtonProps extends Omit<ButtonProps, "children" | "icon" | "label"> {
  /** What it does, for the tooltip and for screen readers. */
  readonly label: string;
  readonly icon: ReactNode;
  readonly shortcut?: string;
}

/** A button that shows only an icon; its label is a tooltip. */
export function IconButton({ label, icon, size = "m", tone, isPending, shortcut, ...props }: IconButtonProps) {
  return (
    <Tooltip text={shortcut === undefined ? label : `${label}  ${shortcut}`}>
      <AriaButton
        {...props}
        isPending={isPending ?? false}
        aria-label={label}
        className={classes(styles.button, styles.icon, styles[tone ?? "quiet"], size === "s" && styles.small)}
      >
        {icon}
      </AriaButton>
    </Tooltip>
  );
}

/** Props of a link that looks like a button. */
export interface LinkButtonProps {
  readonly to: string;
  readonly children: ReactNode;
  readonly tone?: "primary" | "quiet" | "danger" | undefined;
  readonly size?: "s" | "m";
  readonly icon?: ReactNode;
}

/** A link that looks like a button: it goes to another page. */
export function LinkButton({ to, children, tone, size, icon }: LinkButtonProps) {
  return (
    <Link to={to} className={classes(styles.button, tone && styles[tone], size === "s" && styles.small)}>
      {icon}
      {children}
    </Link>
  );
}
