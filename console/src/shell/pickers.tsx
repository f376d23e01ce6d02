import { Building2, Check, ChevronsUpDown, Server } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "react-aria-components/Button";
import { select, usePages, useSelection, useSession } from "../api/index.ts";
import { Dialog, Menu, SearchField } from "../ui/index.ts";
import { findByText } from "./find-pages.ts";
import styles from "./pickers.module.css";

/** More accounts than that are searched, not listed. */
const MAX_LISTED = 8;
const MAX_FOUND = 50;

/** Which account the pages are about. */
export function AccountPicker() {
  const session = useSession();
  const [isSearching, setSearching] = useState(false);
  const all = [session.account, ...session.accounts];
  const choose = (sid: string): void => {
    select({ account: sid === session.account.sid ? undefined : sid, accountSid: sid });
    setSearching(false);
  };
  const face = (
    <Button className={styles.picker ?? ""} {...(all.length > MAX_LISTED ? { onPress: () => setSearching(true) } : {})}>
      <span className={styles.sign} aria-hidden="true">
        <Building2 size={15} />
      </span>
      <span className={styles.name}>
        {session.selected.friendlyName}
        <small>{session.selected.sid === session.account.sid ? "Main account" : "Subaccount"}</small>
      </span>
      <ChevronsUpDown size={14} aria-hidden="true" />
    </Button>
  );
  if (all.length <= MAX_LISTED) {
    return (
      <Menu
        label="Account"
        trigger={face}
        selected={session.selected.sid}
        items={all.map(({ sid, friendlyName }) => ({
          id: sid,
          label: friendlyName,
          description: `${sid.slice(0, 10)}…`,
          onSelect: () => choose(sid),
        }))}
      />
    );
  }
  return (
    <>
      {face}
      <Dialog isOpen={isSearching} onClose={() => setSearching(false)} title="Account">
        <AccountSearch accounts={all} selected={session.selected.sid} onChoose={choose} />
      </Dialog>
    </>
  );
}

interface AccountSearchProps {
  readonly accounts: readonly { readonly sid: string; readonly friendlyName: string }[];
  readonly selected: string;
  readonly onChoose: (sid: string) => void;
}

function AccountSearch({ accounts, selected, onChoose }: AccountSearchProps) {
  const [text, setText] = useState("");
  const found = findByText(
    accounts.map((account) => ({ ...account, title: account.friendlyName, words: account.sid })),
    text,
  );
  return (
    <>
      <SearchField label="Name or SID" value={text} onChange={setText} autoFocus />
      <ul className={styles.found}>
        {found.slice(0, MAX_FOUND).map(({ sid, friendlyName }) => (
          <li key={sid}>
            <button type="button" className={styles.account} onClick={() => onChoose(sid)}>
              <span className={styles.name}>
                {friendlyName}
                <small>{sid}</small>
              </span>
              {sid === selected && <Check size={15} aria-label="chosen" />}
            </button>
          </li>
        ))}
      </ul>
      {found.length > MAX_FOUND && <small>{found.length - MAX_FOUND} more: type to find them.</small>}
    </>
  );
}

interface CellRow {
  readonly name: string;
  readonly type?: string;
  readonly region?: string;
}

/** For operators: into which cell the pages look. Nothing where there is only one. */
export function CellPicker() {
  const session = useSession();
  const { cell } = useSelection();
  const isShown = session.isOperator && session.features.fleet === true;
  const { rows } = usePages<CellRow>("/trunkline/v1/Cells", undefined, {
    isEnabled: isShown,
    account: null,
    cell: null,
  });
  const cells = rows.filter(({ type }) => type === "messaging");
  useEffect(() => {
    if (cell !== undefined && cells.length > 0 && !cells.some(({ name }) => name === cell)) select({ cell: undefined });
  }, [cell, cells.length]);
  if (!isShown || cells.length < 2) return null;
  return (
    <Menu
      label="Cell"
      selected={cell ?? "home"}
      trigger={
        <Button className={styles.picker ?? ""}>
          <span className={styles.sign} aria-hidden="true">
            <Server size={15} />
          </span>
          <span className={styles.name}>
            {cell ?? "Home cell"}
            <small>{cell === undefined ? "of the account" : "Pinned cell"}</small>
          </span>
          <ChevronsUpDown size={14} aria-hidden="true" />
        </Button>
      }
      items={[
        { id: "home", label: "Home cell", description: "of the account", onSelect: () => select({ cell: undefined }) },
        ...cells.map(({ name, region }) => ({
          id: name,
          label: name,
          ...(region === undefined ? {} : { description: region }),
          onSelect: () => select({ cell: name }),
        })),
      ]}
    />
  );
}
