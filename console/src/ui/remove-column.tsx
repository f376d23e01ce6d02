import { Trash2 } from "lucide-react";
import { IconButton } from "./button.tsx";
import type { Column } from "./table.tsx";

/** Props of a column of buttons that remove. */
export interface RemoveColumnProps<R> {
  /** What a press does: `Revoke the key of the shop`. */
  readonly label: (row: NoInfer<R>) => string;
  readonly onPress: (row: NoInfer<R>) => void;
}

/** The last column of a list whose rows can be removed, and nothing else. */
export function removeColumn<R>({ label, onPress }: RemoveColumnProps<R>): Column<R> {
  return {
    id: "remove",
    header: "",
    align: "end",
    width: "48px",
    cell: (row) => <IconButton label={label(row)} icon={<Trash2 size={15} />} size="s" onPress={() => onPress(row)} />,
  };
}
