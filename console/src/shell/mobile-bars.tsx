import { Ellipsis, Menu as MenuIcon, Search } from "lucide-react";
import { useSession } from "../api/index.ts";
import { pages } from "../pages/index.ts";
import { IconButton, Link, usePath } from "../ui/index.ts";
import { Brand } from "./brand.tsx";
import styles from "./mobile-bars.module.css";
import { isBelow, navigationOf } from "./visible-pages.ts";

/** As many as fit beside `More` with their names. */
const MAX_IN_BAR = 4;

/** The head of a narrow screen. */
export function TopBar({ onMenu, onSearch }: { readonly onMenu: () => void; readonly onSearch: () => void }) {
  return (
    <header className={styles.top}>
      <IconButton label="Navigation" icon={<MenuIcon size={20} />} onPress={onMenu} />
      <Brand />
      <IconButton label="Search" icon={<Search size={19} />} onPress={onSearch} />
    </header>
  );
}

/** The pages that one opens most, under the thumb. */
export function BottomBar({ onMore }: { readonly onMore: () => void }) {
  const session = useSession();
  const path = usePath();
  const shown = navigationOf(pages, session)
    .flatMap((group) => group.pages)
    .slice(0, MAX_IN_BAR);
  return (
    <nav className={styles.bottom} aria-label="Main pages">
      {shown.map(({ path: to, title, icon: Icon }) => (
        <Link key={to} to={to} className={styles.tab} isCurrent={isBelow(path, to)}>
          {Icon !== undefined && <Icon size={20} aria-hidden="true" />}
          {title}
        </Link>
      ))}
      <button type="button" className={styles.tab} onClick={onMore}>
        <Ellipsis size={20} aria-hidden="true" />
        More
      </button>
    </nav>
  );
}
