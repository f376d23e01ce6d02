import { Check, ChevronDown, Minus } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { Checkbox as AriaCheckbox } from "react-aria-components/Checkbox";
import { ListBox } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { Select as AriaSelect, SelectValue } from "react-aria-components/Select";
import { Switch as AriaSwitch } from "react-aria-components/Switch";
import { classes } from "./classes.ts";
import styles from "./field.module.css";
import { FieldLabel, FieldNotes, type FieldProps } from "./fields.tsx";
import { keyOf, type Option, valueOf } from "./option.ts";
import { OptionItem } from "./option-item.tsx";
import overlay from "./overlay.module.css";

/** Props of a choice from a list. */
export interface SelectProps<V extends string = string> extends FieldProps {
  readonly options: readonly Option<V>[];
  readonly value?: V | undefined;
  readonly defaultValue?: V;
  readonly onChange?: (value: V) => void;
  readonly placeholder?: string;
}

/** One of a few. An option with an empty value is allowed (`Any`). */
export function Select<V extends string = string>({
  label,
  hidesLabel,
  description,
  error,
  options,
  value,
  defaultValue,
  onChange,
  placeholder = "Choose",
  ...props
}: SelectProps<V>) {
  return (
    <AriaSelect
      {...props}
      {...(onChange === undefined ? {} : { selectedKey: value === undefined ? null : keyOf(value) })}
      {...(defaultValue === undefined ? {} : { defaultSelectedKey: keyOf(defaultValue) })}
      onSelectionChange={(key) => onChange?.(valueOf(String(key)) as V)}
      placeholder={placeholder}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className={styles.field ?? ""}
    >
      <FieldLabel label={label} hidesLabel={hidesLabel ?? false} />
      <Button className={styles.trigger ?? ""}>
        <SelectValue className={styles.value ?? ""}>
          {({ defaultChildren, isPlaceholder, selectedText }) => (isPlaceholder ? defaultChildren : selectedText)}
        </SelectValue>
        <ChevronDown size={15} aria-hidden="true" />
      </Button>
      <FieldNotes description={description} error={error} />
      <Popover className={overlay.popover ?? ""} offset={4}>
        <ListBox
          className={overlay.list ?? ""}
          items={options.map((option) => ({ ...option, id: keyOf(option.value) }))}
        >
          {(option) => <OptionItem option={option} />}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

/** Props of something that is on or off. */
export interface ToggleProps {
  readonly children: ReactNode;
  readonly isSelected?: boolean;
  readonly defaultSelected?: boolean;
  readonly onChange?: (isSelected: boolean) => void;
  readonly isDisabled?: boolean;
  readonly name?: string;
  readonly value?: string;
}

/** Yes or no. */
export function Checkbox({
  children,
  isIndeterminate = false,
  ...props
}: ToggleProps & { readonly isIndeterminate?: boolean }) {
  return (
    <AriaCheckbox {...props} isIndeterminate={isIndeterminate} className={styles.check ?? ""}>
      <span className={styles.box} aria-hidden="true">
        {isIndeterminate ? <Minus size={13} /> : <Check size={13} strokeWidth={3} />}
      </span>
      <span>{children}</span>
    </AriaCheckbox>
  );
}

/** On or off, at once. */
export function Switch({ children, ...props }: ToggleProps) {
  return (
    <AriaSwitch {...props} className={classes(styles.check)}>
      <span className={styles.track} aria-hidden="true" />
      <span>{children}</span>
    </AriaSwitch>
  );
}
