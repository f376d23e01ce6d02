import type { Session } from "../api/index.ts";
import type { PageDefinition, PageGroup } from "../pages/define-page.ts";

/** The groups, in the order of the navigation. */
export const GROUPS: readonly PageGroup[] = ["Start", "Messaging", "Network", "Account"];

/** Whether somebody is let into a page. */
export function mayOpen(page: PageDefinition, session: Session): boolean {
  if (page.permission !== undefined && !session.permissions.includes(page.permission)) return false;
  if (page.feature !== undefined && session.features[page.feature] !== true) return false;
  return page.isOperators !== true || session.isOperator;
}

/** What the navigation shows: pages with a group, in its order. */
export function navigationOf(
  pages: readonly PageDefinition[],
  session: Session,
): readonly { readonly group: PageGroup; readonly pages: readonly PageDefinition[] }[] {
  return GROUPS.map((group) => ({
    group,
    pages: pages.filter((page) => page.group === group && mayOpen(page, session)),
  })).filter((entry) => entry.pages.length > 0);
}

/** Where somebody begins: the page at `/`, or the first of the navigation. */
export function homeOf(pages: readonly PageDefinition[], session: Session): string | undefined {
  const first = navigationOf(pages, session)[0]?.pages[0];
  return pages.find((page) => page.path === "/" && mayOpen(page, session))?.path ?? first?.path;
}

/** Whether `path` is the page or below it. */
export function isBelow(path: string, page: string): boolean {
  return page === "/" ? path === "/" : path === page || path.startsWith(`${page}/`);
}
