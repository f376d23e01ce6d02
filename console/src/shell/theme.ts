import { useSyncExternalStore } from "react";

/** What somebody chose; `system` follows the machine. */
export type Theme = "system" | "light" | "dark";

/** Read by public/theme.js too, before the first paint. */
const KEY = "trunkline.theme";
const watchers = new Set<() => void>();

function read(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

/** Chooses and remembers. */
export function setTheme(theme: Theme): void {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Then it holds for this page alone.
  }
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  for (const watcher of watchers) watcher();
}

/** What is chosen, for a component. */
export function useTheme(): Theme {
  return useSyncExternalStore(
    (run) => {
      watchers.add(run);
      return () => watchers.delete(run);
    },
    () => (document.documentElement.dataset["theme"] as Theme | undefined) ?? read(),
  );
}
