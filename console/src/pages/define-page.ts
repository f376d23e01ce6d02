import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";

/** Where a page stands in the navigation. */
export type PageGroup = "Start" | "Messaging" | "Network" | "Account";

/** A page of the console. */
export interface PageDefinition {
  /** Below /console: `/messages`, or `/messages/$sid` for one with a part to be filled (`useParam("sid")`). */
  readonly path: string;
  readonly title: string;
  /** Without a group the page is not in the navigation: it is reached from another. */
  readonly group?: PageGroup;
  readonly icon?: LucideIcon;
  /** Who lacks it neither sees the page nor is let in. */
  readonly permission?: string;
  /** A feature of the session that has to be there: `simulator`, `chaos`, `fleet`, `development`. */
  readonly feature?: "simulator" | "chaos" | "fleet" | "development";
  /** For operators alone. */
  readonly isOperators?: boolean;
  /** The letter after `g`. */
  readonly shortcut?: string;
  /** Further words that find it in the palette. */
  readonly words?: string;
  /** Its code, loaded when it is first shown: `() => import("./messages-page.tsx")`. The module exports the page as default. */
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

/** Says what a page is. Its code is loaded later. */
export function definePage(page: PageDefinition): PageDefinition {
  return page;
}
