import { Badge, formatTime, Money } from "../../ui/index.ts";
import { PduList } from "./pdu-view.tsx";
import type { AttemptAnswer, AttemptData } from "./timeline-data.ts";
import styles from "./timeline.module.css";

/** One attempt: the answer to each of its parts, what it costs, and its PDUs. */
export function AttemptView({ attempt }: { readonly attempt: AttemptData }) {
  const { answers, pdus = [], price_micros_per_part: price } = attempt;
  return (
    <div className={styles.attempt}>
      {attempt.repetitions_before > 0 && (
        <p>{attempt.repetitions_before} attempts like it came before, in which the carrier was busy or away.</p>
      )}
      {attempt.resend && <p>Given again although an earlier attempt may have arrived.</p>}
      {answers.map((answer, index) => (
        <Answer key={index} answer={answer} isOnly={attempt.parts === 1} />
      ))}
      {answers.length === 0 && attempt.outcome !== "open" && (
        <p>
          {attempt.parts_accepted} of {attempt.parts} {attempt.parts === 1 ? "part was" : "parts were"} taken
          {attempt.carrier_status === null || attempt.carrier_status === undefined
            ? "."
            : `: ${attempt.carrier_status}.`}
        </p>
      )}
      {price !== undefined && price > 0 && (
        <p>
          The carrier asks <Money micros={price} currency={attempt.currency ?? "USD"} /> a part.
        </p>
      )}
      {pdus.length > 0 && <PduList pdus={pdus} />}
      {attempt.pdus_kept === false && <p className={styles.soft}>Its PDUs are not kept any more.</p>}
    </div>
  );
}

const TONES = { accepted: "good", refused: "bad", unknown: "warn", "not-sent": "warn" } as const;

function Answer({ answer, isOnly }: { readonly answer: AttemptAnswer; readonly isOnly: boolean }) {
  const tone = TONES[answer.outcome as keyof typeof TONES] ?? "neutral";
  return (
    <p className={styles.answer}>
      <Badge tone={tone}>{answer.outcome}</Badge>
      {!isOnly && <span>Part {answer.part}</span>}
      {answer.carrier_message_id !== undefined && <code>{answer.carrier_message_id}</code>}
      {answer.carrier_status !== undefined && <code>{answer.carrier_status}</code>}
      {answer.error_code !== undefined && (
        <span>
          <strong className={styles.bad}>{answer.error_code}</strong> {answer.error_message}
        </span>
      )}
      {answer.reason !== undefined && <span>{answer.reason}</span>}
      <time className={styles.mono} dateTime={answer.at}>
        {formatTime(Date.parse(answer.at))}
      </time>
    </p>
  );
}
