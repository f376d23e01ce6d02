// Every part of the kit on one page, for those who build pages: `npx vite console`, then /console/dev/gallery.html.
import { MessageSquare, Trash2 } from "lucide-react";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import "../src/ui/tokens.css";
import "../src/ui/base.css";
import {
  Badge,
  Button,
  Card,
  Checkbox,
  Code,
  ComboBox,
  ConfirmDialog,
  CopyText,
  Count,
  Drawer,
  Empty,
  ErrorNote,
  FilterBar,
  Grid,
  Hint,
  IconButton,
  Kbd,
  KeyValues,
  ListTable,
  Menu,
  menuColumn,
  Meter,
  Money,
  NumberField,
  Page,
  ProgressBar,
  Row,
  SearchField,
  Section,
  SegmentedControl,
  Select,
  Skeleton,
  Sparkline,
  StatusBadge,
  Switch,
  Tabs,
  TextArea,
  TextField,
  TimeChart,
  Timeline,
  toast,
  Toasts,
  When,
} from "../src/ui/index.ts";

const NOW_MS = Date.now();
const TIMES = Array.from({ length: 60 }, (_, index) => NOW_MS - (60 - index) * 60_000);
const WAVE = TIMES.map((_, index) => Math.round(400 + 300 * Math.sin(index / 6) + (index % 7) * 20));
const ROWS = Array.from({ length: 10_000 }, (_, index) => ({
  sid: `SM${String(index).padStart(32, "0")}`,
  to: `+1555${String(index).padStart(7, "0")}`,
  status: ["delivered", "sent", "failed", "queued", "undelivered"][index % 5] ?? "",
  atMs: NOW_MS - index * 3_000,
}));
const OPTIONS = ["Any", "delivered", "failed", "undelivered"].map((label) => ({
  value: label === "Any" ? "" : label,
  label,
}));

function Gallery() {
  return (
    <Page
      title="The kit"
      subtitle="Every part, to look at."
      actions={
        <>
          <Button icon={<MessageSquare size={15} />} onPress={() => toast.good("The text was sent.")}>
            Ordinary
          </Button>
          <Button tone="primary" onPress={() => toast.bad(new Error("The carrier does not answer."))}>
            Primary
          </Button>
          <Button tone="danger">Danger</Button>
          <Button tone="quiet">Quiet</Button>
          <Button isPending>Pending</Button>
          <IconButton label="Remove" icon={<Trash2 size={16} />} />
        </>
      }
    >
      <Charts />
      <Fields />
      <Facts />
      <Rows />
      <Toasts />
    </Page>
  );
}

function Charts() {
  const series = [
    { label: "delivered", values: WAVE, color: "--good" },
    { label: "sent", values: WAVE.map((value) => value / 3) },
    { label: "failed", values: WAVE.map((value) => value / 9), color: "--bad" },
  ];
  return (
    <Grid min="l">
      <Card title="Lines">
        <TimeChart series={series} times={TIMES} unit="/s" />
      </Card>
      <Card title="Bars">
        <TimeChart series={series.slice(0, 1)} times={TIMES} kind="bar" />
      </Card>
      <Card title="Stack" actions={<Sparkline values={WAVE} label="Messages" />}>
        <TimeChart series={series} times={TIMES} kind="stack" />
      </Card>
    </Grid>
  );
}

function Fields() {
  const [status, setStatus] = useState("");
  const [rate, setRate] = useState<number | undefined>(100);
  const [city, setCity] = useState("lisbon");
  const [kind, setKind] = useState<"hour" | "day">("hour");
  const cities = ["Lisbon", "Lagos", "Lima", "London"].map((label) => ({ value: label.toLowerCase(), label }));
  return (
    <Section title="Fields" subtitle="With labels, help and faults." actions={<Hint>A word that needs one.</Hint>}>
      <FilterBar onClear={() => setStatus("")} actions={<Button size="s">Export</Button>}>
        <SearchField label="Search" />
        <Select label="Status" options={OPTIONS} value={status} onChange={setStatus} />
        <ComboBox label="City" options={cities} value={city} onChange={setCity} />
        <NumberField label="Rate" unit="/s" value={rate} onChange={setRate} min={0} max={1_000} />
      </FilterBar>
      <Grid>
        <TextField label="Name" defaultValue="Main carrier" description="Shown in lists." />
        <TextField label="URL" defaultValue="htp://x" isMono error="It must begin with http:// or https://." />
        <TextArea label="Text" defaultValue="Hello" />
        <Row>
          <Checkbox defaultSelected>Receipts</Checkbox>
          <Switch defaultSelected>Enabled</Switch>
          <SegmentedControl
            label="Window"
            options={[
              { value: "hour", label: "Hour" },
              { value: "day", label: "Day" },
            ]}
            value={kind}
            onChange={setKind}
          />
        </Row>
      </Grid>
    </Section>
  );
}

