import { ListBoxItem } from "react-aria-components/ListBox";
import { keyOf, type Option } from "./option.ts";
import styles from "./overlay.module.css";

/** One line of a list to choose from. */
export function OptionItem({ option }: { readonly option: Option }) {
  return (
    <ListBoxItem id={keyOf(option.value)} textValue={option.label} className={styles.item ?? ""}>
      {option.icon}
      <span className={styles.itemText}>
        {option.label}
        {option.description !== undefined && <small>{option.description}</small>}
      </span>
    </ListBoxItem>
  );
}
