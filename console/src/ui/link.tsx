import type { MouseEvent, ReactNode } from "react";
import { go, hrefOf } from "./navigation.ts";

/** Props of a link. */
export interface LinkProps {
  /** A path of the console without /console (`/messages/SM…`), or an absolute URL, which opens in a new tab. */
  readonly to: string;
  readonly children: ReactNode;
  readonly className?: string | undefined;
  readonly label?: string;
  readonly isCurrent?: boolean;
  readonly onFollow?: (() => void) | undefined;
}

/** A link to a page of the console, or out of it. */
export function Link({ to, children, className, label, isCurrent = false, onFollow }: LinkProps) {
  if (/^[a-z]+:/.test(to)) {
    return (
      <a href={to} className={className} aria-label={label} target="_blank" rel="noreferrer noopener">
        {children}
      </a>
    );
  }
  const follow = (event: MouseEvent): void => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    ) {
      return;
    }
    event.preventDefault();
    onFollow?.();
    go(to);
  };
  return (
    <a
      href={hrefOf(to)}
      className={className}
      aria-label={label}
      aria-current={isCurrent ? "page" : undefined}
      onClick={follow}
    >
      {children}
    </a>
  );
}
