import { Plus, RadioTower } from "lucide-react";
import { useCan } from "../../api/index.ts";
import {
  Badge,
  Card,
  Empty,
  ErrorNote,
  go,
  LinkButton,
  Page,
  Sparkline,
  Table,
  Meter,
  Tooltip,
} from "../../ui/index.ts";
import { ChaosBadge } from "./chaos-menu.tsx";
import { type CarrierStatus, type ListedCarrier, percent, shortMs, shortRate, stateOf, toneOfBind } from "./carrier.ts";
import styles from "./carriers.module.css";
import { useCarriers, type Samples } from "./use-carriers.ts";

/** All carriers of a cell: how each does at a glance. */
export default function CarriersPage() {
  const { carriers, samples, error, isLive } = useCarriers();
  const canWrite = useCan("carriers.write");
  const up = carriers?.filter(({ status }) => status.usable).length ?? 0;
  const shown =
    carriers === undefined ? undefined : `${up} of ${carriers.length} can take messages${isLive ? "" : " · not live"}`;
  return (
    <Page
      title="Carriers"
      subtitle={shown}
      actions={
        canWrite && (
          <LinkButton to="/add-carrier" tone="primary" icon={<Plus size={16} />}>
            Add a carrier
          </LinkButton>
        )
      }
    >
      <ErrorNote error={carriers === undefined ? error : null} />
      <Card isFlush>
        <Table
          label="Carriers"
          columns={columnsOf(samples)}
          rows={carriers ?? []}
          rowKey={({ name }) => name}
          rowHeight={58}
          height={Math.max(180, Math.min(640, (carriers?.length ?? 3) * 58 + 44))}
          isLoading={carriers === undefined && error === null}
          onRowPress={({ name }) => go(`/carriers/${name}`)}
          empty={
            <Empty title="No carriers" icon={<RadioTower size={28} />}>
              Messages wait until there is one. Add it here, or write it into the settings.
            </Empty>
          }
        />
      </Card>
    </Page>
  );
}

function columnsOf({ rates }: Samples) {
  return [
    { id: "name", header: "Carrier", cell: nameCell, width: "minmax(110px, 1.4fr)" },
    { id: "state", header: "State", cell: stateCell, width: "minmax(112px, 1fr)" },
    { id: "binds", header: "Binds", cell: bindsCell, width: "60px", isMinor: true },
    { id: "window", header: "Window", cell: windowCell, width: "minmax(90px, 1fr)", isMinor: true },
    { id: "rate", header: "Rate", cell: rateCell, width: "72px", align: "end" as const, isMinor: true },
    { id: "queue", header: "Waiting", cell: queueCell, width: "64px", align: "end" as const },
    { id: "latency", header: "Answers in", cell: latencyCell, width: "84px", align: "end" as const, isMinor: true },
    { id: "delivered", header: "Delivered", cell: deliveredCell, width: "76px", align: "end" as const, isMinor: true },
    {
      id: "trend",
      header: "Last minutes",
      cell: ({ name }: ListedCarrier) => <Sparkline values={rates.get(name) ?? []} width={84} height={26} />,
      width: "100px",
      isMinor: true,
    },
  ];
}

function nameCell({ name, type, source }: ListedCarrier) {
  return (
    <span className={styles.name}>
      <strong>{name}</strong>
      <small>
        {type ?? "unknown"}
        {source === "settings" ? " · in the settings" : ""}
      </small>
    </span>
  );
}

function stateCell({ status }: ListedCarrier) {
  const { text, tone } = stateOf(status);
  return (
    <span className={styles.badges}>
      <Badge tone={tone} hasDot>
        {text}
      </Badge>
      <ChaosBadge chaos={status.chaos} />
    </span>
  );
}

function bindsCell({ status }: ListedCarrier) {
  return <BindDots status={status} />;
}

/** One dot a bind. */
export function BindDots({ status }: { readonly status: CarrierStatus }) {
  const { binds } = status;
  if (binds.length === 0) return <span className={styles.faint}>–</span>;
  const bound = binds.filter(({ state }) => toneOfBind(state) === "good").length;
  return (
    <Tooltip text={binds.map(({ state, detail }) => (detail === null ? state : `${state}: ${detail}`)).join(" · ")}>
      <button type="button" className={styles.dots} aria-label={`${bound} of ${binds.length} binds stand`}>
        {binds.slice(0, 8).map(({ state }, index) => (
          <span key={index} className={styles.dot} data-tone={toneOfBind(state)} aria-hidden="true" />
        ))}
      </button>
    </Tooltip>
  );
}

function windowCell({ status }: ListedCarrier) {
  return <WindowMeter status={status} />;
}

/** How much of the window is taken, and what the adaptive one has become. */
export function WindowMeter({ status }: { readonly status: CarrierStatus }) {
  const { in_flight: inFlight, window, window_limit: limit } = status;
  if (limit === 0) return <span className={styles.faint}>–</span>;
  const shrunk = window < limit ? `, of ${limit} at most` : "";
  const text = `${inFlight} of ${window}${shrunk}`;
  return (
    <span className={styles.window}>
      <Meter
        label="Window"
        hidesLabel
        value={inFlight}
        max={Math.max(1, window)}
        text={text}
        tone={window < limit ? "warn" : undefined}
      />
      <small aria-hidden="true">{text}</small>
    </span>
  );
}

function rateCell({ status }: ListedCarrier) {
  const limit = status.limit_per_second;
  return (
    <span className={styles.number}>
      {shortRate(status.per_second)}
      <small>{limit === null ? "/s" : `of ${limit}/s`}</small>
    </span>
  );
}

function queueCell({ status }: ListedCarrier) {
  return <span className={styles.number}>{(status.queue?.total ?? 0).toLocaleString("en")}</span>;
}

function latencyCell({ status }: ListedCarrier) {
  return <span className={styles.number}>{shortMs(status.latency_ms?.p50)}</span>;
}

function deliveredCell({ status }: ListedCarrier) {
  const { delivered = 0, undelivered = 0 } = status.last_minute ?? {};
  const share = status.delivery_ratio ?? (delivered + undelivered === 0 ? null : delivered / (delivered + undelivered));
  return <span className={styles.number}>{percent(share)}</span>;
}
