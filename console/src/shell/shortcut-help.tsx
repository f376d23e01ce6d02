import type { PageDefinition } from "../pages/define-page.ts";
import { Dialog, Kbd } from "../ui/index.ts";
import styles from "./shortcut-help.module.css";

/** Props of the help. */
export interface ShortcutHelpProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly pages: readonly PageDefinition[];
}

const EVERYWHERE: readonly (readonly [string, string])[] = [
  ["Ctrl K", "Search pages and actions"],
  ["/", "Search in the page"],
  ["?", "This help"],
  ["Esc", "Close what lies over the page"],
];

const IN_TABLES: readonly (readonly [string, string])[] = [
  ["j", "Next row"],
  ["k", "Row before"],
  ["Enter", "Open the row"],
];

/** The shortcuts, all on one sheet. */
export default function ShortcutHelp({ isOpen, onClose, pages }: ShortcutHelpProps) {
  const places = pages.flatMap(({ shortcut, title }) =>
    shortcut === undefined ? [] : [[`g ${shortcut}`, title] as const],
  );
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Keyboard shortcuts" size="l">
      <div className={styles.columns}>
        <Keys title="Go to" keys={places} />
        <div>
          <Keys title="Everywhere" keys={EVERYWHERE} />
          <Keys title="In tables" keys={IN_TABLES} />
        </div>
      </div>
    </Dialog>
  );
}

function Keys({ title, keys }: { readonly title: string; readonly keys: readonly (readonly [string, string])[] }) {
  return (
    <section className={styles.group}>
      <h3 className={styles.title}>{title}</h3>
      <dl className={styles.keys}>
        {keys.map(([keyNames, what]) => (
          <div key={keyNames} className={styles.line}>
            <dt>{what}</dt>
            <dd>
              {keyNames.split(" ").map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
