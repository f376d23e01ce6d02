import { ArrowLeft, Smartphone, Webhook } from "lucide-react";
import { useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { useCan } from "../../api/index.ts";
import { Badge, Button, CopyText, IconButton, Skeleton, useNow } from "../../ui/index.ts";
import { Composer, type Way } from "./composer.tsx";
import { formatNumber, type OwnNumber } from "./phone-data.ts";
import { numbersToText, threadItems } from "./thread-items.ts";
import { ThreadLine } from "./thread-lines.tsx";
import styles from "./thread.module.css";
import { useThread } from "./use-phones.ts";

/** Props of a thread. */
export interface ThreadProps {
  readonly phone: string;
  readonly own: readonly OwnNumber[];
  readonly way: Way;
  readonly isLive: boolean;
  readonly onWay: (way: Way) => void;
  readonly onBack: () => void;
  readonly onWebhook: () => void;
}

/** One phone: what it got and sent, and where one types. */
export function Thread({ phone, own, way, isLive, onWay, onBack, onWebhook }: ThreadProps) {
  const { messages, sent, webhooks, isLoading } = useThread(phone);
  const mayChangeNumbers = useCan("numbers.write");
  const now = useNow();
  const items = useMemo(
    () => threadItems({ phone, messages, sent, webhooks, nowMs: now }),
    [phone, messages, sent, webhooks, now],
  );
  const newestWebhook = items.findLast(({ kind }) => kind === "webhook")?.id;
  const ownNumbers = useMemo(() => own.map(({ phone_number }) => phone_number), [own]);
  const numbers = useMemo(() => numbersToText(ownNumbers, messages), [ownNumbers, messages]);
  const sendable = useMemo(() => {
    const known = numbers.filter((number) => ownNumbers.includes(number));
    return known.length > 0 ? known : ownNumbers;
  }, [numbers, ownNumbers]);
  return (
    <section className={styles.thread} aria-label={`Phone ${phone}`}>
      <header className={styles.head}>
        <span className={styles.back}>
          <IconButton label="All phones" icon={<ArrowLeft size={19} />} onPress={onBack} />
        </span>
        <span className={styles.name}>
          <h2 className={styles.number}>{formatNumber(phone)}</h2>
          <span className={styles.plain}>
            <CopyText label="Copy the number">{phone}</CopyText>
          </span>
        </span>
        <Badge tone={isLive ? "good" : "warn"} hasDot>
          <span className={styles.liveWord}>{isLive ? "Live" : "Asking every second"}</span>
        </Badge>
        {mayChangeNumbers && (
          <Button size="s" icon={<Webhook size={15} />} onPress={onWebhook}>
            Webhook
          </Button>
        )}
      </header>
      <Scroller count={items.length} phone={phone}>
        {isLoading && <Skeleton lines={5} />}
        {!isLoading && items.length === 0 && (
          <div className={styles.nothing}>
            <Smartphone size={22} aria-hidden="true" />
            This phone has no texts yet. Send it one, or type on it.
          </div>
        )}
        {items.map((item) => (
          <ThreadLine key={item.id} item={item} isNewest={item.id === newestWebhook} />
        ))}
      </Scroller>
      <Composer key={phone} phone={phone} way={way} onWay={onWay} numbers={numbers} ownNumbers={sendable} />
    </section>
  );
}

/** How far from the end one may be and still be taken along when something comes. */
const NEAR_PIXELS = 160;

/** Stays at the end while one is there; leaves one alone who reads further up. */
function Scroller({
  count,
  phone,
  children,
}: {
  readonly count: number;
  readonly phone: string;
  readonly children: React.ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    isAtEnd.current = true;
  }, [phone]);
  useLayoutEffect(() => {
    const { current } = box;
    const toEnd = (): void => {
      if (current !== null && isAtEnd.current) current.scrollTop = current.scrollHeight;
    };
    toEnd();
    // Lines grow, for instance when a webhook is unfolded, and the box shrinks when a keyboard comes up.
    const observer = new ResizeObserver(toEnd);
    if (current !== null) for (const grown of [current, ...current.children]) observer.observe(grown);
    return () => observer.disconnect();
  }, [count, phone]);
  return (
    <div
      ref={box}
      className={styles.scroller}
      role="log"
      aria-label="Texts"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PIXELS;
      }}
    >
      <div className={styles.lines}>{children}</div>
    </div>
  );
}
