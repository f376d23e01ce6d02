import { classes } from "../../ui/index.ts";
import type { TextDescription } from "../../sms/index.ts";
import styles from "./segment-meter.module.css";

/** How a text will be cut, as it is typed. */
export function SegmentMeter({ text }: { readonly text: TextDescription }) {
  const { encoding, segments, used, capacity, foreign, isReplaced, isTooLong } = text;
  const isWide = encoding === "UCS-2";
  return (
    <div className={styles.meter}>
      <span className={classes(styles.encoding, isWide && styles.wide)}>{encoding}</span>
      <span className={styles.bars} aria-hidden="true">
        {barsOf(text).map((share, index) => (
          <span key={index} className={styles.bar}>
            <span className={classes(styles.fill, isWide && styles.wideFill)} style={{ width: `${share * 100}%` }} />
          </span>
        ))}
      </span>
      <span className={styles.count} aria-live="polite" aria-atomic="true">
        {used}/{capacity} · {isTooLong ? "too long" : segments === 1 ? "1 segment" : `${segments} segments`}
      </span>
      {foreign.length > 0 && (
        <span className={styles.foreign}>
          <span>UCS-2 because of</span>
          {foreign.map((character) => (
            <span key={character} className={styles.character} title={codeOf(character)}>
              {character.trim() === "" ? codeOf(character) : character}
            </span>
          ))}
        </span>
      )}
      {isReplaced && <span className={styles.note}>Look-alikes are replaced, so it stays GSM-7.</span>}
    </div>
  );
}

const MAX_BARS = 10;

/** How full each segment is, at most ten of them. */
function barsOf({ segments, used, capacity }: TextDescription): readonly number[] {
  const count = Math.max(1, Math.min(segments, MAX_BARS));
  const each = capacity / Math.max(1, segments);
  return Array.from({ length: count }, (_, index) => Math.min(1, Math.max(0, (used - index * each) / each)));
}

function codeOf(character: string): string {
  return Array.from(character)
    .map((one) => `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`)
    .join(" ");
}
