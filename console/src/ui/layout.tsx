import { type ReactNode, useEffect, useId } from "react";
import { classes } from "./classes.ts";
import styles from "./layout.module.css";

/** Props of a page. */
export interface PageProps {
  readonly title: string;
  readonly subtitle?: ReactNode;
  /** Buttons at the right of the title. */
  readonly actions?: ReactNode;
  /** A trail above the title, for a page below another: links. */
  readonly trail?: ReactNode;
  /** Uses the whole height and scrolls inside, as a list or a chat does. */
  readonly isFull?: boolean;
  readonly children: ReactNode;
}

/** The frame of every page: its heading, and the title of the window. */
export function Page({ title, subtitle, actions, trail, isFull = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Trunkline`;
  }, [title]);
  return (
    <div className={classes(styles.page, isFull && styles.full)}>
      <header className={styles.pageHead}>
        <div className={styles.pageTitles}>
          {trail !== undefined && <div className={styles.trail}>{trail}</div>}
          <h1 className={styles.pageTitle}>{title}</h1>
          {subtitle !== undefined && <p className={styles.subtitle}>{subtitle}</p>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** Props of a section. */
export interface SectionProps {
  readonly title?: string;
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page with a heading. */
export function Section({ title, subtitle, actions, children }: SectionProps) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <div className={styles.sectionHead}>
          <div>
            <h2 id={id} className={styles.sectionTitle}>
              {title}
            </h2>
            {subtitle !== undefined && <p className={styles.subtitle}>{subtitle}</p>}
          </div>
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

/** Props of a card. */
export interface CardProps {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  /** Lets the content reach the edges, for a table. */
  readonly isFlush?: boolean;
  readonly tone?: "warn" | "bad" | "info" | undefined;
  readonly children: ReactNode;
}

/** A surface. */
export function Card({ title, actions, isFlush = false, tone, children }: CardProps) {
  return (
    <div className={classes(styles.card, isFlush && styles.flush, tone && styles[tone])}>
      {(title !== undefined || actions !== undefined) && (
        <div className={styles.cardHead}>
          <h3 className={styles.cardTitle}>{title}</h3>
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </div>
      )}
      {children}
    </div>
  );
}

/** Props of a grid. */
export interface GridProps {
  /** The least width of a column: s 160 px, m 260 px, l 420 px. */
  readonly min?: "s" | "m" | "l";
  readonly children: ReactNode;
}

/** Equal columns, as many as there is room for. */
export function Grid({ min = "m", children }: GridProps) {
  return <div className={classes(styles.grid, styles[`min-${min}`])}>{children}</div>;
}

/** Props of a row. */
export interface RowProps {
  readonly children: ReactNode;
  readonly isSpread?: boolean;
  readonly gap?: "s" | "m" | "l";
}

/** Things beside each other, wrapping. */
export function Row({ children, isSpread = false, gap = "m" }: RowProps) {
  return <div className={classes(styles.row, isSpread && styles.spread, styles[`gap-${gap}`])}>{children}</div>;
}

/** Things below each other. */
export function Stack({ children, gap = "m" }: Omit<RowProps, "isSpread">) {
  return <div className={classes(styles.stack, styles[`gap-${gap}`])}>{children}</div>;
}

/** Props of a bar of filters. */
export interface FilterBarProps {
  readonly children?: ReactNode;
  /** Buttons at the end. */
  readonly actions?: ReactNode;
  /** Shows a button that takes all filters away. */
  readonly onClear?: (() => void) | undefined;
}

/** Filters above a list; without fields only its actions. */
export function FilterBar({ children, actions, onClear }: FilterBarProps) {
  return (
    <div className={styles.filters} {...(children !== undefined && { role: "search", "aria-label": "Filters" })}>
      <div className={styles.filterFields}>{children}</div>
      <div className={styles.actions}>
        {onClear !== undefined && (
          <button type="button" className={styles.clear} onClick={onClear}>
            Clear filters
          </button>
        )}
        {actions}
      </div>
    </div>
  );
}
