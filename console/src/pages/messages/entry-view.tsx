import {
  Banknote,
  CircleDollarSign,
  CircleSlash,
  Clock,
  FileCode,
  Inbox,
  Layers,
  ListOrdered,
  PencilLine,
  Puzzle,
  Radio,
  Receipt,
  RefreshCw,
  Route,
  Send,
  Shield,
  ShieldAlert,
  Webhook,
} from "lucide-react";
import type { ReactNode } from "react";
import {
  Badge,
  Code,
  formatMoney,
  formatTime,
  Money,
  StatusBadge,
  type TimelineItem,
  type Tone,
} from "../../ui/index.ts";
import { AttemptView } from "./attempt-view.tsx";
import { PduList } from "./pdu-view.tsx";
import { RouteView } from "./route-view.tsx";
import { toneOf } from "./stations.ts";
import type { Entry, EntryData, EntryOf, Quote } from "./timeline-data.ts";
import styles from "./timeline.module.css";
import { MessageLink, WebhookView } from "./webhook-view.tsx";

const ICON = 14;

/** How an entry is shown: its title, and what there is to say of it. */
interface Shown {
  readonly title: ReactNode;
  readonly icon: ReactNode;
  readonly tone?: Tone;
  readonly children?: ReactNode;
}

type Views = { readonly [K in keyof EntryData]: (data: EntryData[K], entry: EntryOf<K>) => Shown };

/** One function a kind. */
const VIEWS: Views = {
  part: ({ part, of, pdus = [] }) => ({
    title: `Part ${part} of ${of} arrived`,
    icon: <Puzzle size={ICON} />,
    tone: "info",
    children: pdus.length === 0 ? undefined : <PduList pdus={pdus} />,
  }),
  arrived: (data) => ({
    title: <>Arrived{data.carrier ? ` by ${data.carrier}` : ""}</>,
    icon: <Inbox size={ICON} />,
    tone: "good",
    children: <ArrivedFacts data={data} />,
  }),
  accepted: (data, { kept }) => ({
    title: `Accepted ${DOORS[data.door] ?? ""}`,
    icon: <Send size={ICON} />,
    tone: "info",
    children: <AcceptedFacts data={data} isKept={kept} />,
  }),
  policed: policedView,
  priced: pricedView,
  waiting: ({ until, why }) => ({
    title: `Waits until ${new Date(until).toLocaleString()}`,
    icon: <Clock size={ICON} />,
    tone: "warn",
    children: <p>{WAITS[why ?? ""] ?? (why === null ? undefined : `By the rule ${why}.`)}</p>,
  }),
  released: () => ({ title: "Its time has come: judged and priced again", icon: <Clock size={ICON} />, tone: "info" }),
  media: ({ media }) => ({
    title: `${media} ${media === 1 ? "medium was" : "media were"} fetched and stored`,
    icon: <Layers size={ICON} />,
  }),
  replaced: () => ({ title: "Its text was replaced", icon: <PencilLine size={ICON} />, tone: "warn" }),
  queued: queuedView,
  parked: () => ({
    title: "Waits in the database",
    icon: <Layers size={ICON} />,
    children: <p>Very many are queued before it, so that it does not take memory.</p>,
  }),
  unparked: () => ({ title: "Is back in memory, its turn comes", icon: <Layers size={ICON} /> }),
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
  status: ({ status, error_code: code, error_message: message }) => ({
    title: <StatusBadge status={status} />,
    icon: undefined,
    tone: toneOf(status),
    children:
      code === null ? undefined : (
        <p>
          <strong className={styles.bad}>{code}</strong> {message}
        </p>
      ),
  }),
  money: (data) => ({
    title: (
      <>
        {MONEY[data.line ?? "charge"]} <Money micros={data.amount_micros} currency={data.currency ?? "USD"} />
      </>
    ),
    icon: <Banknote size={ICON} />,
    tone: data.line === "credit" ? "good" : "neutral",
    children: <p>{moneyLine(data)}</p>,
  }),
  webhook: webhookView,
  twiml: ({ document, replies, problem }) => ({
    title: replies.length === 0 ? "Its answer asked for nothing" : "Its answer made a reply",
    icon: <FileCode size={ICON} />,
    tone: problem === null ? "good" : "warn",
    children: (
      <>
        {problem !== null && <p className={styles.bad}>{problem}</p>}
        {replies.map((sid) => (
          <p key={sid}>
            <MessageLink sid={sid} />
          </p>
        ))}
        {document !== null && (
          <More summary="TwiML">
            <Code language="TwiML" wraps>
              {document}
            </Code>
          </More>
        )}
      </>
    ),
  }),
  redacted: () => ({ title: "Its text was removed", icon: <CircleSlash size={ICON} />, tone: "warn" }),
};

