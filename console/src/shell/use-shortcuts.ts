import { useEffect, useRef } from "react";
import { KeySequence } from "./key-sequence.ts";

/** What each shortcut does. */
export type Shortcuts = Readonly<Record<string, () => void>>;

/** Listens for shortcuts everywhere but behind an open dialog and in fields. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  const names = Object.keys(shortcuts).join("\n");
  useEffect(() => {
    const sequence = new KeySequence(names.split("\n"));
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey || event.isComposing) return;
      const found = sequence.press({
        key: event.key,
        atMs: event.timeStamp,
        hasModifier: event.ctrlKey || event.metaKey,
        isTyping: isTyping(event.target),
      });
      if (found === undefined) return;
      event.preventDefault();
      latest.current[found]?.();
    };
    // On the way in: fields of the component library let nothing out.
    document.addEventListener("keydown", onKeyDown, true);
    return () => document.removeEventListener("keydown", onKeyDown, true);
  }, [names]);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null)
    return true;
  return /^(?:input|textarea|select)$/i.test(target.tagName);
}

/** Puts the cursor into the first search of the page, if there is one. */
export function focusSearch(): void {
  document.querySelector<HTMLElement>("main [data-search] input, main input[type=search]")?.focus();
}
