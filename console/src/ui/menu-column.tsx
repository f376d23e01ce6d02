import { Ellipsis } from "lucide-react";
import { IconButton } from "./button.tsx";
import { Menu, type MenuEntry } from "./menu.tsx";
import type { Column } from "./table.tsx";

/** Props of a column of menus. */
export interface MenuColumnProps<R> {
  /** What the row is called. */
  readonly name: (row: NoInfer<R>) => string;
  /** What can be done with it. A row with nothing has no menu. */
  readonly items: (row: NoInfer<R>) => readonly MenuEntry[];
}

/** The last column of a list: what can be done with a row, behind three dots. */
export function menuColumn<R>({ name, items }: MenuColumnProps<R>): Column<R> {
  return {
    id: "do",
    header: "",
    align: "end",
    width: "48px",
    cell: (row) => {
      const entries = items(row);
      return (
        entries.length > 0 && (
          <Menu
            label={`What to do with ${name(row)}`}
            trigger={<IconButton label={`Change ${name(row)}`} icon={<Ellipsis size={16} />} size="s" />}
            items={entries}
          />
        )
      );
    },
  };
}
