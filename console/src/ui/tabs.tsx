import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components/Tabs";
import { ToggleButton } from "react-aria-components/ToggleButton";
import { ToggleButtonGroup } from "react-aria-components/ToggleButtonGroup";
import { classes } from "./classes.ts";
import styles from "./tabs.module.css";

/** One of the tabs. */
export interface TabItem {
  readonly id: string;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

/** Props of tabs. */
export interface TabsProps {
  readonly items: readonly TabItem[];
  readonly label: string;
  readonly selected?: string;
  readonly onSelect?: (id: string) => void;
}

/** Parts of a page of which one is seen. */
export function Tabs({ items, label, selected, onSelect }: TabsProps) {
  return (
    <AriaTabs
      className={styles.tabs ?? ""}
      {...(selected === undefined ? {} : { selectedKey: selected })}
      onSelectionChange={(key) => onSelect?.(String(key))}
    >
      <TabList aria-label={label} className={styles.list ?? ""}>
        {items.map((item) => (
          <Tab key={item.id} id={item.id} className={styles.tab ?? ""}>
            {item.label}
          </Tab>
        ))}
      </TabList>
      {items.map((item) => (
        <TabPanel key={item.id} id={item.id} className={styles.panel ?? ""}>
          {item.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}

/** Props of a control with a few segments. */
export interface SegmentedControlProps<V extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: V; readonly label: ReactNode; readonly hint?: string }[];
  readonly value: V;
  readonly onChange: (value: V) => void;
  readonly size?: "s" | "m";
}

/** One of two to five, all seen. */
export function SegmentedControl<V extends string>({
  label,
  options,
  value,
  onChange,
  size = "m",
}: SegmentedControlProps<V>) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const [key] = keys;
        if (key !== undefined) onChange(key as V);
      }}
      className={classes(styles.segments, size === "s" && styles.small)}
    >
      {options.map((option) => (
        <ToggleButton key={option.value} id={option.value} aria-label={option.hint} className={styles.segment ?? ""}>
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