function Facts() {
  const [over, setOver] = useState<"drawer" | "confirm">();
  const close = (): void => setOver(undefined);
  return (
    <Grid min="l">
      <Card title="Facts" actions={<Menu label="More" trigger={<Button size="s">More</Button>} items={MENU} />}>
        <KeyValues
          items={[
            { key: "SID", value: <CopyText>SM00000000000000000000000000000001</CopyText> },
            { key: "Status", value: <StatusBadge status="delivered" /> },
            { key: "Price", value: <Money micros={7_900} currency="USD" /> },
            { key: "Segments", value: <Count value={1_234_567} isShort /> },
            { key: "Sent", value: <When at={NOW_MS - 90_000} /> },
            { key: "Nothing", value: null },
          ]}
        />
        <Meter label="Window" value={82} text="82 of 100" />
        <ProgressBar label="Moving" value={40} />
        <ProgressBar label="Waiting" />
        <Row>
          <Badge>neutral</Badge>
          <Badge tone="info">info</Badge>
          <Badge tone="warn">warn</Badge>
          <Kbd>g</Kbd>
          <Button size="s" onPress={() => setOver("drawer")}>
            Drawer
          </Button>
          <Button size="s" tone="danger" onPress={() => setOver("confirm")}>
            Remove
          </Button>
        </Row>
        <ErrorNote error={new Error("Something went wrong.")} onRetry={close} />
      </Card>
      <Card title="What happened">
        <Timeline
          items={[
            { at: NOW_MS, title: "Accepted", tone: "info", children: "From the API." },
            { at: NOW_MS + 12, title: "Routed to carrier north", children: <Code language="PDU">submit_sm</Code> },
            { at: NOW_MS + 3_400, title: "Delivered", tone: "good" },
          ]}
        />
      </Card>
      <Card title="Parts">
        <Tabs
          label="Parts"
          items={[
            { id: "a", label: "Loading", content: <Skeleton /> },
            { id: "b", label: "Empty", content: <Empty title="Nothing yet">Send something.</Empty> },
          ]}
        />
      </Card>
      <Drawer isOpen={over === "drawer"} onClose={close} title="A drawer">
        Details.
      </Drawer>
      <ConfirmDialog
        isOpen={over === "confirm"}
        onClose={close}
        title="Remove the carrier?"
        confirm="Remove"
        tone="danger"
        typed="north"
        onConfirm={() => Promise.reject(new Error("It still has messages."))}
      >
        What waits for it goes to others.
      </ConfirmDialog>
    </Grid>
  );
}

const MENU = [
  { id: "copy", label: "Copy", onSelect: () => toast.info("Copied.") },
  { id: "remove", label: "Remove", description: "for good", tone: "danger" as const, onSelect: () => undefined },
];

function Rows() {
  return (
    <Section title="10,000 rows">
      <ListTable<(typeof ROWS)[number]>
        label="Messages"
        list={{ rows: ROWS, error: null, isLoading: false }}
        onRowPress={({ sid }) => toast.info(sid)}
        height={320}
        columns={[
          { id: "at", header: "When", cell: ({ atMs }) => <When at={atMs} />, width: "110px" },
          { id: "to", header: "To", cell: ({ to }) => to },
          { id: "status", header: "Status", cell: ({ status }) => <StatusBadge status={status} />, width: "140px" },
          { id: "sid", header: "SID", cell: ({ sid }) => <code>{sid}</code>, width: "2fr", isMinor: true },
          menuColumn({ name: ({ to }) => to, items: () => MENU }),
        ]}
      />
    </Section>
  );
}

const host = document.querySelector("#root");
if (host !== null) createRoot(host).render(<Gallery />);
