import { MoreHorizontal, Skull } from "lucide-react";
import { useState } from "react";
import { api, useCan } from "../../api/index.ts";
import { Badge, ConfirmDialog, IconButton, Menu, type MenuEntry, Meter, Sparkline, toast } from "../../ui/index.ts";
import styles from "./cells.module.css";
import type { FleetCell } from "./fleet.ts";

const TONES = { up: "good", suspect: "warn", down: "bad" } as const;

/** Props of a cell on the map. */
export interface CellCardProps {
  readonly cell: FleetCell;
  readonly rates: readonly number[];
  /** Whether this cell's processes may be killed from here. */
  readonly canKill: boolean;
  readonly onKilled: (name: string) => void;
  readonly onDrain: (cell: FleetCell) => void;
  readonly onAccounts: (cell: FleetCell) => void;
}

/** One cell: whether it lives, how full it is, and what it does at the moment. */
export function CellCard({ cell, rates, canKill, onKilled, onDrain, onAccounts }: CellCardProps) {
  const { name, type, tier, state, health, accounts, capacity, load, drift } = cell;
  const isUp = health === "up";
  return (
    <article className={styles.cell} data-health={health} aria-label={`${name}: ${health}`}>
      <header className={styles.cellHead}>
        <span className={styles.cellName}>{name}</span>
        <Badge tone={TONES[health]} hasDot>
          {isUp && load?.ready === false ? "full" : health}
        </Badge>
        <CellMenu cell={cell} canKill={canKill} onKilled={onKilled} onDrain={onDrain} onAccounts={onAccounts} />
      </header>
      <p className={styles.cellKind}>
        {type} · {tier}
        {state !== "open" && <Badge tone="warn">{state}</Badge>}
        {drift !== null && <Badge tone="warn">settings differ</Badge>}
      </p>
      <Sparkline values={rates} width={200} height={28} label={`Requests a second of ${name}`} />
      <dl className={styles.figures}>
        <Figure term="req/s" value={isUp ? load?.requestsPerSecond : undefined} />
        <Figure term="cpu" value={isUp && load !== null ? `${load.cpuPercent} %` : undefined} />
        <Figure term="open" value={isUp ? load?.openMessages : undefined} />
        <Figure term="carriers" value={isUp && load !== null ? `${load.carriersUp}/${load.carriers}` : undefined} />
      </dl>
      {accounts !== null && capacity !== null && (
        <Meter label="Accounts" value={accounts} max={capacity} text={`${accounts} of ${capacity}`} />
      )}
    </article>
  );
}

function Figure({ term, value }: { readonly term: string; readonly value: number | string | undefined }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{value ?? "–"}</dd>
    </div>
  );
}

function CellMenu({ cell, canKill, onKilled, onDrain, onAccounts }: Omit<CellCardProps, "rates">) {
  const [asks, setAsks] = useState<"kill" | "remove">();
  const canWrite = useCan("cells.write");
  const { name, state } = cell;
  const reopen = (): void => {
    api
      .post(`/trunkline/v1/Cells/${name}`, { State: "open" }, { cell: null, account: null })
      .then(() => toast.good(`${name} takes accounts again.`))
      .catch(toast.bad);
  };
  const items: MenuEntry[] = [{ id: "accounts", label: "Its accounts", onSelect: () => onAccounts(cell) }];
  if (canWrite) {
    items.push(
      state === "open"
        ? { id: "drain", label: "Drain", description: "Move its accounts to others", onSelect: () => onDrain(cell) }
        : { id: "open", label: "Open again", onSelect: reopen },
      { id: "remove", label: "Remove", description: "Only without accounts", onSelect: () => setAsks("remove") },
    );
  }
  if (canKill) {
    const kill = { description: "As a crash would; it is started again", icon: <Skull size={15} /> };
    items.push({ id: "kill", label: "Kill", tone: "danger", ...kill, onSelect: () => setAsks("kill") });
  }
  return (
    <>
      <Menu
        label={`What to do with ${name}`}
        trigger={<IconButton label={`Actions for ${name}`} icon={<MoreHorizontal size={16} />} size="s" />}
        items={items}
      />
      <ConfirmDialog
        isOpen={asks === "kill"}
        onClose={() => setAsks(undefined)}
        title={`Kill ${name}?`}
        confirm="Kill it"
        tone="danger"
        onConfirm={async () => {
          await killProcess(name);
          onKilled(name);
        }}
      >
        Its process ends at once, as a power cut would end it. Accounts of other cells notice nothing. Its own are
        answered 503 until it is back, in a second or two, with everything that it had accepted.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asks === "remove"}
        onClose={() => setAsks(undefined)}
        title={`Remove ${name}?`}
        confirm="Remove it"
        tone="danger"
        onConfirm={() => api.delete(`/trunkline/v1/Cells/${name}`, { cell: null, account: null })}
      >
        Only a cell without accounts can be removed. Its database and its folder are left.
      </ConfirmDialog>
    </>
  );
}

/** Ends a process as a crash would. */
export async function killProcess(name: string): Promise<void> {
  await api.post(`/trunkline/v1/Fleet/Processes/${name}/Kills`, {}, { cell: null, account: null });
  toast.info(`${name} is killed.`);
}
