import { Plus, Smartphone } from "lucide-react";
import { classes, IconButton, Link, SearchField, Skeleton, When } from "../../ui/index.ts";
import { formatNumber, type PhoneSummary, plainNumber } from "./phone-data.ts";
import styles from "./phone-list.module.css";

/** Props of the list. */
export interface PhoneListProps {
  readonly phones: readonly PhoneSummary[];
  readonly isLoading: boolean;
  readonly selected: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onNew: () => void;
}

/** The phones, the one with the latest text first. */
export function PhoneList({ phones, isLoading, selected, text, onText, onNew }: PhoneListProps) {
  const wanted = plainNumber(text).toLowerCase();
  const found = phones.filter(
    ({ number, lastMessage }) =>
      wanted === "" ||
      number.includes(wanted) ||
      lastMessage?.body.toLowerCase().includes(text.trim().toLowerCase()) === true,
  );
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
        <ul className={styles.phones}>
          {found.map((phone) => (
            <li key={phone.number}>
              <PhoneLink phone={phone} isCurrent={phone.number === selected} />
            </li>
          ))}
          {found.length === 0 && <li className={styles.none}>No phone has that.</li>}
        </ul>
      )}
    </nav>
  );
}

function PhoneLink({ phone, isCurrent }: { readonly phone: PhoneSummary; readonly isCurrent: boolean }) {
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
        <span className={classes(styles.snippet)}>
          {lastMessage === undefined
            ? "No texts yet"
            : `${lastMessage.direction === "sent" ? "Phone: " : ""}${lastMessage.body}`}
        </span>
      </span>
    </Link>
  );
}
