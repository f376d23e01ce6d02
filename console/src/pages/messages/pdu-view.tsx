import { ArrowDownLeft, ArrowUpRight } from "lucide-react";
import { useMemo, useState } from "react";
import { Badge, classes, CopyText, formatTime } from "../../ui/index.ts";
import { fieldAt, hexRows } from "./hex-rows.ts";
import styles from "./pdu.module.css";
import type { Pdu } from "./timeline-data.ts";

const MAX_SHOWN_OCTETS = 1_024;
const MAX_VALUE_CHARACTERS = 48;

/** PDUs below each other; each opens to its octets and fields. */
export function PduList({ pdus }: { readonly pdus: readonly Pdu[] }) {
  return (
    <div className={styles.list}>
      {pdus.map((pdu, index) => (
        <details key={index} className={styles.pdu}>
          <summary>
            {pdu.direction === "out" ? (
              <ArrowUpRight size={14} aria-label="to the carrier" className={styles.out} />
            ) : (
              <ArrowDownLeft size={14} aria-label="from the carrier" className={styles.in} />
            )}
            <code className={styles.name}>{pdu.name}</code>
            <span className={styles.soft}>{summaryOf(pdu)}</span>
            <time className={styles.time} dateTime={pdu.at}>
              {formatTime(Date.parse(pdu.at))}
            </time>
          </summary>
          <PduView pdu={pdu} />
        </details>
      ))}
    </div>
  );
}

function summaryOf(pdu: Pdu): string {
  const status = pdu.fields.find(({ name }) => name === "command_status");
  const said = status === undefined || pdu.direction === "out" ? "" : ` · ${status.meaning ?? status.value}`;
  const part = pdu.part === null ? "" : ` · part ${pdu.part}`;
  return `${pdu.octets} octets${part}${said}`;
}

/** Octets at the left, what they mean at the right. Pointing at either marks the other. */
export function PduView({ pdu }: { readonly pdu: Pdu }) {
  const [marked, setMarked] = useState<number>();
  const rows = useMemo(() => hexRows(pdu.hex, MAX_SHOWN_OCTETS), [pdu.hex]);
  const shown = pdu.hex.length / 2;
  const field = marked === undefined ? undefined : pdu.fields[marked];
  const isMarked = (index: number): boolean => {
    const { offset = null, length = null } = field ?? {};
    return offset !== null && length !== null && index >= offset && index < offset + length;
  };
  return (
    <div className={styles.view}>
      <div className={styles.hexSide}>
        <div className={styles.hex} role="img" aria-label={`${pdu.octets} octets of ${pdu.name} in hexadecimal`}>
          {rows.map((row) => (
            <div key={row.offset} className={styles.hexRow}>
              <span className={styles.offset}>{row.offset}</span>
              <span className={styles.octets} onPointerLeave={() => setMarked(undefined)}>
                {row.octets.map(({ index, hex }) => (
                  <span
                    key={index}
                    className={classes(styles.octet, isMarked(index) && styles.marked)}
                    onPointerEnter={() => setMarked(fieldAt(pdu.fields, index))}
                  >
                    {hex}
                  </span>
                ))}
              </span>
              <span className={styles.text}>
                {row.octets.map(({ index, character }) => (
                  <span key={index} className={classes(isMarked(index) && styles.marked)}>
                    {character}
                  </span>
                ))}
              </span>
            </div>
          ))}
        </div>
        <div className={styles.foot}>
          {(shown < pdu.octets || shown > MAX_SHOWN_OCTETS) && <Badge tone="warn">cut</Badge>}
          <CopyText label="Copy all octets">{pdu.hex}</CopyText>
        </div>
      </div>
      <table className={styles.fields}>
        <caption className={styles.hidden}>Fields of {pdu.name}</caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {pdu.fields.map((one, index) => (
            <tr
              key={`${one.name}-${index}`}
              className={classes(marked === index && styles.markedRow)}
              onPointerEnter={() => setMarked(index)}
              onPointerLeave={() => setMarked(undefined)}
            >
              <th scope="row">{one.name}</th>
              <td>
                <code title={one.value}>{shortened(one.value)}</code>
                {one.meaning !== null && <span className={styles.meaning}>{one.meaning}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Long values are octets, which stand at the left. */
function shortened(value: string): string {
  if (value === "") return "–";
  return value.length > MAX_VALUE_CHARACTERS ? `${value.slice(0, MAX_VALUE_CHARACTERS)}…` : value;
}
