import { useEffect, useRef } from "react";
import type { PageDefinition, PageGroup } from "../pages/define-page.ts";
import { Link, usePath } from "../ui/index.ts";
import styles from "./navigation-links.module.css";
import { isBelow } from "./visible-pages.ts";

/** Props of the links. */
export interface NavigationLinksProps {
  readonly groups: readonly { readonly group: PageGroup; readonly pages: readonly PageDefinition[] }[];
  readonly onFollow?: () => void;
}

/** The pages by group. A page's code is fetched when the pointer comes near. */
export function NavigationLinks({ groups, onFollow }: NavigationLinksProps) {
  const path = usePath();
  const nav = useRef<HTMLElement>(null);
  // On a low screen the page that somebody has come to may stand below what is seen of them.
  useEffect(() => {
    // In braces: newer browsers answer with a promise, which would be taken for what is to be done at the end.
    nav.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest" });
  }, [path]);
  return (
    <nav aria-label="Pages" ref={nav}>
      {groups.map(({ group, pages }) => (
        <div key={group} className={styles.group}>
          <div className={styles.groupName}>{group}</div>
          <ul>
            {pages.map(({ path: to, title, icon: Icon, load }) => (
              <li key={to} onPointerEnter={() => void load().catch(() => undefined)}>
                <Link to={to} className={styles.link} isCurrent={isBelow(path, to)} onFollow={onFollow}>
                  {Icon !== undefined && <Icon size={17} aria-hidden="true" />}
                  {title}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
