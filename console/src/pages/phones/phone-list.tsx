import { useVirtualizer } from "@tanstack/react-virtual";
import { Plus, Smartphone } from "lucide-react";
import { memo, useEffect, useMemo, useRef } from "react";
import { IconButton, Link, SearchField, Skeleton, When } from "../../ui/index.ts";
import { findPhones } from "./phone-book.ts";
import { formatNumber, type PhoneSummary } from "./phone-data.ts";
import styles from "./phone-list.module.css";

/** Props of the list. */
export interface PhoneListProps {
  readonly phones: readonly PhoneSummary[];
  readonly isLoading: boolean;
  readonly selected: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onNew: () => void;
  /** Gets more phones, where there are more; `undefined` where all are known. */
  readonly onMore: (() => void) | undefined;
}

/** Of a phone in the list; phone-list.module.css says the same. */
const ROW_PIXELS = 56;
const OVERSCAN_ROWS = 8;
/** How near the end one is when more phones are asked for. */
const NEAR_ROWS = 40;

/** The phones, the one with the latest text first. Only those in sight are in the document. */
export function PhoneList({ phones, isLoading, selected, text, onText, onNew, onMore }: PhoneListProps) {
  const found = useMemo(() => findPhones(phones, text), [phones, text]);
  return (
    <nav className={styles.list} aria-label="Phones">
      <div className={styles.head}>
        <SearchField label="Search phones" value={text} onChange={onText} placeholder="Number or words" />
        <IconButton label="New phone" icon={<Plus size={18} />} onPress={onNew} />
      </div>
      {isLoading ? (
        <div className={styles.loading}>
          <Skeleton lines={5} />
        </div>
      ) : (
        <PhoneRows phones={found} selected={selected} isSearch={text.trim() !== ""} onMore={onMore} />
      )}
    </nav>
  );
}

interface PhoneRowsProps extends Pick<PhoneListProps, "phones" | "selected" | "onMore"> {
  readonly isSearch: boolean;
}

function PhoneRows({ phones, selected, isSearch, onMore }: PhoneRowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: phones.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PIXELS,
    overscan: OVERSCAN_ROWS,
    getItemKey: (index) => phones[index]?.number ?? index,
  });
  const rows = virtualizer.getVirtualItems();
  const lastShown = rows.at(-1)?.index ?? 0;
  // What is looked for may be on a phone that is not here yet, so a search gets them all.
  const wantsMore = isSearch || lastShown >= phones.length - NEAR_ROWS;
  useEffect(() => {
    if (wantsMore) onMore?.();
  }, [wantsMore, onMore]);
  if (phones.length === 0) {
    return <p className={styles.none}>{onMore === undefined ? "No phone has that." : "Looking …"}</p>;
  }
  return (
    <div ref={box} className={styles.phones}>
      <ul className={styles.rows} style={{ height: virtualizer.getTotalSize() }}>
        {rows.map(({ index, key, start }) => {
          const phone = phones[index];
          return phone === undefined ? null : (
            <li
              key={key}
              className={styles.row}
              style={{ transform: `translateY(${start}px)` }}
              aria-setsize={phones.length}
              aria-posinset={index + 1}
            >
              <PhoneLink phone={phone} isCurrent={phone.number === selected} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

interface PhoneLinkProps {
  readonly phone: PhoneSummary;
  readonly isCurrent: boolean;
}

/** The same while the list scrolls. */
const PhoneLink = memo(function PhoneLink({ phone, isCurrent }: PhoneLinkProps) {
  const { number, lastMessage } = phone;
  return (
    <Link to={`/phones?phone=${encodeURIComponent(number)}`} className={styles.phone} isCurrent={isCurrent}>
      <span className={styles.sign} aria-hidden="true">
        <Smartphone size={17} />
      </span>
      <span className={styles.words}>
        <span className={styles.line}>
          <span className={styles.number}>{formatNumber(number)}</span>
          {lastMessage !== undefined && (
            <span className={styles.time}>
              <When at={lastMessage.timeMs} />
            </span>
          )}
        </span>
        <span className={styles.snippet}>
          {lastMessage === undefined
            ? "No texts yet"
            : `${lastMessage.direction === "sent" ? "Phone: " : ""}${lastMessage.body}`}
        </span>
      </span>
    </Link>
  );
});
