import { type ReactNode, useEffect } from "react";
import { Brand } from "../shell/brand.tsx";
import styles from "./sign-in.module.css";

/** Props of the panel. */
export interface PanelProps {
  readonly title: string;
  readonly subtitle?: ReactNode;
  readonly children: ReactNode;
  /** Below the panel. */
  readonly foot?: ReactNode;
}

/** The frame of the pages before sign-in. */
export function Panel({ title, subtitle, children, foot }: PanelProps) {
  useEffect(() => {
    document.title = `${title} · Trunkline`;
  }, [title]);
  return (
    <main className={styles.ground}>
      <div className={styles.column}>
        <Brand />
        <div className={styles.panel}>
          <div>
            <h1 className={styles.title}>{title}</h1>
            {subtitle !== undefined && <p className={styles.subtitle}>{subtitle}</p>}
          </div>
          {children}
        </div>
        {foot !== undefined && <div className={styles.foot}>{foot}</div>}
      </div>
    </main>
  );
}
