import type { ReactElement, ReactNode } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { classes } from "./classes.ts";
import styles from "./overlay.module.css";

/** One line of a menu. */
export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly icon?: ReactNode;
  readonly tone?: "danger";
  readonly isDisabled?: boolean;
  readonly onSelect: () => void;
}

/** Props of a menu. */
export interface MenuProps {
  /** The Button or IconButton that opens it. */
  readonly trigger: ReactElement;
  readonly items: readonly MenuEntry[];
  /** For screen readers. */
  readonly label: string;
  /** The one that is chosen now, for menus that choose. */
  readonly selected?: string;
}

/** Actions behind a button. */
export function Menu({ trigger, items, label, selected }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={styles.popover ?? ""} offset={4}>
        <AriaMenu
          aria-label={label}
          className={styles.list ?? ""}
          onAction={(key) => items.find(({ id }) => id === key)?.onSelect()}
          {...(selected === undefined ? {} : { selectionMode: "single" as const, selectedKeys: [selected] })}
        >
          {items.map((item) => (
            <MenuItem
              key={item.id}
              id={item.id}
              textValue={item.label}
              isDisabled={item.isDisabled ?? false}
              className={classes(styles.item, item.tone === "danger" && styles.dangerItem)}
            >
              {item.icon}
              <span className={styles.itemText}>
                {item.label}
                {item.description !== undefined && <small>{item.description}</small>}
              </span>
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
