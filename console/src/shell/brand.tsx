import styles from "./brand.module.css";

/** The sign and the name. */
export function Brand() {
  return (
    <span className={styles.brand}>
      <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" className={styles.ground} />
        <path d="M8 10h16M16 10v13M11 16h10" className={styles.lines} />
      </svg>
      Trunkline
    </span>
  );
}
