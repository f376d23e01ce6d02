import { Plus, Skull } from "lucide-react";
import { useState } from "react";
import { useCan, useSession } from "../../api/index.ts";
import {
  Badge,
  Button,
  Card,
  ConfirmDialog,
  Empty,
  ErrorNote,
  Grid,
  IconButton,
  Page,
  Section,
  Skeleton,
  Stack,
  When,
} from "../../ui/index.ts";
import { CellCard, killProcess } from "./cell-card.tsx";
import { AccountsDrawer, AddCellDialog, DrainDialog, HomeFinder } from "./cell-dialogs.tsx";
import styles from "./cells.module.css";
import { type FleetCell, type FleetEvent, type FleetNode, regionsOf } from "./fleet.ts";
import { MoveList } from "./move-list.tsx";
import { useFleet } from "./use-fleet.ts";

type Open = { readonly what: "drain" | "accounts"; readonly cell: FleetCell } | { readonly what: "add" } | undefined;

/** The map of regions and cells: who lives, who is how full, and what happens when one of them dies. */
export default function CellsPage() {
  const { fleet, rates, events, error, isLive, onKilled } = useFleet();
  const { features } = useSession();
  const canKill = useCan("chaos") && features.chaos === true && features.fleet === true;
  const canWrite = useCan("cells.write");
  const [open, setOpen] = useState<Open>();
  const close = (): void => setOpen(undefined);
  const cells = fleet?.cells ?? [];
  const up = cells.filter(({ health }) => health === "up").length;
  const regions = fleet === undefined ? [] : regionsOf(fleet);
  return (
    <Page
      title="Cells"
      subtitle={fleet === undefined ? undefined : `${up} of ${cells.length} cells up${isLive ? "" : " · not live"}`}
      actions={
        canWrite && features.fleet === true ? (
          <Button icon={<Plus size={16} />} onPress={() => setOpen({ what: "add" })}>
            One more cell
          </Button>
        ) : undefined
      }
    >
      <ErrorNote error={error} />
      {fleet === undefined && error === null && <Skeleton lines={6} />}
      <div className={styles.map}>
        {regions.map(({ region, edges, cells: own }) => (
          <section key={region} className={styles.region} aria-label={`Region ${region}`}>
            <header className={styles.regionHead}>
              <h2>{region}</h2>
              <div className={styles.nodes}>
                {edges.map((edge) => (
                  <NodeBadge key={edge.name} node={edge} canKill={canKill} />
                ))}
              </div>
            </header>
            <div className={styles.cells}>
              {own.map((cell) => (
                <CellCard
                  key={cell.name}
                  cell={cell}
                  rates={rates.get(cell.name) ?? []}
                  canKill={canKill}
                  onKilled={onKilled}
                  onDrain={(chosen) => setOpen({ what: "drain", cell: chosen })}
                  onAccounts={(chosen) => setOpen({ what: "accounts", cell: chosen })}
                />
              ))}
            </div>
          </section>
        ))}
      </div>
      <OtherNodes nodes={fleet?.nodes ?? []} canKill={canKill} />
      {fleet !== undefined && features.fleet !== true && <OneProcess />}
      <Grid min="l">
        <Section title="What happened" subtitle="Since this page was opened">
          <EventList events={events} />
        </Section>
        <Section title="Moves of accounts">
          <MoveList />
        </Section>
        <Section title="Where is an account?">
          <Card>
            <HomeFinder cells={cells} canMove={canWrite} />
          </Card>
        </Section>
      </Grid>
      {open?.what === "drain" && <DrainDialog cell={open.cell} onClose={close} />}
      {open?.what === "accounts" && <AccountsDrawer cell={open.cell} onClose={close} />}
      {open?.what === "add" && <AddCellDialog regions={regions.map(({ region }) => region)} onClose={close} />}
    </Page>
  );
}

function OneProcess() {
  return (
    <Card tone="info">
      This system is one process, so there is nothing to kill but all of it. Start it with{" "}
      <code>npx trunkline up --cells messaging=3 --regions us1,ie1</code> and see one cell die while the others go on.
    </Card>
  );
}

/** Control, the simulated carrier and whatever else is in no region's map. */
function OtherNodes({ nodes, canKill }: { readonly nodes: readonly FleetNode[]; readonly canKill: boolean }) {
  const others = nodes.filter(({ role }) => role !== "edge");
  if (others.length === 0) return null;
  return (
    <div className={styles.nodes}>
      {others.map((node) => (
        <NodeBadge key={node.name} node={node} canKill={canKill} />
      ))}
    </div>
  );
}

function NodeBadge({ node, canKill }: { readonly node: FleetNode; readonly canKill: boolean }) {
  const [asks, setAsks] = useState(false);
  const { name, status, drift } = node;
  const isUp = status === "alive";
  return (
    <span className={styles.node}>
      <Badge tone={isUp ? "good" : status === "dead" ? "bad" : "warn"} hasDot>
        {name}
      </Badge>
      {drift !== null && <Badge tone="warn">settings differ</Badge>}
      {canKill && (
        <>
          <IconButton label={`Kill ${name}`} icon={<Skull size={14} />} size="s" onPress={() => setAsks(true)} />
          <ConfirmDialog
            isOpen={asks}
            onClose={() => setAsks(false)}
            title={`Kill ${name}?`}
            confirm="Kill it"
            tone="danger"
            onConfirm={() => killProcess(name)}
          >
            Its process ends at once and is started again.{" "}
            {node.role === "edge"
              ? "This page may come through it; it finds its way back by itself."
              : "Everybody who is known goes on without it."}
          </ConfirmDialog>
        </>
      )}
    </span>
  );
}

function EventList({ events }: { readonly events: readonly FleetEvent[] }) {
  if (events.length === 0) return <Empty title="Nothing yet">Cells that come, go and fail are noted here.</Empty>;
  return (
    <Stack gap="s">
      {events.map(({ id, atMs, name, text, tone }) => (
        <div key={id} className={styles.event}>
          <When at={atMs} />
          <Badge tone={tone} hasDot>
            {name}
          </Badge>
          <span>{text}</span>
        </div>
      ))}
    </Stack>
  );
}
