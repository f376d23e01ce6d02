import { ArrowLeft, Webhook } from "lucide-react";
import { useMemo } from "react";
import { useCan } from "../../api/index.ts";
import { Badge, Button, CopyText, IconButton, useNow } from "../../ui/index.ts";
import { Composer, type Way } from "./composer.tsx";
import { formatNumber, type OwnNumber } from "./phone-data.ts";
import { clockOf, numbersToText, threadItems } from "./thread-items.ts";
import { ThreadLog } from "./thread-log.tsx";
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
  const clockMs = clockOf(sent, useNow());
  const items = useMemo(
    () => threadItems({ phone, messages, sent, webhooks, nowMs: clockMs }),
    [phone, messages, sent, webhooks, clockMs],
  );
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
      <ThreadLog key={`log ${phone}`} items={items} isLoading={isLoading} />
      <Composer
        key={`composer ${phone}`}
        phone={phone}
        way={way}
        onWay={onWay}
        numbers={numbers}
        ownNumbers={sendable}
      />
    </section>
  );
}
