import { ChevronDown } from "lucide-react";
import { Button } from "react-aria-components/Button";
import { ComboBox as AriaComboBox } from "react-aria-components/ComboBox";
import { Group } from "react-aria-components/Group";
import { Input } from "react-aria-components/Input";
import { ListBox } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import styles from "./field.module.css";
import { FieldLabel, FieldNotes, type FieldProps } from "./fields.tsx";
import { keyOf, type Option, valueOf } from "./option.ts";
import { OptionItem } from "./option-item.tsx";
import overlay from "./overlay.module.css";

/** Props of a choice with typing. */
export interface ComboBoxProps extends FieldProps {
  readonly options: readonly Option[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  /** Takes what was typed although it is no option. */
  readonly allowsOther?: boolean;
}

/** One of many, found by typing. */
export function ComboBox({
  label,
  hidesLabel,
  description,
  error,
  options,
  value,
  onChange,
  placeholder,
  allowsOther = false,
  ...props
}: ComboBoxProps) {
  const chosen = options.find((option) => option.value === value);
  return (
    <AriaComboBox
      {...props}
      key={options.length === 0 ? "empty" : "filled"}
      defaultItems={options.map((option) => ({ ...option, id: keyOf(option.value) }))}
      {...(allowsOther
        ? { inputValue: chosen?.label ?? value, onInputChange: (text: string) => onChange(valueOfLabel(options, text)) }
        : { selectedKey: value === "" && chosen === undefined ? null : keyOf(value) })}
      onSelectionChange={(key) => {
        if (key !== null) onChange(valueOf(String(key)));
      }}
      allowsCustomValue={allowsOther}
      menuTrigger="focus"
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className={styles.field ?? ""}
    >
      <FieldLabel label={label} hidesLabel={hidesLabel ?? false} />
      <Group className={styles.group ?? ""}>
        <Input placeholder={placeholder} className={styles.input ?? ""} />
        <Button className={styles.step ?? ""}>
          <ChevronDown size={15} aria-hidden="true" />
        </Button>
      </Group>
      <FieldNotes description={description} error={error} />
      <Popover className={overlay.popover ?? ""} offset={4}>
        <ListBox<Option & { id: string }> className={overlay.list ?? ""}>
          {(option) => <OptionItem option={option} />}
        </ListBox>
      </Popover>
    </AriaComboBox>
  );
}

function valueOfLabel(options: readonly Option[], text: string): string {
  return options.find(({ label }) => label === text)?.value ?? text;
}
