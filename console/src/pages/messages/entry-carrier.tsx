import { FileCode, Radio, Receipt, RefreshCw, Route } from "lucide-react";
import { formatTime, type Tone } from "../../ui/index.ts";
import { AttemptView } from "./attempt-view.tsx";
import { Facts, ICON, More, type Shown, type Views } from "./entry-parts.tsx";
import { PduList } from "./pdu-view.tsx";
import { RouteView } from "./route-view.tsx";
import type { EntryData } from "./timeline-data.ts";
import styles from "./timeline.module.css";

/** Which carrier it was given to, and what that answered. */
export const CARRIER_VIEWS: Views<"routed" | "attempt" | "retry" | "resent" | "pdu" | "receipt"> = {
  routed: ({ carrier, route }) => ({
    title: (
      <>
        Routed to <strong>{carrier}</strong>
      </>
    ),
    icon: <Route size={ICON} />,
    tone: "info",
    children:
      route === null ? (
        <p>The routing table or the health of that time is not kept any more.</p>
      ) : (
        <More summary={`Why ${carrier}`} hint={`${route.candidates.length} could have taken it`}>
          <RouteView route={route} chosen={carrier} />
        </More>
      ),
  }),
  attempt: (data) => ({
    title: <AttemptTitle data={data} />,
    icon: <Radio size={ICON} />,
    tone: ATTEMPT_TONES[data.outcome] ?? "info",
    children: <AttemptView attempt={data} />,
  }),
  retry: ({ at }) => ({
    title: `Is tried again at ${formatTime(Date.parse(at))}`,
    icon: <RefreshCw size={ICON} />,
    tone: "warn",
  }),
  resent: () => ({
    title: "Is sent once more, because nobody knows whether it arrived",
    icon: <RefreshCw size={ICON} />,
    tone: "warn",
  }),
  pdu: ({ pdus }) => ({
    title: pdus[0]?.name ?? "PDU",
    icon: <FileCode size={ICON} />,
    children: <PduList pdus={pdus} />,
  }),
  receipt: receiptView,
};

const ATTEMPT_TONES: Readonly<Record<string, Tone>> = {
  accepted: "good",
  refused: "bad",
  unknown: "warn",
  "not-sent": "warn",
  open: "info",
};

function AttemptTitle({ data }: { readonly data: EntryData["attempt"] }) {
  const carrier = data.carrier === undefined ? "a carrier" : data.carrier;
  const words: Readonly<Record<string, string>> = {
    accepted: `Attempt ${data.number}: ${carrier} took it`,
    refused: `Attempt ${data.number}: ${carrier} refused it`,
    unknown: `Attempt ${data.number}: ${carrier} gave no answer`,
    "not-sent": `Attempt ${data.number}: ${carrier} could not take it`,
    open: `Attempt ${data.number}: given to ${carrier}`,
  };
  return <>{words[data.outcome] ?? `Attempt ${data.number}`}</>;
}

const USES: Readonly<Record<string, string>> = {
  applied: "",
  early: "It came before the answer that names it, and waits for that.",
  adopted: "Its answer never came; the attempt was found by the numbers.",
  progress: "No final state.",
  duplicate: "It had come before: nothing was done.",
  unmatched: "No message was found for it.",
};

function receiptView(data: EntryData["receipt"]): Shown {
  const isBad = data.result === "failed" || data.result === "undelivered";
  const { use = "applied" } = data;
  const isSpare = use === "duplicate" || use === "unmatched" || use === "progress";
  return {
    title: (
      <>
        {use === "duplicate" ? "Receipt again" : "Receipt"}: {data.result}
      </>
    ),
    icon: <Receipt size={ICON} />,
    tone: isSpare ? "neutral" : isBad ? "bad" : "good",
    children: (
      <>
        {USES[use] !== "" && <p>{USES[use]}</p>}
        <Facts
          items={[
            ["Part", data.part],
            [
              "Error",
              data.error_code === null || data.error_code === undefined
                ? null
                : `${data.error_code} ${data.error_message ?? ""}`,
            ],
            ["Carrier's id", data.carrier_message_id],
            ["Done", data.done_date],
          ]}
        />
        {data.raw !== null && data.raw !== undefined && <code className={styles.raw}>{data.raw}</code>}
        {data.pdus !== undefined && data.pdus.length > 0 && <PduList pdus={data.pdus} />}
      </>
    ),
  };
}
