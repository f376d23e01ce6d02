import { MoreHorizontal, Pencil, Power, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, askAgain, useApi, useCan } from "../../api/index.ts";
import {
  Badge,
  Card,
  Code,
  ConfirmDialog,
  Empty,
  ErrorNote,
  go,
  Grid,
  IconButton,
  KeyValues,
  Link,
  LinkButton,
  Menu,
  type MenuEntry,
  Page,
  SearchField,
  Skeleton,
  Stack,
  TimeChart,
  toast,
  useParam,
  When,
} from "../../ui/index.ts";
import { WindowMeter } from "./carriers-page.tsx";
import {
  type Bind,
  CARRIERS,
  type CarrierStatus,
  type ListedCarrier,
  percent,
  shortMs,
  shortRate,
  stateOf,
  toneOfBind,
} from "./carrier.ts";
import styles from "./carriers.module.css";
import { ChaosBadge, ChaosMenu } from "./chaos-menu.tsx";
import { TestButton } from "./test-steps.tsx";
import { type Samples, useCarriers } from "./use-carriers.ts";

/** One carrier: its binds, how it does, where it stands in the routing, and its settings. */
export default function CarrierPage() {
  const name = useParam("name");
  const { carriers, samples, error } = useCarriers();
  const carrier = carriers?.find((one) => one.name === name);
  const trail = <Link to="/carriers">Carriers</Link>;
  if (carrier === undefined) {
    return (
      <Page title={name} trail={trail}>
        <ErrorNote error={carriers === undefined ? error : null} />
        {carriers === undefined && error === null && <Skeleton lines={8} />}
        {carriers !== undefined && (
          <Empty title={`There is no carrier ${name}`}>It may have been taken away, or be in another cell.</Empty>
        )}
      </Page>
    );
  }
  const { status } = carrier;
  const { text, tone } = stateOf(status);
  return (
    <Page
      title={name}
      trail={trail}
      subtitle={
        <span className={styles.badges}>
          <Badge tone={tone} hasDot>
            {text}
          </Badge>
          <ChaosBadge chaos={status.chaos} />
          {status.since !== null && status.phase !== "disabled" && (
            <span>
              since <When at={status.since} />
            </span>
          )}
        </span>
      }
      actions={<Actions carrier={carrier} />}
    >
      {carrier.problem !== null && <Card tone="bad">{carrier.problem}</Card>}
      <Figures status={status} />
      <Card title="Parts a second">
        {samples.times.length < 2 ? (
          <p className={styles.hint}>The line begins when this page has looked for a few seconds.</p>
        ) : (
          <TimeChart
            label={`Parts a second that ${name} takes`}
            times={samples.times}
            series={seriesOf(samples, name)}
            kind="line"
            height={170}
          />
        )}
      </Card>
      <Grid min="l">
        <Binds status={status} />
        <Health status={status} />
        <RoutePosition name={name} />
        <Settings carrier={carrier} />
      </Grid>
    </Page>
  );
}

function seriesOf({ times, rates, queues }: Samples, name: string) {
  const zeros = times.map(() => 0);
  return [
    { label: "taken /s", values: rates.get(name) ?? zeros, color: "--series-1" },
    { label: "waiting", values: queues.get(name) ?? zeros, color: "--series-3" },
  ];
}

function Actions({ carrier }: { readonly carrier: ListedCarrier }) {
  const canWrite = useCan("carriers.write");
  const [asks, setAsks] = useState(false);
  const { name, read_only: isFixed, enabled, chaos, type } = carrier;
  const switchTo = (on: boolean): void => {
    api
      .json("POST", { path: `${CARRIERS}/${name}`, body: { enabled: on }, account: null })
      .then(() => {
        toast.good(`${name} is switched ${on ? "on" : "off"}.`);
        askAgain(CARRIERS);
      })
      .catch(toast.bad);
  };
  const items: MenuEntry[] = [
    {
      id: "switch",
      label: enabled ? "Switch off" : "Switch on",
      description: enabled ? "What waits goes elsewhere" : "It binds and takes messages",
      icon: <Power size={15} />,
      onSelect: () => switchTo(!enabled),
    },
    { id: "delete", label: "Delete", tone: "danger", icon: <Trash2 size={15} />, onSelect: () => setAsks(true) },
  ];
  return (
    <>
      <ChaosMenu name={name} chaos={chaos} type={type} />
      {canWrite && <TestButton subject={() => ({ name })} />}
      {canWrite && !isFixed && (
        <>
          <LinkButton to={`/carriers/${name}/edit`} icon={<Pencil size={15} />}>
            Edit
          </LinkButton>
          <Menu
            label={`What to do with ${name}`}
            trigger={<IconButton label="More" icon={<MoreHorizontal size={16} />} />}
            items={items}
          />
        </>
      )}
      <ConfirmDialog
        isOpen={asks}
        onClose={() => setAsks(false)}
        title={`Delete ${name}?`}
        confirm="Delete it"
        tone="danger"
        typed={name}
        onConfirm={async () => {
          await api.delete(`${CARRIERS}/${name}`, { account: null });
          toast.good(`${name} is deleted.`);
          askAgain(CARRIERS);
          go("/carriers");
        }}
      >
        What was given to it is waited for, for a few seconds. What waits for it goes to other carriers. Receipts that
        come later are lost, as it is bound no more.
      </ConfirmDialog>
    </>
  );
}

