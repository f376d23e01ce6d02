import { Keyboard, Search } from "lucide-react";
import { pages } from "../pages/index.ts";
import { useSession } from "../api/index.ts";
import { IconButton, Kbd } from "../ui/index.ts";
import { Brand } from "./brand.tsx";
import { NavigationLinks } from "./navigation-links.tsx";
import { AccountPicker, CellPicker } from "./pickers.tsx";
import styles from "./sidebar.module.css";
import { UserMenu } from "./user-menu.tsx";
import { navigationOf } from "./visible-pages.ts";

/** Props of the sidebar. */
export interface SidebarProps {
  readonly onSearch: () => void;
  readonly onHelp: () => void;
}

/** The navigation of a wide screen. */
export function Sidebar({ onSearch, onHelp }: SidebarProps) {
  const session = useSession();
  return (
    <aside className={styles.sidebar}>
      <div className={styles.top}>
        <Brand />
        <IconButton label="Keyboard shortcuts" shortcut="?" icon={<Keyboard size={17} />} size="s" onPress={onHelp} />
      </div>
      <button type="button" className={styles.search} onClick={onSearch}>
        <Search size={15} aria-hidden="true" />
        <span>Search</span>
        <Kbd>{modifierName()} K</Kbd>
      </button>
      <div className={styles.links}>
        <NavigationLinks groups={navigationOf(pages, session)} />
      </div>
      <div className={styles.foot}>
        <CellPicker />
        <AccountPicker />
        <UserMenu />
      </div>
    </aside>
  );
}

function modifierName(): string {
  return /mac|iphone|ipad/i.test(navigator.platform) ? "⌘" : "Ctrl";
}
