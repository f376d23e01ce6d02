import { Check, Copy } from "lucide-react";
import { Fragment, type ReactNode, useEffect, useState } from "react";
import { classes, type Tone } from "./classes.ts";
import styles from "./facts.module.css";
import { Badge } from "./feedback.tsx";
import { IconButton } from "./button.tsx";
import { toneOfStatus } from "./status.ts";
import { formatGap, formatTime, toMs } from "./times.ts";

/** A status in its colour. */
export function StatusBadge({ status }: { readonly status: string }) {
  return (
    <Badge tone={toneOfStatus(status)} hasDot>
      {status}
    </Badge>
  );
}

/** One fact of a thing. */
export interface KeyValue {
  readonly key: string;
  readonly value: ReactNode;
  /** Left out where it is false. */
  readonly isShown?: boolean;
}

/** Facts below each other, names at the left. */
export function KeyValues({ items }: { readonly items: readonly KeyValue[] }) {
  return (
    <dl className={styles.facts}>
      {items
        .filter(({ isShown }) => isShown !== false)
        .map(({ key, value }) => (
          <Fragment key={key}>
            <dt>{key}</dt>
            <dd>{value ?? <span className={styles.none}>–</span>}</dd>
          </Fragment>
        ))}
    </dl>
  );
}

/** Something that happened. */
export interface TimelineItem {
  /** Epoch milliseconds, an ISO or RFC 2822 text, or a Date. */
  readonly at: number | string | Date;
  readonly title: ReactNode;
  readonly tone?: Tone;
  readonly icon?: ReactNode;
  readonly children?: ReactNode;
  readonly id?: string;
}

/** What happened, one below the other, with the time since the first. */
export function Timeline({ items }: { readonly items: readonly TimelineItem[] }) {
  const first = items[0] === undefined ? 0 : toMs(items[0].at);
  return (
    <ol className={styles.timeline}>
      {items.map((item, index) => (
        <li key={item.id ?? index} className={styles.moment}>
          <span className={classes(styles.mark, styles[`mark-${item.tone ?? "neutral"}`])} aria-hidden="true">
            {item.icon}
          </span>
          <div className={styles.momentBody}>
            <div className={styles.momentHead}>
              <span className={styles.momentTitle}>{item.title}</span>
              <time className={styles.momentTime} dateTime={new Date(toMs(item.at)).toISOString()}>
                {index === 0 ? formatTime(toMs(item.at)) : formatGap(toMs(item.at) - first)}
              </time>
            </div>
            {item.children !== undefined && <div className={styles.momentText}>{item.children}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** Props of code. */
export interface CodeProps {
  readonly children: string;
  /** Named at the corner. */
  readonly language?: string;
  readonly wraps?: boolean;
}

/** Text of a machine, with a button that copies it. */
export function Code({ children, language, wraps = false }: CodeProps) {
  return (
    <div className={styles.code}>
      <div className={styles.codeHead}>
        <span>{language}</span>
        <CopyButton text={children} />
      </div>
      <pre className={classes(wraps && styles.wraps)} tabIndex={0} aria-label={language ?? "Code"}>
        <code>{children}</code>
      </pre>
    </div>
  );
}

/** A short text of a machine (an SID, a URL) that a press copies. */
export function CopyText({ children, label }: { readonly children: string; readonly label?: string }) {
  return (
    <span className={styles.copy}>
      <code>{children}</code>
      <CopyButton text={children} {...(label === undefined ? {} : { label })} />
    </span>
  );
}

const SHOWN_MS = 1_500;

function CopyButton({ text, label = "Copy" }: { readonly text: string; readonly label?: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <IconButton
      size="s"
      label={isCopied ? "Copied" : label}
      icon={isCopied ? <Check size={14} /> : <Copy size={14} />}
      onPress={() => void copy().catch(() => setCopied(false))}
    />
  );
}

/** A key of the keyboard. */
export function Kbd({ children }: { readonly children: ReactNode }) {
  return <kbd className={styles.kbd}>{children}</kbd>;
}