function Figures({ status }: { readonly status: CarrierStatus }) {
  const { queue, last_minute: counts } = status;
  const told: readonly (readonly [string, string])[] = [
    [
      "rate",
      `${shortRate(status.per_second)}/s${status.limit_per_second === null ? "" : ` of ${status.limit_per_second}`}`,
    ],
    ["in flight", String(status.in_flight)],
    ["waiting", String(queue?.total ?? 0)],
    ["urgent", String(queue?.urgent ?? 0)],
    ["transactional", String(queue?.transactional ?? 0)],
    ["marketing", String(queue?.marketing ?? 0)],
    ["answers, median", shortMs(status.latency_ms?.p50)],
    ["99 of 100", shortMs(status.latency_ms?.p99)],
    ["throttled /min", String(counts?.throttled ?? 0)],
    ["refused /min", String(counts?.refused ?? 0)],
  ];
  return (
    <Card>
      <Stack>
        <dl className={styles.figures}>
          {told.map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <WindowMeter status={status} />
      </Stack>
    </Card>
  );
}

function Binds({ status }: { readonly status: CarrierStatus }) {
  return (
    <Card title="Binds">
      {status.binds.length === 0 ? (
        <Empty title="None">It is switched off, or was never started.</Empty>
      ) : (
        <div className={styles.binds}>
          {status.binds.map((bind, index) => (
            <BindLine key={index} bind={bind} />
          ))}
        </div>
      )}
    </Card>
  );
}

function BindLine({ bind }: { readonly bind: Bind }) {
  const {
    state,
    detail,
    since,
    window,
    window_limit: limit,
    outstanding,
    peer_system_id: peer,
    version,
    retry_at: retry,
  } = bind;
  return (
    <div className={styles.bind}>
      <span className={styles.bindHead}>
        <Badge tone={toneOfBind(state)} hasDot>
          {state}
        </Badge>
        {since !== null && <When at={since} />}
      </span>
      {detail !== null && <span>{detail}</span>}
      <small>
        {[
          peer === null ? undefined : `peer ${peer === "" ? "without a name" : peer}`,
          version === null ? undefined : `SMPP ${version}`,
          window === null
            ? undefined
            : `${outstanding} of ${window} under way${limit !== null && window < limit ? ` (at most ${limit})` : ""}`,
        ]
          .filter((part) => part !== undefined)
          .join(" · ")}
        {retry !== null && (
          <>
            {" "}
            tried again <When at={retry} />
          </>
        )}
      </small>
    </div>
  );
}

function Health({ status }: { readonly status: CarrierStatus }) {
  const { last_minute: counts, maintenance = [], maintenance_changes: changes } = status;
  const { delivered = 0, undelivered = 0, submitted = 0, accepted = 0, unknown = 0 } = counts ?? {};
  return (
    <Card title="Health">
      <KeyValues
        items={[
          {
            key: "Breaker",
            value: <Badge tone={status.breaker === "closed" ? "good" : "bad"}>{status.breaker ?? "–"}</Badge>,
          },
          {
            key: "Tried again",
            value: <When at={status.probes_at ?? 0} />,
            isShown: typeof status.probes_at === "string",
          },
          {
            key: "Accepted",
            value: `${percent(status.accept_ratio)} · ${accepted} of ${submitted} in the last minute`,
          },
          {
            key: "Delivered",
            value: `${percent(status.delivery_ratio)} · ${delivered} of ${delivered + undelivered} receipts in the last minute`,
          },
          { key: "Receipts after", value: shortMs(status.receipt_latency_ms) },
          { key: "Without an answer", value: String(unknown) },
          { key: "Answers, 95 of 100", value: shortMs(status.latency_ms?.p95) },
          {
            key: "Last message",
            value: <When at={status.last_submit ?? 0} />,
            isShown: typeof status.last_submit === "string",
          },
          { key: "Maintenance (UTC)", value: maintenance.join(", "), isShown: maintenance.length > 0 },
          { key: "Next change of it", value: <When at={changes ?? 0} />, isShown: typeof changes === "string" },
        ]}
      />
    </Card>
  );
}

function RoutePosition({ name }: { readonly name: string }) {
  const [to, setTo] = useState("");
  const asked = to.replace(/[^\d+]/g, "");
  const { data, error } = useApi<CarrierStatus>(`${CARRIERS}/${name}/Status`, {
    query: { To: asked },
    isEnabled: /\d/.test(asked),
    keepsLast: true,
    account: null,
  });
  const place = data?.routing;
  return (
    <Card title="Failover order">
      <Stack>
        <SearchField
          label="Number or its beginning"
          hidesLabel={false}
          placeholder="+4477"
          value={to}
          onChange={setTo}
        />
        <ErrorNote error={error} />
        {place === undefined || place === null ? (
          <p className={styles.hint}>
            Which carriers a text to a number would be given to, in the order in which they are asked.
          </p>
        ) : (
          <>
            <p>
              {place.place === null
                ? `It is not asked: ${place.left_out ?? ""}.`
                : `It is number ${place.place} of ${place.of} by table ${place.table_version}.`}
            </p>
            <ol className={styles.order}>
              {place.order.map((other) => (
                <li key={other} data-own={other === name ? "" : undefined}>
                  {other}
                </li>
              ))}
            </ol>
            <Link to={`/routes?to=${encodeURIComponent(place.to)}`}>Why?</Link>
          </>
        )}
      </Stack>
    </Card>
  );
}

function Settings({ carrier }: { readonly carrier: ListedCarrier }) {
  const { settings, source, date_created: created, date_updated: updated } = carrier;
  return (
    <Card title="Settings">
      <Stack>
        <KeyValues
          items={[
            { key: "From", value: source === "settings" ? "the settings of the system" : "added while it ran" },
            { key: "Added", value: <When at={created ?? 0} />, isShown: created !== null },
            { key: "Changed", value: <When at={updated ?? 0} />, isShown: updated !== null && updated !== created },
          ]}
        />
        <Code language="json">{JSON.stringify(settings, null, 2)}</Code>
      </Stack>
    </Card>
  );
}
