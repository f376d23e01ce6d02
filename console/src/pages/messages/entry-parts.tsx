import type { ReactNode } from "react";
import type { Tone } from "../../ui/index.ts";
import type { EntryData, EntryOf } from "./timeline-data.ts";
import styles from "./timeline.module.css";

/** The size of an entry's icon. */
export const ICON = 14;

/** How an entry is shown: its title, and what there is to say of it. */
export interface Shown {
  readonly title: ReactNode;
  readonly icon: ReactNode;
  readonly tone?: Tone;
  readonly children?: ReactNode;
}

/** One function a kind. */
export type Views<K extends keyof EntryData> = {
  readonly [Kind in K]: (data: EntryData[Kind], entry: EntryOf<Kind>) => Shown;
};

/** Something that opens. */
export function More({
  summary,
  hint,
  children,
}: {
  readonly summary: string;
  readonly hint?: string;
  readonly children: ReactNode;
}) {
  return (
    <details className={styles.more}>
      <summary>
        {summary}
        {hint !== undefined && <span className={styles.soft}>{hint}</span>}
      </summary>
      {children}
    </details>
  );
}

/** Short facts beside each other. */
export function Facts({ items }: { readonly items: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {items
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
