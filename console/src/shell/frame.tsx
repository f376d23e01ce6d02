import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { useSession } from "../api/index.ts";
import { pages } from "../pages/index.ts";
import { go, Skeleton, Toasts, usePath } from "../ui/index.ts";
import { AwayBanner } from "./banner.tsx";
import styles from "./frame.module.css";
import { BottomBar, TopBar } from "./mobile-bars.tsx";
import { PageBoundary } from "./page-boundary.tsx";
import type { PaletteEntry } from "./palette.tsx";
import { Sidebar } from "./sidebar.tsx";
import { setTheme } from "./theme.ts";
import { focusSearch, useShortcuts } from "./use-shortcuts.ts";
import { signOut } from "./sign-out.ts";
import { mayOpen } from "./visible-pages.ts";

const Palette = lazy(() => import("./palette.tsx"));
const ShortcutHelp = lazy(() => import("./shortcut-help.tsx"));
const NavigationDrawer = lazy(() => import("./navigation-drawer.tsx"));

type Over = "palette" | "help" | "navigation" | undefined;

/** Everything around the pages. */
export function Frame() {
  const session = useSession();
  const path = usePath();
  const [over, setOver] = useState<Over>();
  const close = (): void => setOver(undefined);
  const open = useMemo(() => pages.filter((page) => mayOpen(page, session)), [session]);
  const entries = useMemo(() => paletteEntries(open), [open]);
  const goTo = Object.fromEntries(
    open.flatMap(({ shortcut, path: to }) => (shortcut === undefined ? [] : [[`g ${shortcut}`, () => go(to)]])),
  );
  useShortcuts({
    ...goTo,
    "mod+k": () => setOver("palette"),
    "?": () => setOver("help"),
    "/": focusSearch,
  });
  return (
    <div className={styles.frame}>
      <a href="#main" className={styles.skip} onClick={focusMain}>
        Skip to the page
      </a>
      <Sidebar onSearch={() => setOver("palette")} onHelp={() => setOver("help")} />
      <TopBar onMenu={() => setOver("navigation")} onSearch={() => setOver("palette")} />
      <div className={styles.column}>
        <AwayBanner />
        <main id="main" tabIndex={-1} className={styles.main}>
          <PageBoundary key={path}>
            <Suspense fallback={<PageSkeleton />}>
              <Outlet />
            </Suspense>
          </PageBoundary>
        </main>
      </div>
      <BottomBar onMore={() => setOver("navigation")} />
      <Suspense>
        {over === "palette" && (
          <Palette isOpen onClose={close} entries={entries} pages={open.map(({ path: to }) => to)} />
        )}
        {over === "help" && <ShortcutHelp isOpen onClose={close} pages={open} />}
        {over === "navigation" && <NavigationDrawer isOpen onClose={close} />}
      </Suspense>
      <Toasts />
    </div>
  );
}

/** The link must not change the address: the router owns it. */
function focusMain(event: React.MouseEvent): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#main")?.focus();
}

function PageSkeleton() {
  return (
    <div className={styles.skeleton}>
      <Skeleton lines={6} />
    </div>
  );
}

function paletteEntries(open: readonly (typeof pages)[number][]): readonly PaletteEntry[] {
  const places = open
    .filter(({ path }) => !path.includes("$"))
    .map(({ path, title, icon: Icon, group, words, shortcut }) => ({
      id: path,
      title,
      words,
      hint: group,
      icon: Icon === undefined ? undefined : <Icon size={16} aria-hidden="true" />,
      shortcut: shortcut === undefined ? undefined : `g ${shortcut}`,
      run: () => go(path),
    }));
  return [
    ...places,
    { id: "light", title: "Light theme", words: "appearance", run: () => setTheme("light") },
    { id: "dark", title: "Dark theme", words: "appearance", run: () => setTheme("dark") },
    { id: "system", title: "Theme of the system", words: "appearance", run: () => setTheme("system") },
    { id: "sign-out", title: "Sign out", words: "log out leave", run: () => void signOut() },
  ];
}