const DOORS: Readonly<Record<string, string>> = {
  api: "by the API",
  smpp: "from an SMPP client",
  twiml: "as a reply of an app",
  keyword: "as the answer to a keyword",
};

const WAITS: Readonly<Record<string, string>> = {
  schedule: "It was scheduled for that time.",
  rules: "A rule lets it go only then.",
};

const ATTEMPT_TONES: Readonly<Record<string, Tone>> = {
  accepted: "good",
  refused: "bad",
  unknown: "warn",
  "not-sent": "warn",
  open: "info",
};

const MONEY = { charge: "The account pays", cost: "The carrier asks", credit: "The account gets" } as const;

/** An entry as the kit's timeline takes it. What has no time any more stands where it belongs, and says so. */
export function itemOf(entry: Entry, lastMs: number, key: number): TimelineItem {
  const view = VIEWS[entry.kind] as (data: unknown, entry: unknown) => Shown;
  const { title, icon, tone, children } = view(entry.data, entry);
  return {
    id: `${entry.kind}-${key}`,
    at: entry.at === null ? lastMs : Date.parse(entry.at),
    title: entry.kept ? (
      title
    ) : (
      <span className={styles.title}>
        {title} <Badge tone="neutral">{entry.at === null ? "time not kept" : "details not kept"}</Badge>
      </span>
    ),
    icon,
    tone: tone ?? "neutral",
    children,
  };
}

/** Something that opens. */
export function More({
  summary,
  hint,
  children,
}: {
  readonly summary: string;
  readonly hint?: string;
  readonly children: ReactNode;
}) {
  return (
    <details className={styles.more}>
      <summary>
        {summary}
        {hint !== undefined && <span className={styles.soft}>{hint}</span>}
      </summary>
      {children}
    </details>
  );
}

