import { Search, X } from "lucide-react";
import type { KeyboardEvent, ReactNode, Ref } from "react";
import { Button } from "react-aria-components/Button";
import { FieldError } from "react-aria-components/FieldError";
import { Group } from "react-aria-components/Group";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { SearchField as AriaSearchField } from "react-aria-components/SearchField";
import { Text } from "react-aria-components/Text";
import { TextArea as AriaTextArea } from "react-aria-components/TextArea";
import { TextField as AriaTextField } from "react-aria-components/TextField";
import { classes } from "./classes.ts";
import styles from "./field.module.css";

/** What all fields share. */
export interface FieldProps {
  /** Always there; `hidesLabel` keeps it for screen readers alone. */
  readonly label: string;
  readonly hidesLabel?: boolean;
  /** A line of help below. */
  readonly description?: ReactNode;
  /** What is wrong with it. */
  readonly error?: string | undefined;
  readonly name?: string;
  readonly isRequired?: boolean;
  readonly isDisabled?: boolean;
}

/** Props of a field of text. */
export interface TextFieldProps extends FieldProps {
  readonly value?: string;
  readonly defaultValue?: string;
  readonly onChange?: (value: string) => void;
  readonly onBlur?: () => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly type?: "text" | "email" | "password" | "tel" | "url" | "search" | "date" | "time" | "datetime-local";
  readonly placeholder?: string;
  readonly autoComplete?: string;
  readonly autoFocus?: boolean;
  readonly inputMode?: "text" | "numeric" | "decimal" | "tel" | "email" | "url";
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly isMono?: boolean;
  readonly isReadOnly?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}

/** The label, and below the control what helps or is wrong. */
export function FieldLabel({ label, hidesLabel = false }: Pick<FieldProps, "label" | "hidesLabel">) {
  return <Label className={classes(styles.label, hidesLabel && styles.hidden)}>{label}</Label>;
}

/** What stands below a control. */
export function FieldNotes({ description, error }: Pick<FieldProps, "description" | "error">) {
  return (
    <>
      {description !== undefined && (
        <Text slot="description" className={styles.description}>
          {description}
        </Text>
      )}
      <FieldError className={styles.error ?? ""}>{error}</FieldError>
    </>
  );
}

/** One line of text. */
export function TextField({
  label,
  hidesLabel,
  description,
  error,
  placeholder,
  isMono = false,
  ref,
  ...props
}: TextFieldProps) {
  return (
    <AriaTextField {...props} isInvalid={error !== undefined} validationBehavior="aria" className={styles.field ?? ""}>
      <FieldLabel label={label} hidesLabel={hidesLabel ?? false} />
      <Input ref={ref ?? null} placeholder={placeholder} className={classes(styles.input, isMono && styles.mono)} />
      <FieldNotes description={description} error={error} />
    </AriaTextField>
  );
}

/** Props of a field of several lines. */
export interface TextAreaProps extends Omit<TextFieldProps, "type" | "ref"> {
  readonly rows?: number;
  readonly ref?: Ref<HTMLTextAreaElement>;
}

/** Several lines of text. */
export function TextArea({
  label,
  hidesLabel,
  description,
  error,
  placeholder,
  rows = 3,
  isMono = false,
  ref,
  ...props
}: TextAreaProps) {
  return (
    <AriaTextField {...props} isInvalid={error !== undefined} validationBehavior="aria" className={styles.field ?? ""}>
      <FieldLabel label={label} hidesLabel={hidesLabel ?? false} />
      <AriaTextArea
        ref={ref ?? null}
        rows={rows}
        placeholder={placeholder}
        className={classes(styles.area, isMono && styles.mono)}
      />
      <FieldNotes description={description} error={error} />
    </AriaTextField>
  );
}

/** Props of a search. */
export interface SearchFieldProps extends Omit<TextFieldProps, "type" | "isMono"> {
  readonly onSubmit?: (value: string) => void;
}

/** A search: `/` goes to the first one on a page. */
export function SearchField({
  label,
  hidesLabel = true,
  placeholder,
  description,
  error,
  ref,
  ...props
}: SearchFieldProps) {
  return (
    <AriaSearchField {...props} className={styles.field ?? ""} data-search="">
      <FieldLabel label={label} hidesLabel={hidesLabel} />
      <Group className={styles.group ?? ""}>
        <Search size={15} className={styles.groupIcon} aria-hidden="true" />
        <Input ref={ref ?? null} placeholder={placeholder ?? label} className={styles.input ?? ""} />
        <Button className={styles.clear ?? ""}>
          <X size={14} />
        </Button>
      </Group>
      <FieldNotes description={description} error={error} />
    </AriaSearchField>
  );
}
