import type { ReactNode } from "react";
import { Meter as AriaMeter } from "react-aria-components/Meter";
import { ProgressBar as AriaProgressBar } from "react-aria-components/ProgressBar";
import { classes, type Tone } from "./classes.ts";
import styles from "./feedback.module.css";

/** Props of a badge. */
export interface BadgeProps {
  readonly tone?: Tone;
  readonly icon?: ReactNode;
  /** A dot before it, for states. */
  readonly hasDot?: boolean;
  readonly children: ReactNode;
}

/** A word or two with a meaning. */
export function Badge({ tone = "neutral", icon, hasDot = false, children }: BadgeProps) {
  return (
    <span className={classes(styles.badge, styles[tone])}>
      {hasDot && <span className={styles.dot} aria-hidden="true" />}
      {icon}
      {children}
    </span>
  );
}

/** Props of a place where nothing is. */
export interface EmptyProps {
  readonly title: string;
  readonly icon?: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Says why nothing is here and what to do. */
export function Empty({ title, icon, children, action }: EmptyProps) {
  return (
    <div className={styles.empty}>
      {icon !== undefined && (
        <div className={styles.emptyIcon} aria-hidden="true">
          {icon}
        </div>
      )}
      <h2 className={styles.emptyTitle}>{title}</h2>
      {children !== undefined && <div className={styles.emptyText}>{children}</div>}
      {action}
    </div>
  );
}

/** Lines in the place of what is still on its way. */
export function Skeleton({ lines = 3, height }: { readonly lines?: number; readonly height?: number }) {
  return (
    <div className={styles.skeleton} role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} style={height === undefined ? undefined : { height }} />
      ))}
    </div>
  );
}

/** Props of a bar that fills. */
export interface BarProps {
  readonly label: string;
  readonly value: number;
  readonly max?: number;
  /** Stands at the right instead of per cent. */
  readonly text?: string;
  readonly tone?: Tone;
  readonly hidesLabel?: boolean;
}

/** How far something is; without a value, that it goes on. */
export function ProgressBar({
  label,
  value,
  max = 100,
  text,
  tone = "info",
  hidesLabel = false,
}: Partial<BarProps> & { readonly label: string }) {
  return (
    <AriaProgressBar
      aria-label={label}
      {...(value === undefined ? { isIndeterminate: true } : { value, maxValue: max })}
      {...(text === undefined ? {} : { valueLabel: text })}
      className={styles.bar ?? ""}
    >
      {({ percentage, valueText }) => (
        <BarLines label={label} share={percentage} text={text ?? valueText} tone={tone} hidesLabel={hidesLabel} />
      )}
    </AriaProgressBar>
  );
}

/** How much of something is used. Without a tone it turns at 75 and 90 per cent. */
export function Meter({ label, value, max = 100, text, tone, hidesLabel = false }: BarProps) {
  const share = max === 0 ? 0 : value / max;
  const shown = tone ?? (share >= 0.9 ? "bad" : share >= 0.75 ? "warn" : "good");
  return (
    <AriaMeter
      aria-label={label}
      value={value}
      maxValue={max}
      {...(text === undefined ? {} : { valueLabel: text })}
      className={styles.bar ?? ""}
    >
      {({ percentage, valueText }) => (
        <BarLines label={label} share={percentage} text={text ?? valueText} tone={shown} hidesLabel={hidesLabel} />
      )}
    </AriaMeter>
  );
}

interface BarLinesProps {
  readonly label: string;
  readonly share: number | undefined;
  readonly text: string | undefined;
  readonly tone: Tone;
  readonly hidesLabel: boolean;
}

function BarLines({ label, share, text, tone, hidesLabel }: BarLinesProps) {
  return (
    <>
      {!hidesLabel && (
        <span className={styles.barLabel}>
          <span>{label}</span>
          <span>{text}</span>
        </span>
      )}
      <span className={styles.barTrack}>
        <span
          className={classes(styles.barFill, styles[`fill-${tone}`], share === undefined && styles.running)}
          style={{ width: `${share ?? 35}%` }}
        />
      </span>
    </>
  );
}