/** Short facts beside each other. */
function Facts({ items }: { readonly items: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {items
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function ArrivedFacts({ data }: { readonly data: EntryData["arrived"] }) {
  return (
    <>
      <Facts
        items={[
          ["Country", data.country],
          ["Segments", `${data.segments} × ${data.encoding}`],
          ["Service", data.messaging_service_sid],
          ["Goes to", data.goes_to?.replace("-", " ")],
          ["Keyword", data.opt_out_type === undefined ? null : data.opt_out_type],
        ]}
      />
      {data.reads_like_stop === true && <p>It reads like a request to stop, in words of its own.</p>}
      {data.automatic_reply_sid !== undefined && data.automatic_reply_sid !== null && (
        <p>
          Answered by itself: <MessageLink sid={data.automatic_reply_sid} />
        </p>
      )}
      {data.pdus !== undefined && data.pdus.length > 0 && <PduList pdus={data.pdus} />}
    </>
  );
}

const CHOICES: Readonly<Record<string, string>> = { request: "named by the request", service: "chosen by the service" };

function AcceptedFacts({ data, isKept }: { readonly data: EntryData["accepted"]; readonly isKept: boolean }) {
  return (
    <Facts
      items={[
        ["Sender", data.sender_chosen_by === null ? null : CHOICES[data.sender_chosen_by]],
        ["Service", data.messaging_service_sid],
        ["Segments", `${data.segments} × ${data.encoding}`],
        ["Lane", data.lane],
        ["Intent", data.intent],
        ["Guarantee", data.delivery_guarantee === "at-most-once" ? null : data.delivery_guarantee],
        ["Short links", data.links === 0 ? null : data.links],
        ["Request", data.request_id ?? (isKept ? null : undefined)],
      ]}
    />
  );
}

function policedView({ verdict, rule, asked, error_code: code, error_message: message }: EntryData["policed"]): Shown {
  if (verdict === undefined) return { title: "Judged by the rules", icon: <Shield size={ICON} /> };
  const passed = verdict === "accept";
  return {
    title: passed
      ? "Passed the rules"
      : verdict === "hold"
        ? `Held by the rule ${rule ?? ""}`
        : `Refused by ${rule ?? "a rule"}`,
    icon: passed ? <Shield size={ICON} /> : <ShieldAlert size={ICON} />,
    tone: passed ? "good" : verdict === "hold" ? "warn" : "bad",
    children: (
      <>
        {code !== null && code !== undefined && (
          <p>
            <strong className={styles.bad}>{code}</strong> {message}
          </p>
        )}
        {asked !== null && asked !== undefined && asked.length > 0 && (
          <More summary="Rules that were asked" hint={String(asked.length)}>
            <ul className={styles.rules}>
              {asked.map(({ rule: name, said }) => (
                <li key={name}>
                  <code>{name}</code> <span className={styles.soft}>{said}</span>
                </li>
              ))}
            </ul>
          </More>
        )}
      </>
    ),
  };
}

function pricedView({ billed, priced_later: later, quote, held_micros: held = 0 }: EntryData["priced"]): Shown {
  const icon = <CircleDollarSign size={ICON} />;
  if (billed === undefined) return { title: "Priced", icon };
  if (quote === undefined) return { title: later === true ? "Is priced when its time comes" : "Costs nothing", icon };
  return {
    title: (
      <>
        Priced at {formatMoney(quote.unit_micros, quote.currency)} a segment
        {held > 0 && <>, {formatMoney(held, quote.currency)} set aside</>}
      </>
    ),
    icon,
    tone: "info",
    children: <QuoteFacts quote={quote} />,
  };
}

function QuoteFacts({ quote }: { readonly quote: Quote }) {
  const fees = Object.entries(quote.carrier_fees_micros ?? {});
  return (
    <Facts
      items={[
        ["Category", quote.category],
        ["Country", quote.country],
        ["Network", quote.network],
        [
          "Carrier fees",
          fees.length === 0
            ? null
            : fees.map(([name, micros]) => `${name} ${formatMoney(micros, quote.currency)}`).join(", "),
        ],
        ["Price table", quote.table_version],
      ]}
    />
  );
}

const QUEUED: Readonly<Record<string, string>> = {
  media: "Waits for its media",
  turn: "Waits for its turn",
  "next-attempt": "Waits for the next attempt",
  "room-in-memory": "Waits in the database for room",
};

function queuedView(data: EntryData["queued"]): Shown {
  const { lane, waits_for: waits, messages_of_sender: messages = 0, segments_per_second: rate } = data;
  return {
    title: waits === null ? `Queued in the lane ${lane}` : `${QUEUED[waits] ?? waits}, lane ${lane}`,
    icon: <ListOrdered size={ICON} />,
    tone: waits === null ? "neutral" : "warn",
    children:
      waits === null ? undefined : (
        <Facts
          items={[
            ["Waiting for this sender", messages],
            ["Rate of the sender", rate === null || rate === undefined ? null : `${rate} segments/s`],
            [
              "Next attempt",
              data.until === null || data.until === undefined ? null : formatTime(Date.parse(data.until)),
            ],
          ]}
        />
      ),
  };
}

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

function moneyLine({ category, usage, usage_unit: unit, attempt, carrier }: EntryData["money"]): string {
  const parts = [category ?? "for the message"];
  if (usage !== undefined && unit !== null && unit !== undefined) parts.push(`${usage} ${unit}`);
  if (attempt !== null && attempt !== undefined) parts.push(`attempt ${attempt}`);
  if (carrier !== null && carrier !== undefined) parts.push(`by ${carrier}`);
  return parts.join(" · ");
}

const PURPOSES: Readonly<Record<string, string>> = {
  "message.status": "Status callback",
  "message.inbound": "Webhook to your app",
  "webhook.replay": "Replayed webhook",
};

function webhookView(data: EntryData["webhook"]): Shown {
  const icon = <Webhook size={ICON} />;
  if (data.state === undefined) return { title: "Webhooks", icon };
  const name = data.is_replay === true ? "Replayed webhook" : (PURPOSES[data.purpose ?? ""] ?? "Webhook");
  const told = data.status_told === null || data.status_told === undefined ? "" : ` “${data.status_told}”`;
  if (data.state === "waiting") {
    return { title: `${name}${told} is on its way`, icon, tone: "info", children: <code>{data.url}</code> };
  }
  return {
    title: (
      <>
        {name}
        {told}: {data.status ?? "no answer"}
        {data.try_count !== undefined && data.try_count > 1 && ` after ${data.try_count} requests`}
      </>
    ),
    icon,
    tone: data.delivered === true ? (data.error_code === null ? "good" : "warn") : "bad",
    children: (
      <More summary="Request and answer" hint={data.duration_ms === null ? "" : `${data.duration_ms} ms`}>
        <WebhookView webhook={data} />
      </More>
    ),
  };
}
