import { api, useApi, useApiChange, useCan } from "../../api/index.ts";
import { Button, Card, CopyText, Empty, ErrorNote, ProgressBar, Row, Stack, When } from "../../ui/index.ts";
import { canCallOff, type Move, progressOf, standingOf, wordsOf } from "./moves.ts";

const PATH = "/trunkline/v1/Moves";
const BUSY_MS = 500;
const QUIET_MS = 5_000;
const SHOWN = 20;
const TONES = { running: "info", done: "good", failed: "bad" } as const;

/** Moves of accounts, the newest first, with how far they are. */
export function MoveList() {
  const asked = useApi<{ moves: readonly Move[] }>(PATH, {
    query: { PageSize: SHOWN },
    everyMs: QUIET_MS,
    cell: null,
    account: null,
  });
  const isBusy = asked.data?.moves.some((move) => standingOf(move) === "running") ?? false;
  // While something moves it is asked for more often than the rest of the page needs.
  useApi(PATH, { query: { PageSize: SHOWN }, everyMs: BUSY_MS, isEnabled: isBusy, cell: null, account: null });
  if (asked.error !== null) return <ErrorNote error={asked.error} />;
  const moves = asked.data?.moves ?? [];
  if (moves.length === 0) return <Empty title="No account has been moved">Moves show here while they go on.</Empty>;
  return (
    <Stack>
      {moves.map((move) => (
        <MoveCard key={move.sid} move={move} />
      ))}
    </Stack>
  );
}

function MoveCard({ move }: { readonly move: Move }) {
  const canWrite = useCan("cells.write");
  const standing = standingOf(move);
  const callOff = useApiChange(
    () => api.post(`${PATH}/${move.sid}`, { Status: "canceled" }, { cell: null, account: null }),
    { invalidates: [PATH] },
  );
  return (
    <Card>
      <Row isSpread>
        <Row gap="s">
          <CopyText>{move.account_sid}</CopyText>
          <span>
            {move.from} → {move.to}
          </span>
        </Row>
        <When at={move.date_created} />
      </Row>
      <ProgressBar
        label={wordsOf(move)}
        value={Math.round(progressOf(move) * 100)}
        text={standing === "running" ? move.step : standing}
        tone={TONES[standing]}
      />
      <ErrorNote error={callOff.error} />
      {canWrite && canCallOff(move) && (
        <Button size="s" onPress={() => callOff.run()} isPending={callOff.isPending}>
          Call it off
        </Button>
      )}
    </Card>
  );
}
