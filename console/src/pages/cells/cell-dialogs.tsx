import { useRef, useState } from "react";
import { api, askAgain, useApi } from "../../api/index.ts";
import {
  Button,
  CopyText,
  Dialog,
  Drawer,
  Empty,
  ErrorNote,
  Form,
  ProgressBar,
  Select,
  Stack,
  TextField,
  toast,
} from "../../ui/index.ts";
import { type DrainProgress, drainCell, moveAccount } from "./drain.ts";
import type { FleetCell } from "./fleet.ts";

const HERE = { cell: null, account: null } as const;
const MOVES = "/trunkline/v1/Moves";

/** Drains a cell, with a bar. Closing it stops after the account that moves at the moment. */
export function DrainDialog({ cell, onClose }: { readonly cell: FleetCell; readonly onClose: () => void }) {
  const [progress, setProgress] = useState<DrainProgress>();
  const [error, setError] = useState<unknown>();
  const [isDone, setDone] = useState(false);
  const stopped = useRef(false);
  const total = progress === undefined ? undefined : progress.moved + progress.left;
  const run = async (): Promise<void> => {
    setError(undefined);
    setProgress({ moved: 0, left: cell.accounts ?? 0 });
    try {
      await drainCell(cell.name, setProgress, () => stopped.current);
      setDone(true);
    } catch (thrown) {
      setError(thrown);
    } finally {
      askAgain(MOVES, "/trunkline/v1/Fleet");
    }
  };
  const close = (): void => {
    stopped.current = true;
    onClose();
  };
  return (
    <Dialog isOpen onClose={close} title={`Drain ${cell.name}`}>
      <Stack>
        <p>
          No more accounts are placed in it, and those that it has are moved to cells of the same kind, one after the
          other. Each is answered 503 for a moment while it moves; nothing that was accepted is lost.
        </p>
        {progress !== undefined && (
          <ProgressBar
            label={isDone ? `${cell.name} has no accounts any more` : "Accounts moved"}
            value={isDone ? 1 : progress.moved}
            max={isDone ? 1 : Math.max(1, total ?? 1)}
            text={`${progress.moved} of ${total}`}
            tone={isDone ? "good" : "info"}
          />
        )}
        <ErrorNote error={error} />
        {progress === undefined ? (
          <Button tone="primary" onPress={() => void run()}>
            Drain it
          </Button>
        ) : (
          <Button onPress={close}>{isDone ? "Close" : "Stop"}</Button>
        )}
      </Stack>
    </Dialog>
  );
}

/** The accounts that are at home in a cell. */
export function AccountsDrawer({ cell, onClose }: { readonly cell: FleetCell; readonly onClose: () => void }) {
  const asked = useApi<{ accounts: readonly string[] }>(`/trunkline/v1/Cells/${cell.name}/Accounts`, HERE);
  const accounts = asked.data?.accounts ?? [];
  return (
    <Drawer isOpen onClose={onClose} title={`Accounts in ${cell.name}`}>
      <ErrorNote error={asked.error} />
      {asked.data !== undefined && accounts.length === 0 && <Empty title="None is placed here" />}
      <Stack gap="s">
        {accounts.map((sid) => (
          <CopyText key={sid}>{sid}</CopyText>
        ))}
      </Stack>
    </Drawer>
  );
}

/** Starts one more cell on this machine. */
export function AddCellDialog({
  regions,
  onClose,
}: {
  readonly regions: readonly string[];
  readonly onClose: () => void;
}) {
  const [region, setRegion] = useState(regions[0] ?? "us1");
  const [tier, setTier] = useState("smb");
  const add = async (): Promise<void> => {
    const fields = { Type: "messaging", Tier: tier, Region: region };
    const { name } = await api.post<{ name: string }>("/trunkline/v1/Fleet/Cells", fields, HERE);
    toast.good(`${name} runs and takes accounts.`);
    onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title="One more cell">
      <Form onSubmit={add}>
        <Stack>
          <p>
            A messaging cell of its own database, log and queues is started on this machine. That takes some seconds.
          </p>
          <Select
            label="Region"
            options={regions.map((value) => ({ value, label: value }))}
            value={region}
            onChange={setRegion}
          />
          <Select
            label="Tier"
            options={[
              { value: "smb", label: "smb: up to 5,000 accounts" },
              { value: "mid-market", label: "mid-market: up to 500 accounts" },
              { value: "enterprise", label: "enterprise: up to 50 accounts" },
            ]}
            value={tier}
            onChange={setTier}
          />
          <Button tone="primary" type="submit">
            Start it
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

interface Home {
  readonly account_sid: string;
  readonly cell: string;
  readonly known_from: string;
}

/** Finds where an account is at home, and moves it. */
export function HomeFinder({ cells, canMove }: { readonly cells: readonly FleetCell[]; readonly canMove: boolean }) {
  const [home, setHome] = useState<Home>();
  const [to, setTo] = useState("");
  const find = async ({ AccountSid }: Readonly<Record<string, string>>): Promise<void> => {
    setHome(await api.get<Home>(`/trunkline/v1/Accounts/${(AccountSid ?? "").trim()}/Home`, HERE));
  };
  const move = async (): Promise<void> => {
    if (home === undefined) return;
    const moving = moveAccount(home.account_sid, to === "" ? undefined : to);
    askAgain(MOVES);
    const done = await moving;
    setHome({ ...home, cell: done.to });
    askAgain(MOVES, "/trunkline/v1/Fleet");
    toast.good(`${done.to} serves ${done.account_sid}.`);
  };
  const places = cells.filter(
    ({ type, name, state }) => type === "messaging" && state === "open" && name !== home?.cell,
  );
  return (
    <Stack>
      <Form onSubmit={find}>
        <Stack gap="s">
          <TextField label="Account SID" name="AccountSid" placeholder="AC…" isMono isRequired />
          <Button type="submit">Find its home</Button>
        </Stack>
      </Form>
      {home !== undefined && (
        <Form onSubmit={move}>
          <Stack gap="s">
            <p>
              <CopyText>{home.account_sid}</CopyText> is at home in <strong>{home.cell}</strong> (
              {home.known_from === "hint" ? "its SID says so" : "the routing table says so"}).
            </p>
            {canMove && (
              <>
                <Select
                  label="Move it to"
                  options={[
                    { value: "", label: "the one with the most room" },
                    ...places.map(({ name, region }) => ({ value: name, label: `${name} (${region})` })),
                  ]}
                  value={to}
                  onChange={setTo}
                />
                <Button type="submit" tone="primary">
                  Move it
                </Button>
              </>
            )}
          </Stack>
        </Form>
      )}
    </Stack>
  );
}
