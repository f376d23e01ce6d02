import { Minus, Plus } from "lucide-react";
import { Button } from "react-aria-components/Button";
import { Group } from "react-aria-components/Group";
import { Input } from "react-aria-components/Input";
import { NumberField as AriaNumberField } from "react-aria-components/NumberField";
import styles from "./field.module.css";
import { FieldLabel, FieldNotes, type FieldProps } from "./fields.tsx";

/** Props of a field of a number. */
export interface NumberFieldProps extends FieldProps {
  readonly value?: number | undefined;
  readonly defaultValue?: number;
  /** `undefined` where the field was emptied. */
  readonly onChange?: (value: number | undefined) => void;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  /** Stands behind the number: `ms`, `/s`. */
  readonly unit?: string;
  readonly format?: Intl.NumberFormatOptions;
}

/** A number, with steps. */
export function NumberField({
  label,
  hidesLabel,
  description,
  error,
  value,
  onChange,
  min,
  max,
  unit,
  format,
  ...props
}: NumberFieldProps) {
  const isControlled = onChange !== undefined && !("defaultValue" in props);
  return (
    <AriaNumberField
      {...props}
      {...(isControlled ? { value: value ?? Number.NaN } : {})}
      {...(min === undefined ? {} : { minValue: min })}
      {...(max === undefined ? {} : { maxValue: max })}
      formatOptions={format ?? { useGrouping: false }}
      onChange={(next) => onChange?.(Number.isNaN(next) ? undefined : next)}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className={styles.field ?? ""}
    >
      <FieldLabel label={label} hidesLabel={hidesLabel ?? false} />
      <Group className={styles.group ?? ""}>
        <Input className={styles.input ?? ""} />
        {unit !== undefined && <span className={styles.unit}>{unit}</span>}
        <Button slot="decrement" className={styles.step ?? ""}>
          <Minus size={14} />
        </Button>
        <Button slot="increment" className={styles.step ?? ""}>
          <Plus size={14} />
        </Button>
      </Group>
      <FieldNotes description={description} error={error} />
    </AriaNumberField>
  );
}
