import { CornerDownLeft, Search } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { go, Kbd } from "../ui/index.ts";
import { type Findable, findByText, pathOfSid } from "./find-pages.ts";
import styles from "./palette.module.css";

/** Something that the palette can do. */
export interface PaletteEntry extends Findable {
  readonly id: string;
  readonly icon?: ReactNode;
  readonly hint?: string | undefined;
  readonly shortcut?: string | undefined;
  readonly run: () => void;
}

/** Props of the palette. */
export interface PaletteProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly entries: readonly PaletteEntry[];
  /** The paths of the pages that somebody may open. */
  readonly pages: readonly string[];
}

/** Finds pages and actions by typing; a pasted SID leads to its page. */
export default function Palette({ isOpen, onClose, ...body }: PaletteProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className={styles.backdrop ?? ""}
    >
      <Modal className={styles.palette ?? ""}>
        <Dialog aria-label="Command palette" className={styles.dialog ?? ""}>
          <PaletteBody {...body} onClose={onClose} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function PaletteBody({ entries, pages, onClose }: Omit<PaletteProps, "isOpen">) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const listId = useId();
  const found = [...sidEntries(text, pages), ...findByText(entries, text)];
  useEffect(() => setAt(0), [text]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const run = (entry: PaletteEntry | undefined): void => {
    if (entry === undefined) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && found.length > 0) {
      event.preventDefault();
      setAt((at + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(found[at]);
    }
  };
  return (
    <>
      <div className={styles.search}>
        <Search size={17} aria-hidden="true" />
        <input
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={found[at] === undefined ? undefined : `${listId}-${at}`}
          aria-label="Search pages and actions"
          placeholder="Go to a page, paste an SID, or do something"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          className={styles.input}
        />
        <Kbd>Esc</Kbd>
      </div>
      <ul ref={list} id={listId} role="listbox" aria-label="Found" className={styles.list}>
        {found.map((entry, index) => (
          <li
            key={entry.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === at}
            className={styles.entry}
            onPointerMove={() => setAt(index)}
            onClick={() => run(entry)}
          >
            {entry.icon}
            <span className={styles.title}>{entry.title}</span>
            <span className={styles.hint}>{entry.hint}</span>
            {index === at ? <CornerDownLeft size={14} aria-hidden="true" /> : <Keys of={entry.shortcut} />}
          </li>
        ))}
        {found.length === 0 && <li className={styles.none}>Nothing found.</li>}
      </ul>
    </>
  );
}

function sidEntries(text: string, pages: readonly string[]): readonly PaletteEntry[] {
  const path = pathOfSid(text, pages);
  return path === undefined ? [] : [{ id: "sid", title: `Open ${text.trim()}`, run: () => go(path) }];
}

function Keys({ of }: { readonly of: string | undefined }) {
  if (of === undefined) return null;
  return (
    <span className={styles.keys}>
      {of.split(" ").map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
    </span>
  );
}
